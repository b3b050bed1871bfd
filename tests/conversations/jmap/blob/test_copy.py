"""Blob/copy (RFC 8620 section 6.3), by somebody who has two accounts."""

import json
from typing import Any

import pytest
from tests.driver import ANY, CORE, JMAP, Home, assert_is, like

from pillarbox.access import Actor, Grant, Rights
from pillarbox.access.permission import OF_USER
from pillarbox.jmap import process
from pillarbox.wire.values import Id


class Pair:
    """One actor with their own account, and another's."""

    def __init__(self, home: Home, mine: JMAP, other: JMAP, rights: Rights = Rights.FULL) -> None:
        self._home = home
        self._actor = Actor(
            mine.name,
            {
                Id(mine.account_id): Grant(mine.number, mine.name, personal=True, rights=Rights.FULL),
                Id(other.account_id): Grant(other.number, other.name, personal=False, rights=rights),
            },
            OF_USER,
        )

    def copies(self, origin: str, target: str, *blob_ids: str) -> Any:
        """The response to a Blob/copy."""
        call = ["Blob/copy", {"fromAccountId": origin, "accountId": target, "blobIds": blob_ids}, "0"]
        octets = json.dumps({"using": [CORE], "methodCalls": [call]}).encode()
        ((name, arguments, _),) = json.loads(process(self._home.setup.service, self._actor, octets, "s"))[
            "methodResponses"
        ]
        return arguments if name == "Blob/copy" else {"error": arguments["type"]}


@pytest.fixture
def pair(home: Home, alice: JMAP, bob: JMAP) -> Pair:
    return Pair(home, alice, bob)


@pytest.mark.parametrize("size", [0, 10, 2_000_000])
def test_octets_are_copied(pair: Pair, alice: JMAP, bob: JMAP, size: int) -> None:
    """RFC 8620 section 6.3: copied maps the ids; both are there then."""
    blob_id = alice.uploads(b"x" * size)
    answer = pair.copies(alice.account_id, bob.account_id, blob_id)

    assert_is(
        {
            "fromAccountId": alice.account_id,
            "accountId": bob.account_id,
            "copied": {blob_id: ANY},
            "notCopied": None,
        },
        answer,
    )
    assert bob.downloads(answer["copied"][blob_id]).octets == b"x" * size == alice.downloads(blob_id).octets


def test_what_is_not_there_is_told(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 6.3: notCopied, with notFound."""
    blob_id = alice.uploads(b"x")
    answer = pair.copies(alice.account_id, bob.account_id, "b9999", blob_id, "x")

    assert answer["copied"] == {blob_id: ANY}
    assert answer["notCopied"] == {"b9999": like(type="notFound"), "x": like(type="notFound")}


def test_nothing_copied_is_null(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 6.3: null, if none was."""
    assert pair.copies(alice.account_id, bob.account_id) == like(copied=None, notCopied=None)


def test_into_the_same_account_nothing_is_copied(pair: Pair, alice: JMAP) -> None:
    """RFC 8620 section 5.4, as clarified (Q12)."""
    assert pair.copies(alice.account_id, alice.account_id, alice.uploads(b"x")) == {"error": "invalidArguments"}


def test_from_an_account_that_is_not_there_nothing_is_copied(pair: Pair, home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 6.3: fromAccountNotFound, for one that is another's as well."""
    carol = home.person("carol")
    blob_id = carol.uploads(b"x")

    assert pair.copies("a9999", bob.account_id, blob_id) == {"error": "fromAccountNotFound"}
    assert pair.copies(carol.account_id, bob.account_id, blob_id) == {"error": "fromAccountNotFound"}


def test_into_an_account_that_is_not_there_nothing_is_copied(pair: Pair, home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.2: accountNotFound."""
    carol = home.person("carol")

    assert pair.copies(alice.account_id, carol.account_id, alice.uploads(b"x")) == {"error": "accountNotFound"}


def test_a_reader_copies_out_and_not_in(home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 3.6.2: accountReadOnly."""
    reader = Pair(home, alice, bob, Rights.READ)

    assert reader.copies(alice.account_id, bob.account_id, alice.uploads(b"x")) == {"error": "accountReadOnly"}
    letter = bob.receives("Subject: y\n\ny")
    (email,) = bob.asks("Email/get", ids=[letter], properties=["blobId"])["list"]
    assert reader.copies(bob.account_id, alice.account_id, email["blobId"])["copied"]


def test_more_than_allowed_at_once_are_too_many(pair: Pair, home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 3.6.2: requestTooLarge."""
    home.build(objects_in_set=2)

    assert pair.copies(alice.account_id, bob.account_id, "b1", "b2", "b3") == {"error": "requestTooLarge"}


def test_one_account_s_blobs_are_not_given_by_their_number(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """Ours: the id of a copy is the target account's own; that of the original means nothing there."""
    for at in range(5):
        alice.uploads(b"%d" % at)
    blob_id = alice.uploads(b"x")
    answer = pair.copies(alice.account_id, bob.account_id, blob_id)

    assert answer["copied"][blob_id] != blob_id
    assert bob.downloads(blob_id).status == 404


def test_all_that_was_copied_is_there(pair: Pair, home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 6: older ones make room, those just copied do not."""
    blobs = [alice.uploads(b"%d" % at * 100) for at in range(5)]
    home.clock.now += 1
    old = bob.uploads(b"old")
    home.clock.now += 1
    home.build(uploads=2, uploads_size=150)
    answer = pair.copies(alice.account_id, bob.account_id, *blobs)

    assert [bob.downloads(copy).status for copy in answer["copied"].values()] == [200] * 5
    assert bob.downloads(old).status == 404
