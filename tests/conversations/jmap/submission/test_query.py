"""EmailSubmission/query, /queryChanges, /get and /changes (RFC 8621 sections 7.1 to 7.4)."""

from typing import Any

import pytest
from tests.conversations.jmap.submission.outbox import draft, identity, releases, sent
from tests.driver import JMAP, Home
from tests.toy.clock import Clock

# When each of three submissions of the fixture is sent.
FIRST, SECOND, THIRD = "2027-01-15T08:00:00Z", "2027-01-15T09:00:00Z", "2027-01-15T10:00:00Z"


@pytest.fixture
def three(home: Home, alice: JMAP, clock: Clock) -> list[str]:
    """Submissions an hour apart: of two Emails, the second of them twice; the third from an alias; the first final."""
    home.directory.add_alias("alice@home.example", "info@home.example")
    one, two = draft(alice), draft(alice, Subject="Other", Message_ID="<2@home.example>")
    found = [sent(alice, emailId=one)]
    clock.now += 3600
    found.append(sent(alice, emailId=two))
    clock.now += 3600
    info = draft(alice, From="info@home.example", Subject="Third", Message_ID="<3@home.example>")
    found.append(sent(alice, emailId=info, identityId=identity(alice, "info@home.example")))
    releases(home, alice, found[0])
    return found


def told(alice: JMAP, submissions: list[str], name: str) -> list[str]:
    """A property of some submissions."""
    answer = alice.asks("EmailSubmission/get", ids=submissions, properties=[name])["list"]
    return [one[name] for one in answer]


def matching(alice: JMAP, filter_: Any) -> list[str]:
    """What a filter lets through, the oldest first."""
    return list(alice.asks("EmailSubmission/query", filter=filter_, sort=[{"property": "sentAt"}])["ids"])


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (None, [0, 1, 2]),
        ({}, [0, 1, 2]),
        ({"undoStatus": "pending"}, [1, 2]),
        ({"undoStatus": "final"}, [0]),
        ({"undoStatus": "FINAL"}, []),
        ({"before": SECOND}, [0]),
        ({"after": SECOND}, [1, 2]),
        ({"after": SECOND, "before": THIRD}, [1]),
        ({"identityIds": []}, []),
        ({"emailIds": ["e999"]}, []),
        ({"operator": "NOT", "conditions": [{"undoStatus": "final"}]}, [1, 2]),
    ],
)
def test_filters(alice: JMAP, three: list[str], filter_: Any, expected: list[int]) -> None:
    """RFC 8621 section 7.3: undoStatus is identical; before is exclusive and after inclusive; all must match."""
    assert matching(alice, filter_) == [three[at] for at in expected]


@pytest.mark.parametrize("name", ["identityId", "emailId", "threadId"])
def test_filters_by_ids(alice: JMAP, three: list[str], name: str) -> None:
    """RFC 8621 section 7.3: the property must be in the list."""
    ids = told(alice, three, name)
    for wanted in (ids[:1], ids[1:], [ids[2], "x" * 200, ids[0]], [ids[0].upper()], ids * 1000):
        expected = [one for one, id_ in zip(three, ids, strict=True) if id_ in wanted]
        assert matching(alice, {f"{name}s": wanted}) == expected


@pytest.mark.parametrize("name", ["sentAt", "sendAt", "emailId", "threadId"])
def test_orders(alice: JMAP, three: list[str], name: str) -> None:
    """RFC 8621 section 7.3: these MUST be supported for sorting; ids here in the order in which they were given."""
    for ascending in (True, False):
        sort = [{"property": name, "isAscending": ascending}]
        expected = three if ascending else three[::-1]
        assert alice.asks("EmailSubmission/query", sort=sort)["ids"] == expected


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filter": {"identityIds": "i1"}}, "invalidArguments"),
        ({"filter": {"before": "yesterday"}}, "invalidArguments"),
        ({"filter": {"to": "bob"}}, "unsupportedFilter"),
        ({"sort": [{"property": "undoStatus"}]}, "unsupportedSort"),
    ],
)
def test_what_cannot_be_asked(alice: JMAP, arguments: dict[str, Any], error: str) -> None:
    """RFC 8620 section 5.5: unsupportedFilter, unsupportedSort."""
    alice.says("EmailSubmission/query", **arguments)

    alice.hears("error", type=error)


def test_a_result_changes(home: Home, alice: JMAP, three: list[str]) -> None:
    """RFC 8621 section 7.4: what becomes final leaves a list of what is pending, what is new joins it."""
    asked: dict[str, Any] = {"filter": {"undoStatus": "pending"}, "sort": [{"property": "sentAt"}]}
    answer = alice.asks("EmailSubmission/query", **asked)
    assert answer["canCalculateChanges"] is True
    releases(home, alice, three[1])
    new = sent(alice)

    alice.says("EmailSubmission/queryChanges", sinceQueryState=answer["queryState"], calculateTotal=True, **asked)

    alice.hears("EmailSubmission/queryChanges", removed=[three[1]], added=[{"id": new, "index": 1}], total=2)


def test_changes_are_told(home: Home, alice: JMAP, three: list[str]) -> None:
    """RFC 8621 section 7.2: created, updated and destroyed."""
    state = alice.state("EmailSubmission")
    new = sent(alice)
    releases(home, alice, three[1])
    alice.asks("EmailSubmission/set", destroy=[three[2]])

    alice.says("EmailSubmission/changes", sinceState=state)

    alice.hears("EmailSubmission/changes", created=[new], updated=[three[1]], destroyed=[three[2]])


def test_properties_are_chosen(alice: JMAP, three: list[str]) -> None:
    """RFC 8621 section 7.1: a standard /get."""
    alice.says("EmailSubmission/get", ids=[three[0], "s999"], properties=["sendAt"])
    alice.hears("EmailSubmission/get", list=[{"id": three[0], "sendAt": FIRST}], notFound=["s999"])

    alice.says("EmailSubmission/get", ids=three, properties=["subject"])
    alice.hears("error", type="invalidArguments")
