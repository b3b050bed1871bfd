"""What conversations about EmailSubmission begin with, and what is on its way after them."""

from typing import Any

import orjson
from tests.conversations.jmap.email.letters import letter
from tests.driver import JMAP, Home

from pillarbox.datatypes.mail import note_delivery, release_submission
from pillarbox.datatypes.queue import QUEUED_MESSAGE
from pillarbox.objects import number_of

__all__ = [
    "TO_BOB",
    "creates",
    "draft",
    "identity",
    "octets",
    "queue",
    "releases",
    "sent",
    "tells",
]

TO_BOB = {"From": "alice@home.example", "To": "Bob <bob@far.example>", "Message_ID": "<1@home.example>"} | {
    "Date": "Tue, 5 May 2026 10:00:00 +0200"
}
"""The header of a message that can be sent."""


def identity(person: JMAP, email: str | None = None) -> str:
    """The id of the Identity with an address, else the one that they log in with."""
    wanted = email or person.name
    return next(str(one["id"]) for one in person.asks("Identity/get")["list"] if one["email"] == wanted)


def draft(person: JMAP, body: str = "Hello.", /, **fields: str | None) -> str:
    """The id of a draft to Bob, with other fields besides or instead; None for none of this name."""
    given = {name: value for name, value in {**TO_BOB, **fields}.items() if value is not None}
    message = letter(body, **given)
    if fields.get("From", "") is None:
        message = message.replace("From: bob@far.example\n", "", 1)
    return person.receives(message, "drafts", keywords={"$draft": True, "$seen": True})


def creates(person: JMAP, **properties: Any) -> None:
    """Says that a draft is to be sent as creation `it`."""
    given = dict(properties)
    if "identityId" not in given:
        given["identityId"] = identity(person)
    if "emailId" not in given:
        given["emailId"] = draft(person)
    person.says("EmailSubmission/set", create={"it": given})


def sent(person: JMAP, **properties: Any) -> str:
    """The id of a new submission."""
    creates(person, **properties)
    return str(person.hears("EmailSubmission/set", notCreated=None)["created"]["it"]["id"])


def queue(home: Home, person: JMAP) -> list[dict[str, Any]]:
    """What is on its way."""
    with home.store.read(person.number) as unit:
        numbers = unit.numbers(QUEUED_MESSAGE.table, 100)
        return [orjson.loads(stored.document) for stored in unit.get(QUEUED_MESSAGE.table, numbers)]


def octets(home: Home, person: JMAP) -> bytes:
    """The message that is on its way."""
    (message,) = queue(home, person)
    with home.store.read(person.number) as unit:
        blob = unit.blob(message["blob"])
        assert blob is not None
        return unit.octets(blob, 0, blob.size)


def releases(home: Home, person: JMAP, submission: str) -> None:
    """The queue lets a message go."""
    with home.store.write(person.number) as unit:
        for stored in list(unit.get(QUEUED_MESSAGE.table, unit.numbers(QUEUED_MESSAGE.table, 100))):
            document = orjson.loads(stored.document)
            if document["submission"] == number_of(submission):
                unit.update(QUEUED_MESSAGE.table, stored.number, document, {**document, "isReleased": True})
        release_submission(unit, number_of(submission))


def tells(home: Home, person: JMAP, submission: str, **told: tuple[str, str]) -> None:
    """The queue tells what became of a message; `bob=` is bob@far.example."""
    with home.store.write(person.number) as unit:
        note_delivery(unit, number_of(submission), {f"{name}@far.example": one for name, one in told.items()})
