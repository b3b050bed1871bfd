"""Two servers on one database: who is connected to one hears of what is done at the other, and both count together."""

import os
import signal
import smtplib
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from socket import socket

import pytest
from tests.journeys.client import Client, Event, Events, Failed, Refused
from tests.journeys.program import Program, Server, until
from tests.journeys.test_shared_limits import is_answered, status
from tests.neighbour.postgres import Cluster, cluster

from pillarbox.app import house
from pillarbox.datatypes.server import keep_settings
from pillarbox.sample import many
from pillarbox.settings import load, snapshot
from pillarbox.store.postgres import Place

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

ALICE, CAROL, DAVE = "alice@far.example", "carol@far.example", "dave@far.example"
MESSAGE = next(many(1, 1)).raw
LMTP = "Subject: {}\r\n\r\nHello.\r\n"


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A PostgreSQL that keeps what it said it had, and can be stopped."""
    with cluster(fsync="on", full_page_writes="on") as made:
        yield made


@dataclass
class Pair:
    """Two servers, each with its own folder, and a client of Alice's at each."""

    one: Server
    other: Server
    here: Client
    there: Client


def settings(place: Place, way: str) -> str:
    return (
        f'[storage]\ndata = "pg"\n[store."pg"]\ntype = "postgresql"\nhost = "{place.host}"\nport = {place.port}\n'
        f'database = "{place.database}"\nuser = "{place.user}"\nfeed = "{way}"\n[server]\nworkers = 2\n'
    )


BOTH_WAYS = pytest.mark.parametrize("way", ["listen", "poll"], scope="module")
"""For what depends on how servers hear of each other: that they do, and do again when the way was cut."""
USUAL_WAY = pytest.mark.parametrize("way", ["listen"], scope="module")
"""For the rest."""


@pytest.fixture(scope="module")
def place(own: Cluster, way: str) -> Place:
    return own.database()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, place: Place, way: str) -> Iterator[Pair]:
    """Of all tests of a way: whoever kills or stops something starts it again, and both must end well."""
    folder = tmp_path_factory.mktemp("two")
    one, other = (Server(folder / name, settings(place, way)) for name in ("one", "other"))
    with one.running(), other.running():
        pair = Pair(one, other, one.account(ALICE), other.client(ALICE))
        pair.here.import_(MESSAGE)
        yield pair


@pytest.fixture
def pair(servers: Pair) -> Iterator[Pair]:
    """The two, when they hear each other."""
    joined(servers.here, servers.there)
    joined(servers.there, servers.here)
    yield servers
    # With all the streams that the test has opened.
    servers.here.close()
    servers.there.close()


def joined(writer: Client, listener: Client) -> None:
    """Waits until what one does is heard at the other: the links come after all else is ready."""
    (email,) = writer.ids()[:1]

    def heard() -> bool:
        # A stream on which nothing came in time cannot be read on.
        events = opened(listener)
        try:
            told(events, listener.account, flag(writer, email), within=1.0)
        except TimeoutError:
            return False
        finally:
            events.close()
        return True

    until(heard, "the links are there", 30)


def flag(client: Client, email: str) -> str:
    """Changes something; the state after it."""
    flagged = next(client.emails([email], ["keywords"]))["keywords"]
    return str(
        client.call("Email/set", update={email: {"keywords/$flagged": None if "$flagged" in flagged else True}})[
            "newState"
        ]
    )


def told(events: Events, account: str, state: str, within: float = 10.0) -> Event:
    """The event that tells of that state, or of a later one. Raises TimeoutError."""
    deadline = time.monotonic() + within
    while True:
        event = events.change(account, "Email", max(0.001, deadline - time.monotonic()))
        if number(event.data["changed"][account]["Email"]) >= number(state):
            return event


def number(state: str) -> int:
    return int(state.rpartition("-")[2])


def opened(client: Client) -> Events:
    """An event source that has told its first states, if there were any to tell."""
    events = client.listen()
    client.session()
    return events


