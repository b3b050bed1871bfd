"""A server that serves moves from files to a database and back, while mail comes in and somebody listens (adr/0062)."""

import json
import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

import pytest
from tests.journeys.client import Client, Event, Events, Failed, Refused, is_temporary
from tests.journeys.program import Server, until
from tests.neighbour.postgres import Cluster

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

ALICE, BOB = "alice@far.example", "bob@far.example"
STORES = """
[store."files"]
type = "sqlite"
[store."pg"]
type = "postgresql"
host = "{place.host}"
port = {place.port}
database = "{place.database}"
user = "{place.user}"
"""


class Writer(threading.Thread):
    """Imports messages of its own, and hands over others by LMTP, until told to stop; what was answered for."""

    def __init__(self, server: Server, address: str) -> None:
        super().__init__()
        self._server = server
        self._client = Client("127.0.0.1", server.port, address, "open sesame")
        self._address = address
        self._stopping = threading.Event()
        self.answered: list[str] = []
        self.put_off = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        number = 0
        try:
            while not self._stopping.wait(0.01):
                number += 1
                self._write(f"{self._address.partition('@')[0]} {self.name} {number}", is_by_lmtp=number % 4 == 0)
        except BaseException as failure:  # noqa: BLE001 - told to who waits for the thread
            self.failure = failure

    def _write(self, subject: str, *, is_by_lmtp: bool) -> None:
        raw = f"Subject: {subject}\r\n\r\nHello.\r\n".encode()
        try:
            if is_by_lmtp:
                with smtplib.LMTP("127.0.0.1", self._server.lmtp_port, timeout=20) as lmtp:
                    lmtp.sendmail("carol@far.example", [self._address], raw)
            else:
                self._client.import_(raw)
        except (Failed, Refused) as told:
            if not is_temporary(told):
                raise
            self.put_off += 1
        except smtplib.SMTPRecipientsRefused as told:
            if any(code >= 500 for code, _ in told.recipients.values()):
                raise
            self.put_off += 1
        except smtplib.SMTPResponseException as told:
            if told.smtp_code >= 500:
                raise
            self.put_off += 1
        except (HTTPException, OSError):
            # It is being started again.
            self.put_off += 1
            self._client.close()
        else:
            self.answered.append(subject)

    def stop(self) -> None:
        self._stopping.set()
        self.join()
        self._client.close()
        if self.failure is not None:
            raise self.failure


@contextmanager
def under_load(server: Server) -> Iterator[list[Writer]]:
    """A block in which both have mail all the time; of each something was answered for before it begins and ends."""
    writers = [Writer(server, address) for address in (ALICE, BOB)]
    for writer in writers:
        writer.start()
    try:
        _wait_for_more(writers)
        yield writers
        _wait_for_more(writers)
    finally:
        for writer in writers:
            writer.stop()


def _wait_for_more(writers: list[Writer]) -> None:
    before = [len(writer.answered) for writer in writers]

    def has_more() -> bool:
        assert all(writer.is_alive() for writer in writers)
        return all(len(writer.answered) > count for writer, count in zip(writers, before, strict=True))

    until(has_more, "mail is answered for", 20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, postgres: Cluster) -> Iterator[Server]:
    """On files, to be moved to a database."""
    settings = STORES.format(place=postgres.database())
    server = Server(tmp_path_factory.mktemp("migrating") / "server", settings)
    set_storage(server, data="files", migrate_to="pg")
    with server.running():
        for address in (ALICE, BOB):
            server.program.account(address)
        yield server


def set_storage(server: Server, **keys: str) -> None:
    """What the settings say under `storage`."""
    config = server.program.config
    lines = [line for line in config.read_text().splitlines(keepends=True) if not line.startswith("storage.")]
    said = [f'storage.{key.replace("_", "-")} = "{value}"\n' for key, value in keys.items()]
    config.write_text("".join(said + lines))


def restarted(server: Server) -> None:
    assert server.stop() == 0
    server.start()


def missing(server: Server, writers: list[Writer]) -> dict[str, set[str]]:
    """What was answered for and is not there."""
    lost = {}
    for writer, address in zip(writers, (ALICE, BOB), strict=True):
        client = server.client(address)
        found = {one["subject"] for one in client.emails(client.ids(), ["subject"])}
        lost[address] = set(writer.answered) - found
    return lost


def heard_of(events: Events, account: str, epoch: str) -> Event:
    """The first event that tells of Emails in another epoch."""
    deadline = time.monotonic() + 10
    while True:
        event = events.change(account, "Email", max(0.01, deadline - time.monotonic()))
        if event.data["changed"][account]["Email"].rpartition("-")[0] != epoch:
            return event


def epoch_of(client: Client) -> str:
    return str(client.call("Email/get", ids=[])["state"]).rpartition("-")[0]


def moves(server: Server) -> None:
    """Everything moves while there is mail, and Alice hears of it."""
    alice = server.client(ALICE)
    epoch = epoch_of(alice)
    with under_load(server) as writers:
        events = alice.listen()
        done = json.loads(server.program("migrate", "--json"))
        heard_of(events, alice.account, epoch)
        events.close()
    assert (done["complete"], done["failed"], done["left"]) == (True, [], 0)
    assert missing(server, writers) == {ALICE: set(), BOB: set()}
    assert epoch_of(alice) != epoch


def test_a_server_moves_to_a_database_and_back_while_it_is_written_to(server: Server) -> None:
    """Nothing that was answered for is lost, and who listens hears of it."""
    moves(server)

    set_storage(server, data="pg")
    restarted(server)
    server.client(BOB).import_(b"Subject: later\r\n\r\nHello.\r\n")
    set_storage(server, data="pg", migrate_to="files")
    assert "restart it" in server.program("migrate", status=1)
    restarted(server)

    moves(server)
    set_storage(server, data="files")
    assert server.program.doctor() == []
