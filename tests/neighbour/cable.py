"""A cable between a client and a server that can be cut, before a request has arrived or before its answer has."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

__all__ = ["Cable", "cable"]

_PIECE = 65_536


class Cable:
    """Passes on what is sent through `port` of the loopback to a server."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._cut: Literal["", "request", "answer"] = ""
        self._is_down = False
        self._flows = threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut_at(self, what: Literal["request", "answer"]) -> None:
        """The next request is lost, or the answer to it, and with it the connection."""
        self._cut = what

    def take_down(self) -> None:
        """From now on nobody gets through who is not connected."""
        self._is_down = True

    def sever(self) -> None:
        """The same, and who is connected is cut off."""
        self.take_down()
        for end in self._ends:
            _end(end)

    def put_up(self) -> None:
        """From now on new connections are made again."""
        self._is_down = False

    def stall(self) -> None:
        """From now on nothing arrives, and nobody is told so."""
        self._flows.clear()

    def flow(self) -> None:
        """From now on it does again."""
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
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
            if self._is_down:
                client.close()
                continue
            server = socket.create_connection(self._server)
            self._ends += [client, server]
            for one, other in ((client, server), (server, client)):
                thread = threading.Thread(target=self._pass, args=(one, other, one is client))
                self._threads.append(thread)
                thread.start()

    def _pass(self, one: socket.socket, other: socket.socket, is_request: bool) -> None:  # noqa: FBT001
        with suppress(OSError):
            while octets := one.recv(_PIECE):
                if self._cut == ("request" if is_request else "answer"):
                    self._cut = ""
                    break
                self._flows.wait()
                other.sendall(octets)
        _end(one)
        _end(other)


@contextmanager
def cable(server: tuple[str, int]) -> Iterator[Cable]:
    """A cable for this block."""
    made = Cable(server)
    try:
        yield made
    finally:
        made.close()


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
