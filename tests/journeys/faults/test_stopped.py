"""A server that is told to end while it works, and a process that stands still."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.journeys.client import Client
from tests.journeys.faults.places import TWO, database
from tests.journeys.faults.writers import message
from tests.journeys.program import Server, until
from tests.journeys.test_processes import who_serves, workers
from tests.neighbour.postgres import Cluster

pytestmark = pytest.mark.slow

ALICE, BOB = "alice@far.example", "bob@far.example"


class Asking(threading.Thread):
    """Asks something that takes its time; `answer` is what came of it."""

    def __init__(self, ask: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self.answer: object = None
        self.start()

    def answered(self) -> dict[str, Any]:
        """The answer; fails if it is none."""
        self.join(20)
        assert isinstance(self.answer, dict), self.answer
        return self.answer

    def run(self) -> None:
        try:
            self.answer = self._ask()
        except Exception as problem:  # noqa: BLE001  # told by the test
            self.answer = problem


@contextmanager
def at_rest(*numbers: int) -> Iterator[None]:
    """A block in which these processes stand still."""
    for number in numbers:
        os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        for number in numbers:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGCONT)


def children(number: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def test_what_has_begun_is_finished_when_the_server_is_told_to_end(served: Callable[..., Server]) -> None:
    """Ours: ten seconds of grace; the client is answered, and its change is there."""
    server = served(TWO)
    alice = server.account(ALICE)
    email = alice.import_(message("first@far.example"))["id"]
    (path,) = (server.program.data / "accounts").glob("*/account.db")
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    asking = Asking(lambda: alice.call("Email/set", update={email: {"keywords/$seen": True}}))
    server.client(ALICE).session()

    server.process.terminate()
    until(lambda: not _accepts(server.port), "it is ending")
    assert asking.is_alive()
    other.close(True)

    assert asking.answered()["updated"] == {email: None}
    assert server.process.wait(20) == 0
    server.start()
    assert server.client(ALICE).call("Email/get", ids=[email])["list"][0]["keywords"] == {"$seen": True}


@pytest.mark.neighbour
def test_a_call_that_does_not_end_does_not_keep_the_server(served: Callable[..., Server], own: Cluster) -> None:
    """Ours: after ten seconds it ends all the same, as if it were killed; nothing is half done."""
    server = served(TWO + database(own.database()))
    alice = server.account(ALICE)
    email = alice.import_(message("first@far.example"))["id"]
    with at_rest(own.pid, *children(own.pid)):
        asking = Asking(lambda: alice.call("Email/set", update={email: {"keywords/$seen": True}}))
        until(lambda: _is_waited_for(own), "the database is asked")

        assert server.stop() == 0, server.log()

        asking.join(20)
        assert isinstance(asking.answer, Exception)
    server.start()
    assert server.program.doctor() == []
    (seen,) = server.client(ALICE).call("Email/get", ids=[email])["list"]
    assert seen["keywords"] in ({}, {"$seen": True})


def test_a_worker_that_stands_still_holds_up_nobody_else(served: Callable[..., Server]) -> None:
    """Architecture section 2: others accept and serve, and no writer waits for who does not listen."""
    server = served(TWO)
    first = server.account(ALICE)
    server.account(BOB)
    first.session()
    second = _elsewhere(server, first)
    email = second.import_(message("first@far.example"))["id"]
    events = first.listen()
    standing = {who_serves(server, first)}
    # Which of the two has the stream is not for sure; whoever has, it hears in the end.

    with at_rest(*standing):
        for number in range(300):
            answer = second.call("Email/set", update={email: {"keywords/k": True if number % 2 else None}})
        for _ in range(4):
            client = server.client(BOB)
            client.session()
            client.close()
        asking = Asking(first.session)

    assert asking.answered()["username"] == ALICE
    while events.change(first.account, "Email").data["changed"][first.account]["Email"] != answer["newState"]:
        pass
    assert set(workers(server)) >= standing


def test_a_supervisor_that_stands_still_holds_up_no_writer(served: Callable[..., Server]) -> None:
    """Architecture section 2: the feed goes through it, and what was said meanwhile is heard when it goes on."""
    server = served(TWO)
    first = server.account(ALICE)
    first.session()
    second = _elsewhere(server, first)
    email = second.import_(message("first@far.example"))["id"]
    events = [client.listen() for client in (first, second)]

    with at_rest(server.process.pid):
        for number in range(300):
            answer = second.call("Email/set", update={email: {"keywords/k": True if number % 2 else None}})

    for stream in events:
        while stream.change(first.account, "Email").data["changed"][first.account]["Email"] != answer["newState"]:
            pass


def _elsewhere(server: Server, first: Client) -> Client:
    """Another client of alice's, at the other worker."""
    for _ in range(50):
        second = server.client(ALICE)
        second.session()
        if who_serves(server, first) != who_serves(server, second):
            return second
    raise AssertionError("all connections went to one worker")


def _is_waited_for(cluster: Cluster) -> bool:
    """Whether octets lie in one of its connections that its processes, which stand still, do not read."""
    ports = Path("/proc/net/tcp").read_text().splitlines()[1:]
    for line in ports:
        fields = line.split()
        if int(fields[1].rpartition(":")[2], 16) == cluster.port and int(fields[4].rpartition(":")[2], 16) > 0:
            return True
    return False


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return False
    return True
