"""After any sequence of changes, counts are what the Emails say, and a client that follows /changes knows it all."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.driver import JMAP, Home

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import tally_problems

ROLES = ("inbox", "archive", "junk", "trash")
PLACES = some.sets(some.sampled_from(ROLES), min_size=1)
STEPS = some.lists(
    some.one_of(
        some.tuples(some.just("receive"), some.sampled_from("ab"), PLACES),
        some.tuples(some.just("move"), some.integers(0, 9), PLACES),
        some.tuples(some.just("mark"), some.integers(0, 9), some.booleans()),
        some.tuples(some.just("destroy"), some.integers(0, 9), some.none()),
        some.tuples(some.just("trash"), some.sampled_from(ROLES[1:]), some.none()),
        some.tuples(some.just("remove"), some.sampled_from(ROLES[1:]), some.none()),
    ),
    max_size=12,
)


class Actions:
    """What may happen to an account; what cannot be done then is refused by the server, and that is fine."""

    def __init__(self, person: JMAP) -> None:
        self._person = person
        self._mailboxes = {role: person.mailbox(role) for role in ROLES}
        self._emails: list[str] = []
        self._made = 0

    def receive(self, thread: str, places: set[str]) -> None:
        self._made += 1
        message = f"Message-ID: <{self._made}@far.example>\nReferences: <{thread}@far.example>\nSubject: s\n\nx"
        blob_id = self._person.uploads(message.replace("\n", "\r\n").encode())
        email = {"blobId": blob_id, "mailboxIds": self._ids(places)}
        answer = self._person.asks("Email/import", emails={"it": email})
        self._emails += [one["id"] for one in (answer["created"] or {}).values()]

    def move(self, at: int, places: set[str]) -> None:
        self._update(at, {"mailboxIds": self._ids(places)})

    def mark(self, at: int, seen: bool) -> None:  # noqa: FBT001 - what was drawn
        self._update(at, {"keywords/$seen": True if seen else None})

    def destroy(self, at: int, _: None) -> None:
        self._person.asks("Email/set", destroy=self._emails[at : at + 1])

    def trash(self, role: str, _: None) -> None:
        update: dict[str, Any] = {id_: {"role": None} for name, id_ in self._mailboxes.items() if name != "inbox"}
        update[self._mailboxes[role]] = {"role": "trash"}
        self._person.asks("Mailbox/set", update=update)

    def remove(self, role: str, _: None) -> None:
        self._person.asks("Mailbox/set", destroy=[self._mailboxes[role]], onDestroyRemoveEmails=True)

    def _update(self, at: int, patch: dict[str, Any]) -> None:
        self._person.asks("Email/set", update=dict.fromkeys(self._emails[at : at + 1], patch))

    def _ids(self, places: set[str]) -> dict[str, bool]:
        return {self._mailboxes[role]: True for role in places}


class Cache:
    """What a client knows of a type that goes on from its last state, a few objects at a time."""

    def __init__(self, person: JMAP, name: str) -> None:
        self._person = person
        self._name = name
        first = person.asks(f"{name}/get")
        self._state = first["state"]
        self.known = {item["id"]: item for item in first["list"]}

    def follow(self, most: int) -> None:
        more = True
        while more:
            page = self._person.asks(f"{self._name}/changes", sinceState=self._state, maxChanges=most)
            got = self._person.asks(f"{self._name}/get", ids=page["created"] + page["updated"])
            for gone in [*page["destroyed"], *got["notFound"]]:
                self.known.pop(gone, None)
            self.known |= {item["id"]: item for item in got["list"]}
            self._state, more = page["newState"], page["hasMoreChanges"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, most=some.integers(1, 4), often=some.integers(1, 4))
def test_counts_and_changes_tell_what_is_there(
    home: Home, steps: list[tuple[str, Any, Any]], most: int, often: int
) -> None:
    """RFC 8621 section 2; RFC 8620 section 5.2."""
    person = home.person(f"p{len(home.directory.all())}")
    actions = Actions(person)
    caches = {name: Cache(person, name) for name in ("Mailbox", "Thread")}
    for at, (verb, one, other) in enumerate(steps):
        getattr(actions, verb)(one, other)
        if at % often == 0:
            for cache in caches.values():
                cache.follow(most)
    for name, cache in caches.items():
        cache.follow(most)
        assert cache.known == {item["id"]: item for item in person.asks(f"{name}/get")["list"]}
    with home.store.read(person.number) as unit:
        assert list(tally_problems(unit, REGISTRY)) == []
        assert list(unit.inspect(REGISTRY.tables)) == []
