"""The server is several processes, and its clients need not know."""

import os
import shutil
import signal
import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from tests.journeys.client import Client
from tests.journeys.program import Program, Server, until

from pillarbox.sample import many

pytestmark = pytest.mark.slow

TWO = "[server]\nworkers = 2\n"
ALICE = "alice@far.example"


@pytest.fixture(scope="module")
def common(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One with two workers and an account; who kills any of its processes waits until they are back."""
    folder = tmp_path_factory.mktemp("common")
    with Server(folder, TWO).running() as server:
        server.account(ALICE)
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(common: Server) -> Server:
    common.turn_page()
    return common


def workers(server: Server) -> list[int]:
    return server.processes("pillarbox.app.worker")


def background(server: Server) -> list[int]:
    return server.processes("pillarbox.app.background")


def who_serves(server: Server, client: Client) -> int:
    """The process that has the client's connection, once it has made a request."""
    assert client._connection.sock is not None
    port = client._connection.sock.getsockname()[1]
    for number in workers(server):
        if any(port == there for there in _peers(number)):
            return number
    raise AssertionError("no worker has the connection")


def _peers(process: int) -> Iterator[int]:
    """The ports at the other ends of a process's connections."""
    inodes = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        try:
            target = str(one.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    for line in Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[9] in inodes:
            yield int(fields[2].rpartition(":")[2], 16)


@pytest.fixture
def both(server: Server) -> tuple[Client, Client]:
    """Two clients of alice's, at two workers."""
    first = server.client(ALICE)
    first.session()
    # Which worker takes a connection is not for sure where a busy machine keeps one of them waiting.
    for _ in range(50):
        second = server.client(ALICE)
        second.session()
        if who_serves(server, first) != who_serves(server, second):
            return first, second
    raise AssertionError("all connections went to one worker")


def test_connections_are_shared_evenly(server: Server) -> None:
    alice = server.client(ALICE)
    clients = [server.client(ALICE) for _ in range(16)]
    alice.close()

    for client in clients:
        client.session()

    shares = [[who_serves(server, client) for client in clients].count(number) for number in workers(server)]
    assert sum(shares) == 16
    # Eight each, if nothing else keeps the machine busy.
    assert min(shares) >= 3, shares


def test_a_change_made_at_one_worker_is_heard_at_the_other(server: Server, both: tuple[Client, Client]) -> None:
    """Architecture section 2."""
    first, second = both
    events = [first.listen(), second.listen()]
    email = first.import_(next(many(1, 1)).raw)["id"]
    for stream in events:
        stream.change(first.account, "Email")

    answer = second.call("Email/set", update={email: {"keywords/$seen": True}})

    for stream in events:
        heard = stream.change(first.account, "Email")
        assert heard.data["changed"][first.account]["Email"] == answer["newState"]


def test_a_worker_that_dies_is_started_again_and_the_other_goes_on(server: Server, both: tuple[Client, Client]) -> None:
    first, second = both
    before = workers(server)
    dying = who_serves(server, first)

    os.kill(dying, signal.SIGKILL)

    second.session()
    # There is only one to accept it.
    events = second.listen()
    until(lambda: len(server.events("worker.started")) == 1, "another is there", 20)
    assert len(workers(server)) == 2
    assert [one["status"] for one in server.events("worker.ended")] == [-signal.SIGKILL]
    assert set(workers(server)) & set(before) == set(before) - {dying}
    # The new one hears, and is heard.
    third = server.client(ALICE)
    third.session()
    assert who_serves(server, third) not in before
    third.import_(next(many(1, 1)).raw)
    events.change(third.account, "Email")


def test_a_worker_that_keeps_dying_is_given_time(served: Callable[..., Server]) -> None:
    """Started again at once the first time, then after a second."""
    server = served(TWO)
    for ended in (1, 2):
        until(lambda: len(workers(server)) == 2, "two are there", 20)
        os.kill(max(workers(server)), signal.SIGKILL)
        until(lambda ended=ended: len(server.events("worker.ended")) == ended, "it is told")  # type: ignore[misc]
        until(lambda ended=ended: len(server.events("worker.started")) == ended, "it is back", 20)  # type: ignore[misc]

    told = server.events("worker.ended")
    if told[0]["worker"] == told[1]["worker"]:
        assert [one["seconds"] for one in told] == [0.0, 1.0]
    else:
        assert [one["seconds"] for one in told] == [0.0, 0.0]


def test_connections_that_wait_while_all_workers_are_away_are_served(server: Server) -> None:
    """Ours: a worker that dies loses the connections that it had, and no other."""
    for number in workers(server):
        os.kill(number, signal.SIGKILL)

    # Nobody refuses it, since the supervisor holds the socket.
    assert server.client(ALICE).session()["username"] == ALICE
    until(lambda: len(server.events("worker.started")) == 2, "both are back", 20)


def test_the_background_worker_is_started_again(server: Server) -> None:
    until(lambda: len(background(server)) == 1, "it is there", 20)
    (before,) = background(server)

    os.kill(before, signal.SIGKILL)

    until(lambda: len(server.events("worker.started")) == 1, "another is there", 20)
    assert background(server) != [before]
    assert server.events("worker.ended")[0]["worker"] == "background"


def test_processes_end_with_their_supervisor(server: Server, both: tuple[Client, Client]) -> None:
    """A request that is on its way when the supervisor is killed is still answered."""
    first, _ = both
    octets = b"x" * 100_000
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", f"/jmap/upload/{first.account}/")
    for name, value in {**first.headers, "Content-Length": str(len(octets)), "Content-Type": "text/plain"}.items():
        connection.putheader(name, value)
    connection.endheaders(octets[:50_000])
    first.session()
    there = server.processes()

    server.process.kill()
    server.process.wait()
    until(lambda: not _accepts(server.port), "no new connection is accepted")
    connection.send(octets[50_000:])

    assert connection.getresponse().status in (200, 201)
    connection.close()
    until(lambda: not any(Path(f"/proc/{one}/fd").exists() and _has_files(one) for one in there), "all ended", 20)
    server.start()


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return False
    return True


def _has_files(process: int) -> bool:
    try:
        return any(Path(f"/proc/{process}/fd").iterdir())
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False


def test_mail_is_taken_in_by_all_workers(server: Server) -> None:
    alice = server.client(ALICE)
    before = len(alice.ids())
    sessions = [smtplib.LMTP("127.0.0.1", server.lmtp_port, timeout=20) for _ in range(4)]
    events = alice.listen()

    for number, session in enumerate(sessions):
        session.sendmail("bob@far.example", [ALICE], b"Subject: %d\r\n\r\nHello.\r\n" % number)
        events.change(alice.account, "Email")
        session.quit()

    assert len(alice.ids()) == before + 4


def test_a_second_server_on_the_same_folder_is_refused(server: Server) -> None:
    config = server.folder / "other.toml"
    config.write_text("[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:0'\n")
    other = Program(server.folder, server.program.data, config)

    told = other("serve", status=1)

    assert f"served already, by process {server.process.pid}" in told
    assert server.program("serve", status=1) == told
    # And the first goes on.
    server.client(ALICE).session()


def test_ctrl_c_twice_ends_it_at_once(served: Callable[..., Server]) -> None:
    server = served(TWO)
    alice = server.account(ALICE)
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", f"/jmap/upload/{alice.account}/")
    for name, value in {**alice.headers, "Content-Length": "1000"}.items():
        connection.putheader(name, value)
    connection.endheaders(b"x")
    alice.session()

    server.process.send_signal(signal.SIGINT)
    until(lambda: not _accepts(server.port), "it is ending")
    # Half a request is there, for which it would wait.
    assert server.process.poll() is None
    server.process.send_signal(signal.SIGINT)

    assert server.process.wait(5) == 0
    connection.close()


def test_one_that_is_to_end_serves_until_nobody_is_sent_there(served: Callable[..., Server]) -> None:
    """Ours: `server.drain`; event sources go on, and a second signal ends it at once."""
    server = served("[server]\nworkers = 1\ndrain = '1h'\n")
    alice = server.account(ALICE)
    events = alice.listen()
    server.process.terminate()
    until(lambda: _ready(server) == 404, "load balancers are told")

    alice.import_(next(many(1, 1)).raw)

    events.change(alice.account, "Email")
    server.process.terminate()
    assert server.process.wait(20) == 0


def _ready(server: Server) -> int:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("GET", "/healthz/ready")
        return connection.getresponse().status


def test_a_store_that_cannot_be_opened_ends_the_server(pillarbox: Program) -> None:
    pillarbox.account(ALICE)
    (pillarbox.data / "server.db").write_bytes(b"this is no database" * 1000)
    pillarbox.config.write_text("[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:0'\n")

    told = pillarbox("serve", status=1)

    assert "what is kept cannot be read or written" in told
    assert "server.db" in told


def test_a_unix_socket_is_served_by_all_and_removed_at_the_end(pillarbox: Program, folder: Path) -> None:
    path = folder / "lmtp"
    pillarbox.config.write_text(f"{TWO}[server.listener.lmtp]\nprotocol = 'lmtp'\nbind = 'unix:{path}'\n")
    pillarbox.account(ALICE)
    process = pillarbox.start("serve")
    try:
        until(lambda: _listens(path), "it listens", 30)
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(20)
                connection.connect(str(path))
                assert connection.recv(3) == b"220"
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert not path.exists()


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


def test_whoever_manages_services_is_told(pillarbox: Program, folder: Path) -> None:
    """sd_notify(3)."""
    pillarbox.config.write_text("[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:0'\n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(30)
        pillarbox.environment["NOTIFY_SOCKET"] = str(folder / "notify")
        process = pillarbox.start("serve")
        try:
            assert manager.recv(100) == b"READY=1"
        finally:
            process.terminate()
        assert manager.recv(100) == b"STOPPING=1"
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_commit_of_the_command_line_is_heard_at_both_workers(server: Server, both: tuple[Client, Client]) -> None:
    path = server.folder / "mail.eml"
    path.write_bytes(next(many(1, 1)).raw)
    events = [client.listen() for client in both]

    server.program("import", ALICE, path)

    for stream in events:
        stream.change(both[0].account, "Email")
