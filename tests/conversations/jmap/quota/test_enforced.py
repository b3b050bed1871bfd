"""An account's limit is kept at every way in (RFC 8620 section 5.3, "overQuota"; RFC 9425 section 4.1, "hardLimit")."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.driver import JMAP, Home, like

from pillarbox.access import Principal

LIMIT = 2500
LARGE = "Subject: large\n\n" + "so large\n" * 200
"""Less than the limit, and too much beside another one."""


@pytest.fixture
def team(home: Home, alice: JMAP) -> Principal:
    """A group with a quota, of whom Alice is one, who has none."""
    return home.group("team", alice, quota=LIMIT)


@pytest.fixture
def ours(alice: JMAP, team: Principal) -> JMAP:
    """Alice as a client of the group's account, which holds something."""
    client = JMAP(alice.web, alice.name, alice.password, team.id, team.number)
    client.receives("Subject: there\n\n" + "is mail\n" * 100)
    return client


def imported(alice: JMAP, ours: JMAP) -> Any:
    email = {"blobId": ours.uploads(LARGE.encode()), "mailboxIds": {ours.mailbox("inbox"): True}}
    return ours.asks("Email/import", emails={"it": email})


def made(alice: JMAP, ours: JMAP) -> Any:
    body = {"textBody": [{"partId": "1", "type": "text/plain"}], "bodyValues": {"1": {"value": LARGE}}}
    return ours.asks("Email/set", create={"it": {"mailboxIds": {ours.mailbox("drafts"): True}, **body}})


def copied(alice: JMAP, ours: JMAP) -> Any:
    mine = alice.receives(LARGE)
    create = {"it": {"id": mine, "mailboxIds": {ours.mailbox("inbox"): True}}}
    return ours.asks("Email/copy", fromAccountId=alice.account_id, create=create)


@pytest.mark.parametrize("way", [imported, made, copied])
def test_what_does_not_fit_is_refused(alice: JMAP, ours: JMAP, way: Callable[[JMAP, JMAP], Any]) -> None:
    """RFC 8620 section 5.3: by the quota of the account that it would be in, not by that of whoever puts it there."""
    before = ours.asks("Email/query")["ids"]
    answer = way(alice, ours)

    assert answer["created"] is None
    assert answer["notCreated"] == {"it": like(type="overQuota")}
    assert ours.asks("Email/query")["ids"] == before


@pytest.mark.parametrize("way", [imported, made, copied])
def test_what_fits_once_there_is_room_is_taken(alice: JMAP, ours: JMAP, way: Callable[[JMAP, JMAP], Any]) -> None:
    """RFC 8620 section 5.3: what was destroyed counts no longer."""
    ours.asks("Email/set", destroy=ours.asks("Email/query")["ids"])
    assert way(alice, ours)["created"]


def test_an_upload_takes_nothing_of_it(ours: JMAP) -> None:
    """RFC 8620 section 6: blobs without a reference have a quota of their own."""
    assert ours.uploads(LARGE.encode() * 3)
