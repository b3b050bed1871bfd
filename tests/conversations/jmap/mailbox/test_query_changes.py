"""Mailbox/queryChanges (RFC 8621 section 2.4, RFC 8620 section 5.6)."""

from typing import Any

import pytest
from tests.driver import JMAP, like

BY_ORDER = [{"property": "sortOrder"}, {"property": "name"}]


def made(alice: JMAP, name: str, **properties: Any) -> str:
    return str(alice.asks("Mailbox/set", create={"it": {"name": name, **properties}})["created"]["it"]["id"])


def spliced(ids: list[str], change: dict[str, Any]) -> list[str]:
    """What a client makes of its cached result (section 5.6)."""
    result = [id_ for id_ in ids if id_ not in set(change["removed"])]
    for item in change["added"]:
        result.insert(item["index"], item["id"])
    return result


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"sort": BY_ORDER},
        {"sort": BY_ORDER, "sortAsTree": True},
        {"filter": {"isSubscribed": True}, "sort": BY_ORDER},
        {"filter": {"isSubscribed": True}, "sort": BY_ORDER, "sortAsTree": True, "filterAsTree": True},
        {"filter": {"parentId": None}, "sort": [{"property": "name", "isAscending": False}]},
        {"filter": {"name": "a"}},
    ],
    ids=str,
)
def test_splicing_gives_the_new_result(alice: JMAP, arguments: dict[str, Any]) -> None:
    """RFC 8620 section 5.6: removed taken out, added put in, in order."""
    top = made(alice, "Alpha", sortOrder=15)
    below = made(alice, "Beta", parentId=top)
    steps: list[dict[str, Any]] = [
        {"create": {"x": {"name": "Gamma", "sortOrder": 1}}},
        {"update": {top: {"isSubscribed": False}}},
        {"update": {top: {"sortOrder": 0}, below: {"name": "A beta"}}},
        {"update": {below: {"parentId": None}}},
        {"update": {below: {"parentId": alice.mailbox("junk")}, top: {"isSubscribed": True}}},
        {"destroy": [top]},
        {},
    ]
    first = alice.asks("Mailbox/query", **arguments)
    kept = [first]
    for step in steps:
        alice.asks("Mailbox/set", **step)
        now = alice.asks("Mailbox/query", **arguments)
        for old in kept:
            change = alice.asks(
                "Mailbox/queryChanges", sinceQueryState=old["queryState"], calculateTotal=True, **arguments
            )
            assert spliced(old["ids"], change) == now["ids"]
            assert change["total"] == len(now["ids"])
            assert change["newQueryState"] == now["queryState"]
            assert [item["index"] for item in change["added"]] == sorted(item["index"] for item in change["added"])
        kept.append(now)


def test_a_total_is_told_only_if_asked_for(alice: JMAP) -> None:
    """RFC 8620 section 5.6."""
    since = alice.asks("Mailbox/query")["queryState"]

    assert "total" not in alice.asks("Mailbox/queryChanges", sinceQueryState=since)


def test_more_than_asked_for_is_too_many(alice: JMAP) -> None:
    """RFC 8620 section 5.6: tooManyChanges."""
    since = alice.asks("Mailbox/query")["queryState"]
    for at in range(3):
        made(alice, f"Plans {at}")
    alice.says("Mailbox/queryChanges", sinceQueryState=since, maxChanges=2)
    alice.hears("error", type="tooManyChanges")

    assert len(alice.asks("Mailbox/queryChanges", sinceQueryState=since, maxChanges=3)["added"]) == 3


@pytest.mark.parametrize("since", ["", "x", "nothing-5"])
def test_a_state_that_was_never_given_cannot_be_gone_on_from(alice: JMAP, since: str) -> None:
    """RFC 8620 section 5.6: cannotCalculateChanges."""
    alice.says("Mailbox/queryChanges", sinceQueryState=since)

    alice.hears("error", type="cannotCalculateChanges")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filter": {"nothing": 1}}, "unsupportedFilter"),
        ({"sort": [{"property": "nothing"}]}, "unsupportedSort"),
        ({"maxChanges": 0}, "invalidArguments"),
        ({"upToId": 1}, "invalidArguments"),
        ({"position": 1}, "invalidArguments"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_an_error(alice: JMAP, arguments: dict[str, Any], error: str) -> None:
    """RFC 8620 section 5.6: as for the query."""
    since = alice.asks("Mailbox/query")["queryState"]
    alice.says("Mailbox/queryChanges", sinceQueryState=since, **arguments)

    alice.hears("error", type=error)


def test_what_lies_beyond_the_last_known_id_may_be_left_out(alice: JMAP) -> None:
    """RFC 8620 section 5.6, "upToId": a client that has the first ones only."""
    sort = [{"property": "name"}]
    first, last = made(alice, "A"), made(alice, "C")
    since = alice.asks("Mailbox/query", sort=sort)
    inside, beyond = made(alice, "B"), made(alice, "Z")
    alice.says("Mailbox/queryChanges", sinceQueryState=since["queryState"], sort=sort, upToId=last)
    heard = alice.hears("Mailbox/queryChanges")

    assert [item["id"] for item in heard["added"]] in ([inside], [inside, beyond])
    assert first not in heard["removed"]


def test_an_id_that_is_not_there_bounds_nothing(alice: JMAP) -> None:
    """RFC 8620 section 5.6, erratum 6603: upToId is ignored if it is not in the results."""
    since = alice.asks("Mailbox/query")["queryState"]
    new = made(alice, "New")
    alice.says("Mailbox/queryChanges", sinceQueryState=since, upToId="m9999")

    alice.hears("Mailbox/queryChanges", added=[like(id=new)])
