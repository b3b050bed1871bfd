"""Started as root, the server is another user's before it reads anything; started as somebody else, it stays theirs."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.everybody import for_everybody
from tests.journeys.program import Server, until

pytestmark = pytest.mark.slow

USER = 54321 if os.geteuid() == 0 else os.geteuid()


@pytest.fixture
def server() -> Iterator[Server]:
    # Another user cannot enter pytest's folders.
    with tempfile.TemporaryDirectory(prefix="pillarbox-user-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        server = Server(folder, "[server]\nworkers = 2\n")
        server.program.environment["RUN_AS_USER"] = str(USER)
        for_everybody(server.program, folder)
        with server.running():
            yield server


def test_every_process_and_every_file_is_the_users(server: Server) -> None:
    alice = server.account("alice@far.example")
    alice.session()
    until(lambda: len(server.processes()) == 3, "all processes are there", 20)

    for number in [server.process.pid, *server.processes()]:
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        assert status["Uid"].split() == [str(USER)] * 4
        assert status["CapEff"] == "0" * 16
        assert "0" not in status["Groups"].split()
    files = [server.program.data, *server.program.data.rglob("*")]
    assert {path.lstat().st_uid for path in files} == {USER}


def test_root_works_on_the_folder_as_the_user_whose_it_is(server: Server) -> None:
    """No file of root's appears, that the server could not write."""
    del server.program.environment["RUN_AS_USER"]

    server.account("alice@far.example").session()

    assert {path.lstat().st_uid for path in server.program.data.rglob("*")} == {USER}
    assert server.program.doctor() == []
