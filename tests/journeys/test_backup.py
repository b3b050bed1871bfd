"""`pillarbox backup` beside a server under load, and `restore` into another server and into the one that runs."""

import json
import smtplib
import threading
from pathlib import Path

import pytest
from tests.journeys.client import Failed
from tests.journeys.program import Server, until

from pillarbox.datatypes import REGISTRY
from pillarbox.transfer.backup import verify

pytestmark = pytest.mark.slow

PEOPLE = ("alice@far.example", "bob@far.example")


class Postman(threading.Thread):
    """Hands over messages by LMTP until it is told to stop; `told` are those that were answered for, and for whom."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__()
        self._port = server.lmtp_port
        self._run_name = name
        self.told: list[tuple[str, str]] = []
        self.stop = threading.Event()

    def run(self) -> None:
        with smtplib.LMTP("127.0.0.1", self._port, timeout=20) as lmtp:
            lmtp.ehlo("relay.far.example")
            number = 0
            while not self.stop.is_set():
                number += 1
                recipient = PEOPLE[number % 2]
                message_id = f"{self._run_name}.{number}@far.example"
                # Every tenth is large enough for a file of its own.
                body = "Hello.\r\n" * (20_000 if number % 10 == 0 else 5)
                text = f"Subject: {message_id}\r\nMessage-ID: <{message_id}>\r\n\r\n{body}"
                lmtp.sendmail("carol@far.example", [recipient], text)
                self.told.append((recipient, message_id))


def there(server: Server) -> set[tuple[str, str]]:
    """All messages that are in the accounts, by their ids."""
    found: set[tuple[str, str]] = set()
    for address in PEOPLE:
        client = server.client(address)
        found |= {(address, one["messageId"][0]) for one in client.emails(client.ids(), ["messageId"])}
    return found


def test_what_was_answered_for_before_a_backup_began_is_in_it(server: Server, folder: Path) -> None:
    for address in PEOPLE:
        server.program.account(address)
    postmen = [Postman(server, name) for name in ("one", "two")]
    for postman in postmen:
        postman.start()
    until(lambda: all(len(postman.told) >= 40 for postman in postmen), "mail comes in", 60)
    answered = {one for postman in postmen for one in list(postman.told)}

    made = json.loads(server.program("backup", folder / "out", "--json"))
    after = {one for postman in postmen for one in list(postman.told)}
    for postman in postmen:
        postman.stop.set()
        postman.join()

    assert len(after) > len(answered), "nothing came in while the backup was made"
    assert (made["accounts"], made["lost"], made["nameless"]) == (2, [], [])
    (*_, found) = verify(REGISTRY, folder / "out")
    assert found.problems == []
    another = Server(folder / "another")
    assert json.loads(another.program("restore", folder / "out", "--json"))["accounts"] == 2
    assert another.program.doctor() == []
    with another.running():
        kept = there(another)
        assert answered <= kept <= there(server)
        assert another.program.doctor() == []


def test_an_account_comes_back_while_its_server_runs(server: Server, folder: Path) -> None:
    for address in PEOPLE:
        server.program.account(address)
    postman = Postman(server, "one")
    postman.start()
    until(lambda: len(postman.told) >= 20, "mail comes in", 60)
    postman.stop.set()
    postman.join()
    before = there(server)
    server.program("backup", folder / "out")
    alice, bob = (server.client(address) for address in PEOPLE)
    state = alice.call("Email/get", ids=[])["state"]
    for client in (alice, bob):
        client.call("Email/set", destroy=client.ids())
    events = alice.listen()

    assert "is served already" in server.program("restore", folder / "out", status=1)
    server.program("restore", folder / "out", "--account", PEOPLE[0])

    assert events.change(alice.account, "Email") is not None
    events.close()
    assert there(server) == {one for one in before if one[0] == PEOPLE[0]}
    with pytest.raises(Failed, match="cannotCalculateChanges"):
        alice.call("Email/changes", sinceState=state)
    assert server.program.doctor() == []