@BOTH_WAYS
def test_changes_are_heard_across_both_ways(pair: Pair) -> None:
    """Architecture section 3.2."""
    email = pair.here.ids()[0]
    for writer, listener in ((pair.here, pair.there), (pair.there, pair.here)):
        events = [opened(listener), opened(writer)]
        state = flag(writer, email)
        for one in events:
            told(one, writer.account, state)


@USUAL_WAY
def test_mail_and_commands_at_one_are_heard_at_the_other(pair: Pair) -> None:
    events = opened(pair.there)
    with smtplib.LMTP("127.0.0.1", pair.one.lmtp_port, timeout=20) as lmtp:
        lmtp.sendmail("bob@far.example", [ALICE], LMTP.format("by LMTP").encode())
    events.change(pair.there.account, "Email")

    path = pair.one.folder / "mail.eml"
    path.write_bytes(LMTP.format("by a command").encode())
    pair.one.program("import", ALICE, path)

    events.change(pair.there.account, "Email")


@BOTH_WAYS
def test_a_command_on_a_machine_without_a_server_is_heard(pair: Pair, place: Place, way: str, folder: Path) -> None:
    """Ours: it speaks for itself, and has said everything when it ends."""
    config = folder / "elsewhere.toml"
    config.write_text(settings(place, way))
    path = folder / "mail.eml"
    path.write_bytes(LMTP.format("from elsewhere").encode())
    events = [opened(pair.here), opened(pair.there)]

    (folder / "elsewhere").mkdir()
    Program(folder, folder / "elsewhere", config)("import", ALICE, path)

    for one in events:
        one.change(pair.here.account, "Email")


@USUAL_WAY
def test_what_both_write_to_one_account_is_all_there_and_their_states_agree(pair: Pair) -> None:
    """RFC 8620 section 5.1: state strings are the same wherever they are asked for."""
    events = [opened(pair.here), opened(pair.there)]
    before = pair.here.call("Email/get", ids=[])["state"]
    inbox = pair.here.role("inbox")

    def write(client: Client) -> list[str]:
        return [client.import_(one.raw, mailbox=inbox)["id"] for one in many(20, 2 if client is pair.here else 3)]

    with ThreadPoolExecutor(2) as both:
        filed = [email for part in both.map(write, (pair.here, pair.there)) for email in part]

    assert set(pair.here.ids()) == set(pair.there.ids()) >= set(filed)
    assert len(set(filed)) == 40
    state = pair.here.call("Email/get", ids=[])["state"]
    assert pair.there.call("Email/get", ids=[])["state"] == state
    for client, stream in zip((pair.here, pair.there), events, strict=True):
        told(stream, client.account, state)
        assert set(client.call("Email/changes", sinceState=before)["created"]) == set(filed)


@USUAL_WAY
def test_a_password_that_was_changed_at_one_is_of_no_use_at_the_other(pair: Pair) -> None:
    """Ours: both have verified it, and remember that."""
    here = pair.one.account(CAROL)
    there = pair.other.client(CAROL)
    here.session()
    there.session()

    pair.one.program("account", "passwd", CAROL, "--password-stdin", stdin="another one\n")

    until(lambda: _is_refused(here), "refused where it was changed")
    until(lambda: _is_refused(there), "refused at the other")
    assert pair.other.client(CAROL, "another one").session()["username"] == CAROL


@USUAL_WAY
def test_a_setting_that_is_changed_at_one_holds_at_the_other(pair: Pair) -> None:
    """Issue 7: what the database says is in force at all who share it, without a reload."""
    changed(pair.one.program, {"jmap.protocol.get.max-objects": "78"})

    for client in (pair.here, pair.there):
        until(lambda client=client: limit(client, "maxObjectsInGet") == 78, "its session says so")  # type: ignore[misc]


def changed(program: Program, texts: Mapping[str, str]) -> None:
    """The database has these settings, and no others, from now on."""
    local, _ = snapshot(load(program.config, program.environment).pairs)
    with house(local, program.data) as built, built.store.write(0) as server:
        keep_settings(server, texts, "", datetime.now(UTC))


