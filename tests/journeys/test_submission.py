"""A draft goes to somebody on the same server (RFC 8621 section 7): through all processes of a real one."""

import json
from typing import Any

import pytest
from tests.journeys.client import USING, Client
from tests.journeys.program import Server, until

pytestmark = pytest.mark.slow

SUBMISSION = "urn:ietf:params:jmap:submission"


def calls(client: Client, *asked: tuple[str, dict[str, Any]]) -> list[Any]:
    """The names and arguments of all answers, those of calls that follow from others included."""
    given = [[name, {"accountId": client.account, **arguments}, str(at)] for at, (name, arguments) in enumerate(asked)]
    body = {"using": [*USING, SUBMISSION], "methodCalls": given}
    answered = json.loads(client.http("POST", "/jmap/", json.dumps(body).encode()))["methodResponses"]
    return [(name, told) for name, told, _ in answered]


def draft(client: Client) -> dict[str, Any]:
    """An Email to Bob, blindly copied to Carol."""
    return {
        "mailboxIds": {client.role("drafts"): True},
        "keywords": {"$draft": True},
        "from": [{"email": "alice@home.example"}],
        "to": [{"email": "bob@home.example"}],
        "bcc": [{"email": "carol@home.example"}],
        "subject": "Plans",
        "textBody": [{"partId": "1", "type": "text/plain"}],
        "bodyValues": {"1": {"value": "To the sea."}},
    }


def sent(client: Client, **envelope: Any) -> str:
    """The id of the submission of a new draft, which is then where what was sent is."""
    patch = {
        f"mailboxIds/{client.role('drafts')}": None,
        f"mailboxIds/{client.role('sent')}": True,
        "keywords/$draft": None,
    }
    ((_, told),) = calls(client, ("Identity/get", {}))
    identity = next(one["id"] for one in told["list"] if one["email"] == "alice@home.example")
    answers = calls(
        client,
        ("Email/set", {"create": {"e": draft(client)}}),
        (
            "EmailSubmission/set",
            {
                "create": {"s": {"identityId": identity, "emailId": "#e", **envelope}},
                "onSuccessUpdateEmail": {"#s": patch},
            },
        ),
    )
    assert [name for name, _ in answers] == ["Email/set", "EmailSubmission/set", "Email/set"], answers
    assert answers[2][1]["updated"] == {answers[0][1]["created"]["e"]["id"]: None}
    return str(answers[1][1]["created"]["s"]["id"])


def submission(client: Client, id_: str) -> Any:
    ((_, told),) = calls(client, ("EmailSubmission/get", {"ids": [id_]}))
    (one,) = told["list"]
    return one


def test_mail_goes_to_others_on_the_server(server: Server) -> None:
    alice, bob, carol = (server.account(f"{name}@home.example") for name in ("alice", "bob", "carol"))

    id_ = sent(alice)

    def is_done() -> bool:
        known = submission(alice, id_)["deliveryStatus"]
        return all(one["delivered"] == "yes" for one in known.values())

    until(is_done, "both have it")
    told = submission(alice, id_)
    assert told["undoStatus"] == "final"
    assert all(one["smtpReply"].startswith("250 2.") for one in told["deliveryStatus"].values())
    for person in (bob, carol):
        (got,) = person.call("Email/get", ids=person.ids(), properties=["from", "bcc", "subject", "preview"])["list"]
        assert got["from"][0]["email"] == "alice@home.example"
        assert (got["subject"], got["preview"], got["bcc"]) == ("Plans", "To the sea.", None)
    (kept,) = alice.call("Email/get", ids=alice.ids(), properties=["bcc", "mailboxIds"])["list"]
    assert kept["mailboxIds"] == {alice.role("sent"): True}
    assert [one["email"] for one in kept["bcc"]] == ["carol@home.example"]


def test_what_is_held_goes_out_when_its_time_has_come_and_not_if_it_is_canceled(server: Server) -> None:
    alice, bob = (server.account(f"{name}@home.example") for name in ("alice", "bob"))

    def held(seconds: str) -> dict[str, Any]:
        mail = {"email": "alice@home.example", "parameters": {"HOLDFOR": seconds}}
        return {"envelope": {"mailFrom": mail, "rcptTo": [{"email": "bob@home.example"}]}}

    soon, never = sent(alice, **held("3")), sent(alice, **held("4"))
    ((_, told),) = calls(alice, ("EmailSubmission/set", {"update": {never: {"undoStatus": "canceled"}}}))
    assert list(told["updated"]) == [never]
    assert submission(alice, soon)["undoStatus"] == "pending"
    assert bob.ids() == []

    until(lambda: submission(alice, soon)["undoStatus"] == "final", "it is released", 15)
    until(lambda: len(bob.ids()) == 1, "Bob has it")
    assert submission(alice, never)["undoStatus"] == "canceled"
