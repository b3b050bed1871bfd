"""Blob/lookup: where blobs are found (RFC 9404 section 4.3)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import LETTER, letter
from tests.driver import CORE, JMAP, MAIL, Home

BLOB = "urn:ietf:params:jmap:blob"
ALL = ["Mailbox", "Thread", "Email"]


@pytest.fixture
def alice(alice: JMAP) -> JMAP:
    """Alice, whose client uses the extension."""
    alice.using = [CORE, MAIL, BLOB]
    return alice


def of(alice: JMAP, email: str) -> Any:
    """An Email's blob and what it is in."""
    (got,) = alice.asks("Email/get", ids=[email], properties=["blobId", "threadId", "mailboxIds", "attachments"])[
        "list"
    ]
    return got


def test_a_message_is_found_in_all_that_it_is_in(alice: JMAP) -> None:
    """RFC 9404 section 4.3: Emails, their Threads and Mailboxes, each named once; nothing of other Emails there."""
    inbox, archive = alice.mailbox("inbox"), alice.mailbox("archive")
    one = alice.receives(LETTER, mailboxIds={inbox: True, archive: True})
    two = alice.receives(LETTER)
    alice.receives(letter())
    got = of(alice, one)

    alice.says("Blob/lookup", typeNames=ALL, ids=[got["blobId"]])

    told = alice.hears("Blob/lookup", accountId=alice.account_id, notFound=[])
    (found,) = told["list"]
    assert found["id"] == got["blobId"]
    assert {name: sorted(ids) for name, ids in found["matchedIds"].items()} == {
        "Email": sorted([one, two]),
        "Thread": [got["threadId"]],
        "Mailbox": sorted([inbox, archive]),
    }


def test_a_part_is_found_by_its_message(alice: JMAP) -> None:
    """RFC 9404 section 4.3: "you could discover this blobId by looking at this object"."""
    email = alice.receives(LETTER)
    part = of(alice, email)["attachments"][0]["blobId"]

    (found,) = alice.asks("Blob/lookup", typeNames=["Email"], ids=[part])["list"]
    assert found == {"id": part, "matchedIds": {"Email": [email]}}


def test_what_nothing_refers_to_is_found_nowhere(alice: JMAP, bob: JMAP) -> None:
    """RFC 9404 section 4.3: an empty array for each type, for another's blob and for none as well."""
    bob.receives(letter())
    others = of(bob, bob.receives(LETTER))["blobId"]
    upload = alice.uploads(b"x")

    answer = alice.asks("Blob/lookup", typeNames=["Email", "Thread"], ids=[upload, f"{others}9", "not-a-blob"])

    nothing: dict[str, list[str]] = {"Email": [], "Thread": []}
    assert answer["list"] == [{"id": id_, "matchedIds": nothing} for id_ in (upload, f"{others}9", "not-a-blob")]
    assert answer["notFound"] == [f"{others}9", "not-a-blob"]


def test_a_destroyed_email_refers_to_nothing(alice: JMAP) -> None:
    """RFC 9404 section 4.3."""
    email = alice.receives(LETTER)
    blob = of(alice, email)["blobId"]
    alice.asks("Email/set", destroy=[email])

    (found,) = alice.asks("Blob/lookup", typeNames=["Email"], ids=[blob])["list"]
    assert found["matchedIds"] == {"Email": []}


@pytest.mark.parametrize("name", ["Nonsense", "Core", "Identity", "Blob", "email"])
def test_a_type_that_is_not_known_is_refused(alice: JMAP, name: str) -> None:
    """RFC 9404 section 4.3: unknownDataType."""
    alice.says("Blob/lookup", typeNames=["Email", name], ids=[])
    alice.hears("error", type="unknownDataType")


def test_a_type_that_was_not_opted_in_to_is_refused(alice: JMAP) -> None:
    """RFC 9404 section 4.3: "the associated capability has not been requested"."""
    alice.using = [CORE, BLOB]
    alice.says("Blob/lookup", typeNames=["Email"], ids=[])
    alice.hears("error", type="unknownDataType")


def test_more_than_allowed_at_once_are_too_many(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.2: requestTooLarge."""
    home.build(objects_in_get=2)
    alice.says("Blob/lookup", typeNames=["Email"], ids=["a", "b", "c"])
    alice.hears("error", type="requestTooLarge")