def limit(client: Client, name: str) -> int:
    return int(client.session()["capabilities"]["urn:ietf:params:jmap:core"][name])


def _is_refused(client: Client) -> bool:
    try:
        client.session()
    except Refused as refused:
        return refused.status == 401
    return False


@USUAL_WAY
def test_an_upload_waits_for_one_at_the_other_server(pair: Pair) -> None:
    """RFC 8620 section 2, "maxConcurrentUpload"."""
    # One whose uploads nobody has counted yet: a limit is that of when the counting began.
    here = pair.one.account(DAVE)
    there = pair.other.client(DAVE)
    changed(pair.one.program, {"jmap.protocol.upload.max-concurrent": "1"})
    for client in (here, there):
        until(lambda client=client: limit(client, "maxConcurrentUpload") == 1, "its session says so")  # type: ignore[misc]

    first, second = begun(here, b"hello"), begun(there, b"hello you!")

    assert not is_answered(first, second)
    first.sendall(b" you!")
    assert status(here) == status(there) == 201
    changed(pair.one.program, {})


def begun(client: Client, octets: bytes) -> socket:
    """Where the answer to an upload of ten octets will be read, of which these are sent; the server has them."""
    path = f"/jmap/upload/{client.account}/"
    connection = client._connection
    connection.putrequest("POST", path)
    for name, value in {**client.headers, "Content-Type": "text/plain", "Content-Length": "10"}.items():
        connection.putheader(name, value)
    connection.endheaders(octets)
    there = connection.sock
    assert there is not None
    assert not is_answered(there)
    return there


@USUAL_WAY
def test_the_other_goes_on_when_one_is_killed_and_both_hear_again(pair: Pair) -> None:
    email = pair.here.ids()[0]
    pair.other.kill()
    events = opened(pair.here)
    told(events, pair.here.account, flag(pair.here, email))

    pair.other.start()

    pair.there = pair.other.client(ALICE)
    joined(pair.here, pair.there)
    joined(pair.there, pair.here)
    assert pair.there.call("Email/get", ids=[])["state"] == pair.here.call("Email/get", ids=[])["state"]


@USUAL_WAY
def test_what_only_one_may_do_another_does_when_it_is_killed(pair: Pair, own: Cluster, place: Place) -> None:
    """Ours: two who push would push everything twice."""

    def workers() -> int:
        found = own.sql(place, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted")
        return int(found[0][0])

    for server in (pair.one, pair.other):
        until(lambda: workers() == 1, "one does it", 20)
        server.kill()
        until(lambda: workers() == 1, "one does it still, or again", 20)
        server.start()


@BOTH_WAYS
def test_what_was_written_while_a_link_was_away_is_heard_in_the_end(pair: Pair) -> None:
    """Ours: whoever links again has all listeners read again, here and there."""
    email = pair.here.ids()[0]
    events = opened(pair.there)
    (background,) = pair.one.processes("pillarbox.app.background")
    os.kill(background, signal.SIGSTOP)
    try:
        states = [flag(pair.here, email) for _ in range(3)]
    finally:
        os.kill(background, signal.SIGKILL)

    told(events, pair.there.account, states[-1], within=30)


@BOTH_WAYS
def test_after_the_database_was_away_both_hear_each_other_again(pair: Pair, own: Cluster) -> None:
    own.stop(signal.SIGQUIT)
    with pytest.raises((Failed, Refused)):
        pair.here.call("Email/get", ids=[])
    own.start()

    for client in (pair.here, pair.there):
        until(lambda client=client: _answers(client), "it answers again", 30)  # type: ignore[misc]
    joined(pair.here, pair.there)
    joined(pair.there, pair.here)


def _answers(client: Client) -> bool:
    with suppress(Failed, Refused, HTTPException):
        client.call("Email/get", ids=[])
        return True
    return False
