"""Uploads to an account that several see are the uploader's until something refers to them (RFC 8620 section 6.1)."""

import pytest
from tests.driver import ANY, CORE, JMAP, MAIL, Home, like

from pillarbox.access import Principal

BLOB = "urn:ietf:params:jmap:blob"
MDN = "urn:ietf:params:jmap:mdn"
LETTER = b"Subject: secret\r\n\r\nsecret\r\n"


@pytest.fixture
def team(home: Home, alice: JMAP, bob: JMAP) -> Principal:
    """A group of two."""
    return home.group("team", alice, bob)


def in_it(person: JMAP, group: Principal) -> JMAP:
    """The person as a client of the group's account."""
    client = JMAP(person.web, person.name, person.password, group.id, group.number)
    client.using = [CORE, MAIL, BLOB, MDN]
    return client


@pytest.fixture
def alices(alice: JMAP, team: Principal) -> JMAP:
    return in_it(alice, team)


@pytest.fixture
def bobs(bob: JMAP, team: Principal) -> JMAP:
    return in_it(bob, team)


def test_an_upload_is_seen_by_its_uploader_alone(alices: JMAP, bobs: JMAP) -> None:
    """Section 6.1: also in shared accounts."""
    blob = alices.uploads(LETTER)
    assert alices.downloads(blob).octets == LETTER
    assert bobs.downloads(blob).status == 404
    assert bobs.downloads(f"{blob}-0-5-i").status == 404


def test_nobody_else_makes_anything_of_it(bob: JMAP, alices: JMAP, bobs: JMAP) -> None:
    """Section 6.1: in no method that takes a blobId."""
    blob = alices.uploads(LETTER)
    inbox = bobs.mailbox("inbox")

    bobs.says("Email/import", emails={"a": {"blobId": blob, "mailboxIds": {inbox: True}}})
    bobs.hears("Email/import", created=None, notCreated={"a": like(type="invalidProperties")})
    bobs.says("Email/parse", blobIds=[blob])
    bobs.hears("Email/parse", notFound=[blob], parsed=None)
    draft = {"mailboxIds": {inbox: True}, "attachments": [{"blobId": blob}]}
    bobs.says("Email/set", create={"a": draft})
    bobs.hears("Email/set", created=None, notCreated={"a": like(type="blobNotFound")})
    bobs.says("MDN/parse", blobIds=[blob])
    bobs.hears("MDN/parse", notFound=[blob])
    bobs.says("Blob/get", ids=[blob])
    bobs.hears("Blob/get", list=[], notFound=[blob])
    bobs.says("Blob/upload", create={"a": {"data": [{"blobId": blob}]}})
    bobs.hears("Blob/upload", created=None, notCreated={"a": like(type="blobNotFound")})
    bob.says("Blob/copy", fromAccountId=alices.account_id, blobIds=[blob])
    bob.hears("Blob/copy", copied=None, notCopied={blob: like(type="notFound")})


def test_what_an_email_holds_is_seen_by_all(alices: JMAP, bobs: JMAP) -> None:
    """Section 6.1: access is that of the object that holds it; without the object it is gone again."""
    blob = alices.uploads(LETTER)
    emails = {"a": {"blobId": blob, "mailboxIds": {alices.mailbox("inbox"): True}}}
    email = alices.asks("Email/import", emails=emails)["created"]["a"]["id"]
    assert bobs.downloads(blob).octets == LETTER

    alices.asks("Email/set", destroy=[email])
    assert bobs.downloads(blob).status == 404
    assert alices.downloads(blob).octets == LETTER


def test_whoever_uploads_the_same_sees_it(alices: JMAP, bobs: JMAP) -> None:
    """Section 6: the same octets may have the same id."""
    blob = alices.uploads(LETTER)
    assert bobs.uploads(LETTER) == blob
    assert bobs.downloads(blob).octets == LETTER


def test_what_was_made_or_copied_is_one_s_own_too(alice: JMAP, alices: JMAP, bobs: JMAP) -> None:
    """Section 6.3, RFC 9404 section 4.1: as an upload."""
    mine = alice.uploads(LETTER)
    copied = alices.asks("Blob/copy", fromAccountId=alice.account_id, blobIds=[mine])["copied"][mine]
    made = alices.asks("Blob/upload", create={"a": {"data": [{"data:asText": "x"}]}})["created"]["a"]["id"]
    for blob in (copied, made):
        assert alices.downloads(blob).status == 200
        assert bobs.downloads(blob).status == 404


def test_in_one_s_own_account_nothing_is_noted(alice: JMAP) -> None:
    """Ours: nobody else uploads there."""
    assert alice.downloads(alice.uploads(b"x")).octets == b"x"
    alice.says("Email/parse", blobIds=[alice.uploads(LETTER)])
    alice.hears("Email/parse", parsed=ANY)
