"""Settings are read again while the server serves, and nobody is cut off."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.program import Program, Server, until

from pillarbox.sample import many

pytestmark = pytest.mark.slow

LESS = "[jmap.protocol.get]\nmax-objects = 7\n"


TWO = "[server]\nworkers = 2\n"
ALICE = "alice@far.example"


@pytest.fixture(scope="module")
def reloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One with two workers and an account, which whoever changes its settings does not stop."""
    folder = tmp_path_factory.mktemp("reloaded")
    with Server(folder, TWO).running() as server:
        server.account(ALICE)
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(reloaded: Server) -> Server:
    reloaded.turn_page()
    return reloaded


def rewrite(server: Server, *lines: str, change: tuple[str, str] = ("", "")) -> None:
    """The settings as they were written first, one part of them changed, and with more lines."""
    server.program.config.write_text(server.first.replace(*change) + "".join(lines))


def reload(server: Server, status: int = 0) -> dict[str, Any]:
    done = server.program.run_at(server.program.data, "reload", "--json")
    assert done.returncode == status, done
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def most_objects(server: Server) -> int:
    """What the session says, by whichever worker takes a connection."""
    session = server.client(ALICE).session()
    return int(session["capabilities"]["urn:ietf:params:jmap:core"]["maxObjectsInGet"])


def test_new_settings_hold_at_every_worker_at_once_and_event_sources_go_on(server: Server) -> None:
    """Issue: reload applies all of them without dropping a connection."""
    alice = server.client(ALICE)
    events = alice.listen()
    before = alice.session()
    rewrite(server, LESS)

    assert reload(server) == {
        "applied": ["jmap.protocol.get.max-objects"],
        "restart": [],
        "problems": [],
        "failed": [],
    }

    assert {most_objects(server) for _ in range(8)} == {7}
    # On the connection from before, too; and the client sees that its session is another (RFC 8620 section 3.4).
    assert alice.session()["state"] != before["state"]
    alice.import_(next(many(1, 1)).raw)
    events.change(alice.account, "Email")
    assert server.events("worker.ended") == []


def test_headers_are_new_on_the_next_answer_of_an_old_connection(server: Server) -> None:
    """Issue: reload changes headers while an event source stays open and gets events."""
    alice = server.client(ALICE)
    events = alice.listen()
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/robots.txt")
    first = connection.getresponse()
    first.read()
    rewrite(server, '[server.http]\nheaders = ["X-House: new"]\n')

    reload(server)

    connection.request("GET", "/robots.txt")
    second = connection.getresponse()
    second.read()
    connection.close()
    assert (first.headers["X-House"], second.headers["X-House"]) == (None, "new")
    alice.import_(next(many(1, 1)).raw)
    events.change(alice.account, "Email")


def test_sighup_is_a_reload(server: Server) -> None:
    rewrite(server, LESS)

    server.process.send_signal(signal.SIGHUP)

    until(lambda: len(server.events("server.reloaded")) == 1, "it was read again")
    assert most_objects(server) == 7


def test_a_file_that_cannot_be_read_leaves_all_as_it_is(server: Server) -> None:
    before = most_objects(server)
    rewrite(server, LESS, "this is = no TOML = at all")

    answer = reload(server, status=1)

    assert list(answer) == ["unchanged"]
    assert "is not TOML" in answer["unchanged"]
    assert "line" in answer["unchanged"]
    assert len(server.events("server.unchanged")) == 1
    assert most_objects(server) == before


def test_a_bad_entry_costs_that_entry_alone_and_is_told(server: Server) -> None:
    rewrite(server, LESS, "[jmap.protocol.set]\nmax-objects = 'many'\nother = 1\n")

    answer = reload(server)

    told = {(one["key"], one["kind"]) for one in answer["problems"]}
    assert told == {("jmap.protocol.set.max-objects", "parse"), ("jmap.protocol.set.other", "unread")}
    assert not any(key.startswith("jmap.protocol.set") for key in answer["applied"])
    assert most_objects(server) == 7

    rewrite(server, LESS, "[jmap.protocol.set]\nmax-objects = 300\n")
    assert reload(server)["applied"] == ["jmap.protocol.set.max-objects"]


