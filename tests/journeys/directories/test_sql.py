"""People of a database: a server that runs begins to know them, and mail goes to them from here."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.journeys.client import USING, Client, Refused
from tests.journeys.program import Server, until
from tests.neighbour.peopled import PASSWORD, Peopled, peopled

pytestmark = pytest.mark.slow


@pytest.fixture
def outside(folder: Path, request: pytest.FixtureRequest) -> Iterator[Peopled]:
    with peopled("sqlite", folder / "people", request) as made:
        yield made


def written(outside: Peopled) -> str:
    """The settings of a directory, in TOML."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in outside.pairs.items())


def lets_in(server: Server, address: str) -> bool:
    try:
        server.client(address, PASSWORD).session()
    except Refused:
        return False
    return True


def sends(client: Client, recipient: str) -> None:
    """A message from somebody here."""
    email = {
        "mailboxIds": {client.role("drafts"): True},
        "from": [{"email": client.address}],
        "to": [{"email": recipient}],
        "subject": "Plans",
        "textBody": [{"partId": "1"}],
        "bodyValues": {"1": {"value": "To the sea."}},
    }
    account = {"accountId": client.account}
    body = {
        "using": [*USING, "urn:ietf:params:jmap:submission"],
        "methodCalls": [
            ["Identity/get", account, "i"],
            ["Email/set", {**account, "create": {"e": email}}, "e"],
        ],
    }
    (_, identities, _), (_, made, _) = json.loads(client.http("POST", "/jmap/", json.dumps(body).encode()))[
        "methodResponses"
    ]
    submission = {"identityId": identities["list"][0]["id"], "emailId": made["created"]["e"]["id"]}
    body["methodCalls"] = [["EmailSubmission/set", {**account, "create": {"s": submission}}, "s"]]
    ((_, told, _),) = json.loads(client.http("POST", "/jmap/", json.dumps(body).encode()))["methodResponses"]
    assert "s" in told["created"], told


def test_a_server_begins_to_know_them_while_it_runs(served: Callable[..., Server], outside: Peopled) -> None:
    """Ours: `pillarbox reload`; nobody else notices."""
    here = served()
    resident = here.account("resident@home.example")
    assert not lets_in(here, "ada@dir.example")

    before = here.program.config.read_text()
    here.program.config.write_text(written(outside) + before)
    assert here.program.run_at(here.program.data, "reload").returncode == 0

    until(lambda: lets_in(here, "ada@dir.example"), "somebody of the directory signs in")
    assert resident.session()["username"] == "resident@home.example"


def test_mail_from_here_goes_to_somebody_who_never_signed_in(folder: Path, outside: Peopled) -> None:
    """Ours: it is not looked for elsewhere; and what is nobody's there comes back."""
    here = Server(folder / "server")
    here.program.config.write_text(written(outside) + here.program.config.read_text())
    with here.running():
        resident = here.account("resident@home.example")
        sends(resident, "ada@dir.example")
        sends(resident, "nobody@dir.example")

        until(lambda: len(resident.ids(inMailbox=resident.role("inbox"))) == 1, "what is nobody's comes back", 20)
        ada = here.client("ada@dir.example", PASSWORD)
        until(lambda: len(ada.ids()) == 1, "the message arrives", 20)
