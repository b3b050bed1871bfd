"""Random histories of what is sent: what clients are told of changes is what is there."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.conversations.jmap.submission.outbox import draft, identity, releases, tells
from tests.driver import JMAP, Home
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import note_report
from pillarbox.upkeep import tend
from pillarbox.upkeep.holding import holding_problems
from pillarbox.wire.message import Fate, Receipt

QUERIES: list[dict[str, Any]] = [
    {},
    {"filter": {"undoStatus": "pending"}, "sort": [{"property": "sentAt", "isAscending": False}]},
    {"filter": {"identityIds": ["own"]}, "sort": [{"property": "emailId"}]},
    {"filter": {"operator": "NOT", "conditions": [{"identityIds": ["own"]}, {"undoStatus": "canceled"}]}},
    {"filter": {"before": "2027-01-15T10:00:00Z"}, "sort": [{"property": "threadId"}, {"property": "sentAt"}]},
]

numbers = some.integers(0, 20)
steps = some.one_of(
    some.tuples(some.just("send"), some.booleans(), some.sampled_from(("", "1800", "86400"))),
    some.tuples(some.just("release"), numbers),
    some.tuples(some.just("tell"), numbers, some.sampled_from(("queued", "yes", "no", "unknown"))),
    some.tuples(some.just("report"), numbers, some.sampled_from(("delivered", "failed", "delayed"))),
    some.tuples(some.just("cancel"), numbers),
    some.tuples(some.just("destroy"), numbers),
    some.tuples(some.just("pass"), some.sampled_from((3600, 40 * 86_400))),
)
histories = some.lists(steps, min_size=2, max_size=12)

people = count()


@pytest.mark.parametrize("most", [1, 2, None])
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=histories)
def test_changes_lead_from_every_state_to_what_is(
    home: Home, clock: Clock, history: list[Any], most: int | None
) -> None:
    """RFC 8621 sections 7.2 and 7.4, for every maxChanges and query."""
    moments = []
    for client, own in lived(home, clock, history):
        queries = [named(query, own) for query in QUERIES]
        results = [client.asks("EmailSubmission/query", **query) for query in queries]
        moments.append((client.state("EmailSubmission"), objects(client), results))

    now = objects(client)
    for state, then, results in moments:
        assert replayed(client, state, then, most) == now
        for query, found in zip(queries, results, strict=True):
            changed = client.asks("EmailSubmission/queryChanges", sinceQueryState=found["queryState"], **query)
            ids = [id_ for id_ in found["ids"] if id_ not in changed["removed"]]
            for added in changed["added"]:
                ids.insert(added["index"], added["id"])
            assert ids == client.asks("EmailSubmission/query", **query)["ids"]
    with home.store.read(client.number) as unit:
        assert list(unit.inspect(REGISTRY.tables)) == []
        assert list(holding_problems(unit, REGISTRY)) == []


def lived(home: Home, clock: Clock, history: list[Any]) -> Iterator[tuple[JMAP, str]]:
    """A client and the Identity of its own address, before the history and after each step of it."""
    client = home.person(f"person{next(people)}")
    alias = f"alias-of-{client.name}"
    home.directory.add_alias(client.name, alias)
    own, other = identity(client), identity(client, alias)
    emails = {own: draft(client, From=client.name), other: draft(client, From=alias, Message_ID="<2@home.example>")}
    yield client, own
    for name, *arguments in history:
        if name == "send":
            by = own if arguments[0] else other
            _send(client, by, emails[by], arguments[1])
        elif name == "pass":
            clock.now += arguments[0]
            tend(home.store, REGISTRY, client.number, int(clock()), None)
        else:
            known = sorted(objects(client))
            if known:
                _act(home, client, name, known[arguments[0] % len(known)], *arguments[1:])
        yield client, own


def _send(client: JMAP, by: str, email: str, held: str) -> None:
    parameters = {"HOLDFOR": held} if held else None
    envelope = {"mailFrom": {"email": "", "parameters": parameters}, "rcptTo": [{"email": "bob@far.example"}]}
    new = {"identityId": by, "emailId": email, "envelope": envelope}
    assert client.asks("EmailSubmission/set", create={"it": new})["created"]


def _act(home: Home, client: JMAP, name: str, submission: str, delivered: str = "") -> None:
    match name:
        case "release":
            releases(home, client, submission)
        case "tell":
            tells(home, client, submission, bob=("250 2.0.0 Ok", delivered))
        case "report":
            # Of the newest submission of its message, whichever was drawn.
            with home.store.write(client.number) as unit:
                blob = unit.add_blob(b"%d" % next(people), int(home.clock()))
                fates = (Fate(frozenset({"bob@far.example"}), delivered),)
                note_report(unit, blob, Receipt(True, "1@home.example", fates))
        case "cancel":
            client.asks("EmailSubmission/set", update={submission: {"undoStatus": "canceled"}})
        case "destroy":
            assert client.asks("EmailSubmission/set", destroy=[submission])["destroyed"]


def named(query: dict[str, Any], own: str) -> dict[str, Any]:
    """The query about an account's own Identity."""

    def meant(filter_: Any) -> Any:
        if "conditions" in filter_:
            return {**filter_, "conditions": [meant(one) for one in filter_["conditions"]]}
        return {**filter_, "identityIds": [own]} if "identityIds" in filter_ else filter_

    return {**query, "filter": meant(query["filter"])} if "filter" in query else query


def objects(client: JMAP) -> dict[str, Any]:
    """All submissions by id."""
    return {one["id"]: one for one in client.asks("EmailSubmission/get")["list"]}


def replayed(client: JMAP, state: str, then: dict[str, Any], most: int | None) -> dict[str, Any]:
    """What a client has that knew the submissions of a state, and asked for changes until there were no more."""
    cache = dict(then)
    more = True
    while more:
        answer = client.asks("EmailSubmission/changes", sinceState=state, maxChanges=most)
        for id_ in answer["destroyed"]:
            cache.pop(id_, None)
        got = client.asks("EmailSubmission/get", ids=[*answer["created"], *answer["updated"]])
        cache.update({one["id"]: one for one in got["list"]})
        state, more = answer["newState"], answer["hasMoreChanges"]
    return cache
