"""More connections than file descriptors."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.journeys.client import Client, Events, Failed, Refused
from tests.journeys.faults.places import TWO
from tests.journeys.faults.writers import message
from tests.journeys.program import Server, until

pytestmark = pytest.mark.slow

ALICE = "alice@far.example"
FEW = 290
"""Descriptors that a process may have: hardly more than those for accounts (architecture, 3.1)."""
MANY = 2 * FEW
_TICKS = os.sysconf("SC_CLK_TCK")


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    server = Server(folder / "server", TWO)
    server.program.command = ("prlimit", f"--nofile={FEW}:{FEW}", *server.program.command)
    with server.running():
        yield server


def flood(port: int, closing: ExitStack) -> None:
    """Connects as often as the system lets us, and says nothing."""
    for _ in range(MANY):
        one = closing.enter_context(socket.socket())
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))


def seconds(server: Server) -> float:
    """Of processor time that its workers have used."""
    used = 0
    for number in server.processes("pillarbox.app.worker"):
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / _TICKS


@pytest.mark.parametrize("listener", ["http", "lmtp"])
def test_a_flood_of_connections_ends_nothing_and_passes(server: Server, listener: str) -> None:
    """Ours: who is in goes on, nothing spins, and everybody gets in again."""
    alice = server.account(ALICE)
    email = alice.import_(message("first@far.example"))["id"]
    events = alice.listen()
    with ExitStack() as flooding:
        flood(server.port if listener == "http" else server.lmtp_port, flooding)

        for number in range(20):
            answer = alice.call("Email/set", update={email: {"keywords/k": True if number % 2 else None}})
            assert answer["updated"] == {email: None}
        alice.upload(b"x" * 200_000)
        _hears(events, alice)
        before = seconds(server)
        with pytest.raises(TimeoutError):
            events.next(3.0)
        assert seconds(server) - before < 1.0, "somebody is busy with nothing"

    until(lambda: _is_let_in(server), "new clients are let in")
    assert server.events("worker.ended") == []
    assert server.program.doctor() == []


def _hears(events: Events, client: Client) -> None:
    state = client.call("Email/get", ids=[])["state"]
    while events.change(client.account, "Email").data["changed"][client.account]["Email"] != state:
        pass


def _is_let_in(server: Server) -> bool:
    client = server.client(ALICE)
    try:
        return bool(client.session()["username"] == ALICE)
    except (OSError, Failed, Refused):
        return False
    finally:
        client.close()
