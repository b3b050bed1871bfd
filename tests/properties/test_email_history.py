"""Random histories of mail: what is counted, and what clients are told of changes, is what is there.

Two clients of one account take turns. After each history everything is held against the Emails themselves: the counts
of Mailboxes and Threads, and what /changes and /queryChanges make of every earlier state.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.driver import JMAP, Home

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail.tally import tally_problems

ROLES = ("inbox", "archive", "trash", "drafts")
KEYWORDS = ("$seen", "$draft", "$flagged", "own")

QUERIES: list[dict[str, Any]] = [
    {},
    {"filter": {"inMailbox": "inbox"}, "sort": [{"property": "receivedAt", "isAscending": False}]},
    {"filter": {"inMailbox": "trash"}, "sort": [{"property": "receivedAt"}]},
    {"filter": {"inMailboxOtherThan": ["trash", "drafts"]}, "sort": [{"property": "subject"}]},
    {"filter": {"hasKeyword": "$seen"}},
    {"filter": {"notKeyword": "$seen"}, "sort": [{"property": "hasKeyword", "keyword": "$flagged"}]},
    {"filter": {"someInThreadHaveKeyword": "$flagged"}, "sort": [{"property": "size"}]},
    {"filter": {"allInThreadHaveKeyword": "$seen"}},
    {"filter": {"noneInThreadHaveKeyword": "$seen"}},
    {"sort": [{"property": "someInThreadHaveKeyword", "keyword": "$seen"}, {"property": "receivedAt"}]},
    {"sort": [{"property": "allInThreadHaveKeyword", "keyword": "$seen", "isAscending": False}]},
    {
        "filter": {
            "operator": "NOT",
            "conditions": [{"inMailbox": "inbox", "hasKeyword": "$seen"}, {"allInThreadHaveKeyword": "$draft"}],
        }
    },
    {"filter": {"text": "plan"}, "sort": [{"property": "from"}, {"property": "sentAt"}]},
]

filings = st.tuples(st.sets(st.sampled_from(ROLES), min_size=1), st.sets(st.sampled_from(KEYWORDS)))
messages = st.tuples(
    st.integers(0, 5),  # its own message id
    st.lists(st.integers(0, 5), max_size=2),  # what it refers to
    st.sampled_from(("Plan", "Re: Plan", "Other")),
    st.integers(0, 3),  # the day it came
)
steps = st.one_of(
    st.tuples(st.just("import"), filings, messages),
    st.tuples(st.just("create"), filings, messages),
    st.tuples(st.just("file"), st.integers(0, 30), filings),
    st.tuples(st.just("patch"), st.integers(0, 30), st.sampled_from(KEYWORDS), st.booleans()),
    st.tuples(st.just("destroy"), st.integers(0, 30)),
    st.tuples(st.just("swap"), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("trash"), st.sampled_from(ROLES[1:])),
    st.tuples(st.just("drop"), st.sampled_from(ROLES[1:])),
)
histories = st.lists(steps, min_size=2, max_size=12)

people = count()


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=histories)
def test_counts_are_those_of_the_emails(home: Home, history: list[Any]) -> None:
    """RFC 8621 section 2, "totalEmails" to "unreadThreads", with the rules for the trash."""
    for account in lived(home, history):
        account.clear()
    assert counted(account) == counted_by_hand(account)
    threads = account.client.asks("Thread/get", ids=None)["list"]
    assert {one["id"]: one["emailIds"] for one in threads} == threads_by_hand(account)
    with home.store.read(account.client.number) as unit:
        assert list(tally_problems(unit, REGISTRY)) == []
        assert list(unit.inspect(REGISTRY.tables)) == []


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=histories, most=st.sampled_from((1, 2, 3, None)))
def test_changes_lead_from_every_state_to_what_is(home: Home, history: list[Any], most: int | None) -> None:
    """RFC 8620 section 5.2: for every maxChanges."""
    for account in lived(home, history):
        account.remember()
    for type_name in ("Email", "Thread", "Mailbox"):
        now = objects(account.client, type_name)
        for state, then in account.remembered[type_name]:
            got = replayed(account.client, type_name, state, then, most)
            assert got == now


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=histories, collapsed=st.booleans())
def test_query_changes_lead_from_every_state_to_the_result(home: Home, history: list[Any], *, collapsed: bool) -> None:
    """RFC 8620 section 5.6, RFC 8621 section 4.5."""
    earlier: list[list[tuple[str, list[str]]]] = []
    for account in lived(home, history):
        earlier.append([result(account, query, collapsed=collapsed) for query in QUERIES])
    for number, query in enumerate(QUERIES):
        _, now = result(account, query, collapsed=collapsed)
        for state, then in (results[number] for results in earlier):
            answer = account.client.asks(
                "Email/queryChanges", **account.named(query), collapseThreads=collapsed, sinceQueryState=state
            )
            ids = [id_ for id_ in then if id_ not in set(answer["removed"])]
            for added in answer["added"]:
                ids.insert(added["index"], added["id"])
            assert ids == now, (query, state)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=histories)
def test_queries_find_what_the_emails_say(home: Home, history: list[Any]) -> None:
    """RFC 8621 section 4.4: filters, thread collapsing and totals, against all Emails."""
    for account in lived(home, history):
        account.clear()
    emails = objects(account.client, "Email")
    for query in QUERIES:
        matching = {id_ for id_ in emails if matches(account.named(query).get("filter"), id_, emails)}
        _, plain = result(account, query, collapsed=False)
        _, collapsed = result(account, query, collapsed=True)
        assert sorted(plain) == sorted(matching), query
        assert holds_together(account, query, plain, collapsed=False)
        assert holds_together(account, query, collapsed, collapsed=True)
        seen: set[str] = set()
        assert collapsed == [
            id_
            for id_ in plain
            if not (emails[id_]["threadId"] in seen or seen.add(emails[id_]["threadId"]))  # type: ignore[func-returns-value]
        ]


@dataclass
class Account:
    """An account with a history, its two clients taking turns, and what earlier states were."""

    clients: tuple[JMAP, JMAP]
    mailboxes: dict[str, str]
    """Ids by the role that each had at first; the trash may be another since."""
    turn: int = 0
    remembered: dict[str, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)

    @property
    def client(self) -> JMAP:
        self.turn += 1
        return self.clients[self.turn % 2]

    def clear(self) -> None:
        self.remembered = {}

    def remember(self) -> None:
        for type_name in ("Email", "Thread", "Mailbox"):
            state = self.client.state(type_name)
            self.remembered.setdefault(type_name, []).append((state, objects(self.client, type_name)))

    def named(self, value: Any) -> Any:
        """A query with ids of Mailboxes in place of roles."""
        if isinstance(value, dict):
            return {
                name: self.mailboxes.get(one, "gone")
                if name == "inMailbox"
                else [self.mailboxes.get(role, "gone") for role in one]
                if name == "inMailboxOtherThan"
                else self.named(one)
                for name, one in value.items()
            }
        return [self.named(one) for one in value] if isinstance(value, list) else value


def lived(home: Home, history: list[Any]) -> Iterator[Account]:
    """An account, before its history and after each step of it."""
    client = home.person(f"person{next(people)}")
    other = JMAP(home.web, client.name, client.password, client.account_id, client.number)
    account = Account((client, other), {role: client.mailbox(role) for role in ROLES})
    yield account
    for name, *arguments in history:
        STEPS[name](account, *arguments)
        yield account


def _under(account: Account, filing: tuple[set[str], set[str]]) -> dict[str, Any]:
    roles, keywords = filing
    mailboxes = [account.mailboxes[role] for role in sorted(roles) if role in account.mailboxes]
    return {
        "mailboxIds": dict.fromkeys(mailboxes or [account.mailboxes["inbox"]], True),
        "keywords": dict.fromkeys(sorted(keywords), True),
    }


def _import(account: Account, filing: Any, message: Any) -> None:
    own, references, subject, day = message
    lines = [f"Message-ID: <{own}@far.example>", f"Subject: {subject}", f"From: p{own}@far.example"]
    if references:
        lines.append("References: " + " ".join(f"<{one}@far.example>" for one in references))
    text = "\r\n".join([*lines, "", "a plan" if own % 2 else "nothing"])
    account.client.receives(text.encode(), **_under(account, filing), receivedAt=f"2026-01-0{day + 1}T00:00:00Z")


def _create(account: Account, filing: Any, message: Any) -> None:
    own, references, subject, day = message
    email = {
        **_under(account, filing),
        "messageId": [f"{own}@far.example"],
        "references": [f"{one}@far.example" for one in references],
        "subject": subject,
        "receivedAt": f"2026-01-0{day + 1}T00:00:00Z",
    }
    assert account.client.asks("Email/set", create={"it": email})["created"]


def _chosen(account: Account, number: int) -> str:
    ids = account.client.asks("Email/query", sort=[{"property": "receivedAt"}])["ids"]
    return ids[number % len(ids)] if ids else "nobody"


def _file(account: Account, number: int, filing: Any) -> None:
    account.client.says("Email/set", update={_chosen(account, number): _under(account, filing)})


def _patch(account: Account, number: int, keyword: str, has: bool) -> None:  # noqa: FBT001 - drawn
    account.client.says("Email/set", update={_chosen(account, number): {f"keywords/{keyword}": has or None}})


def _destroy(account: Account, number: int) -> None:
    account.client.says("Email/set", destroy=[_chosen(account, number)])


def _swap(account: Account, one: int, other: int) -> None:
    """Several changes in one call: one Email is changed twice, another goes."""
    first, second = _chosen(account, one), _chosen(account, other)
    account.client.says(
        "Email/set",
        create={"it": {"mailboxIds": {account.mailboxes["inbox"]: True}}},
        update={first: {"keywords/own": True}, "#it": {"keywords/$seen": True}},
        destroy=[second],
    )


def _trash(account: Account, role: str) -> None:
    """Another Mailbox becomes the trash."""
    everyone = account.client.asks("Mailbox/get", properties=["role"])["list"]
    update: dict[str, dict[str, str | None]] = {one["id"]: {"role": None} for one in everyone if one["role"] == "trash"}
    if role in account.mailboxes:
        update[account.mailboxes[role]] = {"role": "trash"}
    account.client.says("Mailbox/set", update=update)


def _drop(account: Account, role: str) -> None:
    """A Mailbox goes, with what is only in it."""
    if role in account.mailboxes:
        gone = account.mailboxes.pop(role)
        assert account.client.asks("Mailbox/set", destroy=[gone], onDestroyRemoveEmails=True)["destroyed"] == [gone]


STEPS: dict[str, Callable[..., None]] = {
    "import": _import,
    "create": _create,
    "file": _file,
    "patch": _patch,
    "destroy": _destroy,
    "swap": _swap,
    "trash": _trash,
    "drop": _drop,
}


def objects(client: JMAP, type_name: str) -> dict[str, Any]:
    """All objects of a type by id."""
    properties = {"Email": ["threadId", "mailboxIds", "keywords", "preview", "from", "subject", "receivedAt"]}
    got = client.asks(f"{type_name}/get", ids=None, properties=properties.get(type_name))["list"]
    return {one["id"]: one for one in got}


def replayed(client: JMAP, type_name: str, state: str, then: dict[str, Any], most: int | None) -> dict[str, Any]:
    """What a client has that knew the objects of a state, and asked for changes until there were no more."""
    cache = dict(then)
    while True:
        answer = client.asks(f"{type_name}/changes", sinceState=state, maxChanges=most)
        named = [*answer["created"], *answer["updated"], *answer["destroyed"]]
        assert len(named) == len(set(named)) <= (most or len(named))
        for id_ in answer["destroyed"]:
            cache.pop(id_, None)
        got = client.asks(f"{type_name}/get", ids=[*answer["created"], *answer["updated"]])
        fresh = objects(client, type_name)
        cache.update({one["id"]: fresh[one["id"]] for one in got["list"]})
        for id_ in got["notFound"]:
            # It is gone by now, as a later page tells.
            cache.setdefault(id_, None)
        assert answer["hasMoreChanges"] or answer["newState"] == client.state(type_name)
        assert answer["newState"] != state or not answer["hasMoreChanges"]
        state = answer["newState"]
        if not answer["hasMoreChanges"]:
            return cache


def result(account: Account, query: dict[str, Any], *, collapsed: bool) -> tuple[str, list[str]]:
    """The state and ids of a query; its total is their number."""
    arguments = {**account.named(query), "collapseThreads": collapsed}
    answer = account.client.asks("Email/query", **arguments, calculateTotal=True)
    ids = answer["ids"]
    assert answer["total"] == len(ids)
    return answer["queryState"], ids


def holds_together(account: Account, query: dict[str, Any], ids: list[str], *, collapsed: bool) -> bool:
    """Whether the parts of a result are those of the whole (RFC 8620 section 5.5)."""
    arguments = {**account.named(query), "collapseThreads": collapsed}
    for at in range(0, len(ids), 3):
        assert account.client.asks("Email/query", **arguments, position=at, limit=2)["ids"] == ids[at : at + 2]
        near = account.client.asks("Email/query", **arguments, anchor=ids[at], anchorOffset=-1, limit=3)
        assert near["ids"] == ids[max(at - 1, 0) : max(at - 1, 0) + 3]
        assert near["position"] == max(at - 1, 0)
    assert account.client.asks("Email/query", **arguments, position=-2)["ids"] == ids[-2:]
    return True


def matches(filter_: Any, id_: str, emails: dict[str, Any]) -> bool:
    """Whether an Email is what a filter asks for (RFC 8621 section 4.4.1)."""
    if filter_ is None:
        return True
    if "operator" in filter_:
        parts = [matches(one, id_, emails) for one in filter_["conditions"]]
        return {"AND": all(parts), "OR": any(parts), "NOT": not any(parts)}[filter_["operator"]]
    email = emails[id_]
    thread = [one["keywords"] for one in emails.values() if one["threadId"] == email["threadId"]]
    words: dict[str, Callable[[Any], bool]] = {
        "inMailbox": lambda mailbox: mailbox in email["mailboxIds"],
        "inMailboxOtherThan": lambda mailboxes: bool(email["mailboxIds"].keys() - set(mailboxes)),
        "hasKeyword": lambda keyword: keyword in email["keywords"],
        "notKeyword": lambda keyword: keyword not in email["keywords"],
        "someInThreadHaveKeyword": lambda keyword: any(keyword in keywords for keywords in thread),
        "allInThreadHaveKeyword": lambda keyword: all(keyword in keywords for keywords in thread),
        "noneInThreadHaveKeyword": lambda keyword: not any(keyword in keywords for keywords in thread),
        "text": lambda text: text in email["preview"] or text in (email["subject"] or "").lower(),
    }
    return all(words[name](operand) for name, operand in filter_.items())


def counted(account: Account) -> dict[str, Any]:
    """The counts that Mailboxes tell."""
    names = ["totalEmails", "unreadEmails", "totalThreads", "unreadThreads"]
    got = account.client.asks("Mailbox/get", ids=None, properties=names)["list"]
    return {one["id"]: tuple(one[name] for name in names) for one in got}


def counted_by_hand(account: Account) -> dict[str, Any]:
    """The same from all Emails."""
    emails = objects(account.client, "Email").values()
    mailboxes = account.client.asks("Mailbox/get", ids=None, properties=["role"])["list"]
    (trash,) = [one["id"] for one in mailboxes if one["role"] == "trash"] or [None]
    unread_threads = set()
    totals: Counter[str] = Counter()
    unread: Counter[str] = Counter()
    threads: dict[str, set[str]] = {one["id"]: set() for one in mailboxes}
    for email in emails:
        is_unread = not {"$seen", "$draft"} & email["keywords"].keys()
        for mailbox in email["mailboxIds"]:
            totals[mailbox] += 1
            unread[mailbox] += is_unread
            threads[mailbox].add(email["threadId"])
        if is_unread and trash in email["mailboxIds"]:
            unread_threads.add((email["threadId"], "in the trash"))
        if is_unread and email["mailboxIds"].keys() != {trash}:
            unread_threads.add((email["threadId"], "elsewhere"))
    return {
        id_: (
            totals[id_],
            unread[id_],
            len(threads[id_]),
            sum((thread, "in the trash" if id_ == trash else "elsewhere") in unread_threads for thread in threads[id_]),
        )
        for id_ in threads
    }


def threads_by_hand(account: Account) -> dict[str, list[str]]:
    """The Emails of each Thread, oldest first; those of one date in the order they were filed."""
    emails = objects(account.client, "Email")
    found: dict[str, list[str]] = {}
    for id_ in sorted(emails, key=lambda id_: (emails[id_]["receivedAt"], len(id_), id_)):
        found.setdefault(emails[id_]["threadId"], []).append(id_)
    return found
