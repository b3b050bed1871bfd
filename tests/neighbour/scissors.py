"""A cable to PostgreSQL that is cut in the moment of a commit: before it has arrived, or before its answer has.

It reads as much of the protocol (PostgreSQL's manual, "Frontend/Backend Protocol") as it takes to know a COMMIT of a
transaction that writes; the connection must not be encrypted.
"""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal, TypeAlias

__all__ = ["Scissors", "scissors"]

_What: TypeAlias = Literal["request", "answer"]
_BOTH: tuple[_What, _What] = ("request", "answer")
_PIECE = 65_536


class Scissors:
    """Passes on what is sent through `port` of the loopback to a server, and cuts some connections that commit.

    `share` of the commits that write are cut, half of them before the server has seen the COMMIT, half of them when it
    has answered; `cuts` counts both.
    """

    def __init__(self, server: tuple[str, int], chance: random.Random) -> None:
        self._server = server
        self._chance = chance
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listening.getsockname()[1])
        self.share = 0.0
        self.is_down = False
        """Whether nobody gets through who is not connected."""
        self.falls = False
        """Whether nobody does after the next cut."""
        self.only: _What | None = None
        """What is cut, if it is not left to chance."""
        self.cuts = {"request": 0, "answer": 0}
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def cut(self) -> _What | None:
        """What is lost of the commit that is on its way."""
        if self._chance.random() >= self.share:
            return None
        what = self._chance.choice(_BOTH) if self.only is None else self.only
        self.cuts[what] += 1
        self.is_down = self.falls
        return what

    def close(self) -> None:
        # Closing alone would not wake the thread that accepts.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for end in self._ends:
            _end(end)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = self._reached()
            if server is None:
                # A server that is away is away for whoever comes through here.
                client.close()
                continue
            self._ends += [client, server]
            commit = threading.Event()
            self._start(self._ask, client, server, commit)
            self._start(self._answer, server, client, commit)

    def _reached(self) -> socket.socket | None:
        if self.is_down:
            return None
        try:
            return socket.create_connection(self._server)
        except OSError:
            return None

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _ask(self, client: socket.socket, server: socket.socket, commit: threading.Event) -> None:
        asked = _Asked()
        with suppress(OSError):
            while octets := client.recv(_PIECE):
                what = self.cut() if asked.commits(octets) else None
                if what == "request":
                    break
                if what == "answer":
                    # The other thread waits for it, and cuts then.
                    commit.set()
                server.sendall(octets)
        if not commit.is_set():
            _end(client)
            _end(server)

    def _answer(self, server: socket.socket, client: socket.socket, commit: threading.Event) -> None:
        with suppress(OSError):
            while octets := server.recv(_PIECE):
                if commit.is_set():
                    break
                client.sendall(octets)
        _end(client)
        _end(server)


class _Asked:
    """What a client has said so far: the texts of its statements, and whether its transaction writes."""

    def __init__(self) -> None:
        self._buffer = b""
        self._begun = False
        self._names: dict[bytes, bytes] = {}
        self._writes = False

    def commits(self, octets: bytes) -> bool:
        """Whether among the octets that come now is the end of a COMMIT of what was written."""
        self._buffer += octets
        commits = False
        while (message := self._taken()) is not None:
            kind, body = message
            if kind == b"P":
                name, text, *_ = body.split(b"\0")
                self._names[name] = text
            elif kind == b"B":
                text = self._names.get(body.split(b"\0")[1], b"")
                if text.startswith(b"BEGIN"):
                    self._writes = b"READ ONLY" not in text
                elif text == b"COMMIT" and self._writes:
                    commits = True
        return commits

    def _taken(self) -> tuple[bytes, bytes] | None:
        # The first message of a connection has no kind.
        head = 1 if self._begun else 0
        if len(self._buffer) < head + 4:
            return None
        end = head + int.from_bytes(self._buffer[head : head + 4], "big")
        if len(self._buffer) < end:
            return None
        kind, body = self._buffer[:head], self._buffer[head + 4 : end]
        self._buffer, self._begun = self._buffer[end:], True
        return kind, body


@contextmanager
def scissors(server: tuple[str, int], chance: random.Random) -> Iterator[Scissors]:
    """A pair of scissors for this block, which cut nothing yet."""
    made = Scissors(server, chance)
    try:
        yield made
    finally:
        made.close()


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