def test_what_needs_a_restart_is_told_until_there_was_one(served: Callable[..., Server]) -> None:
    server = served(TWO)
    server.account(ALICE)
    rewrite(server, LESS, change=("workers = 2", "workers = 3"))

    for _ in range(2):
        assert reload(server)["restart"] == ["server.workers"]

    assert len(server.processes("pillarbox.app.worker")) == 2
    assert most_objects(server) == 7
    server.stop()
    server.start()
    assert len(server.processes("pillarbox.app.worker")) == 3
    assert reload(server)["restart"] == []


def test_who_dies_after_a_reload_is_started_with_the_new_settings(server: Server) -> None:
    # A listener that waits for a restart is nothing that the new one stumbles over.
    rewrite(server, LESS, "[server.listener.more]\nprotocol = 'http'\nbind = '127.0.0.1:0'\n")
    assert reload(server)["restart"] == ["server.listener.more.bind", "server.listener.more.protocol"]

    for number in server.processes("pillarbox.app.worker"):
        os.kill(number, signal.SIGKILL)

    until(lambda: len(server.events("worker.started")) == 2, "both are back", 30)
    assert {most_objects(server) for _ in range(4)} == {7}


def test_who_dies_during_a_reload_is_no_failure(server: Server) -> None:
    """It is started again, with what is in force then."""
    rewrite(server, LESS)
    stopped = max(server.processes("pillarbox.app.worker"))
    os.kill(stopped, signal.SIGSTOP)
    process = server.program.start_at(server.program.data, "reload", "--json")
    until(lambda: most_objects(server) == 7, "the other has it")

    os.kill(stopped, signal.SIGKILL)

    told, _ = process.communicate(timeout=30)
    assert process.returncode == 0, told
    assert json.loads(told)["failed"] == []
    until(lambda: len(server.events("worker.started")) == 1, "it is back", 30)
    assert {most_objects(server) for _ in range(8)} == {7}


def test_two_reloads_at_once_are_one_after_the_other(server: Server) -> None:
    rewrite(server, LESS)

    both = [server.program.start_at(server.program.data, "reload", "--json") for _ in range(2)]

    told = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    assert sorted(len(one["applied"]) for one in told) == [0, 1]
    assert most_objects(server) == 7


def test_the_background_worker_has_the_new_settings(server: Server) -> None:
    """Mail goes by the relay that is named now; the log by its level."""
    rewrite(server, '[server.log]\nlevel = "error"\n', '[queue.relay]\nhost = "127.0.0.1"\n')
    until(lambda: len(server.processes("pillarbox.app.background")) == 1, "it is there", 20)

    answer = reload(server)

    assert answer["failed"] == []
    assert "server.log.level" in answer["applied"]


def test_secrets_are_in_no_ones_sight(server: Server) -> None:
    secret = "very secret of the relay"
    rewrite(server, f'[queue.relay]\nsecret = "{secret}"\n')

    reload(server)

    for number in server.processes():
        for name in ("cmdline", "environ"):
            assert secret.encode() not in Path(f"/proc/{number}/{name}").read_bytes()
    assert secret not in server.log()


def test_without_a_server_it_says_so(pillarbox: Program) -> None:
    pillarbox.data.mkdir()

    done = pillarbox.run_at(pillarbox.data, "reload")

    assert done.returncode == 1
    assert "no server has" in done.stderr
    assert "pillarbox serve" in done.stderr


def test_a_terminal_that_is_gone_ends_what_was_started_in_it(pillarbox: Program) -> None:
    """And a signal that somebody sends while it is there does not."""
    pillarbox.config.write_text("[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:0'\n")
    terminal, end = os.openpty()
    log = pillarbox.folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*pillarbox.command, *pillarbox.complete(("serve",))],
            stdin=end,
            stdout=output,
            stderr=output,
            cwd=pillarbox.folder,
            env=pillarbox.environment,
        )
    os.close(end)
    try:
        until(lambda: "server.started" in log.read_text(), "it has started", 60)
        process.send_signal(signal.SIGHUP)
        until(lambda: "server.reloaded" in log.read_text(), "it was read again", 60)

        os.close(terminal)
        process.send_signal(signal.SIGHUP)

        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
