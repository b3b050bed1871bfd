"""The requests that are measured, each with what its answer must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bench.figure import Wrong
from bench.ground import Ground, History
from bench.mail import COUNTER, LETTERS
from bench.talk import NEWEST, Call, answers, request
from pillarbox.sample import COMMON, RARE, VOCABULARY

__all__ = ["FILTERS", "LIST", "TREES", "Load", "filters", "inbox", "reads", "trees", "writes"]

Check: TypeAlias = Callable[[Sequence[Mapping[str, Any]]], bool]

LIST = (
    "id", "threadId", "mailboxIds", "keywords", "size", "receivedAt", "from", "to", "subject", "preview",
    "hasAttachment",
)  # fmt: skip
"""What a list of Emails shows."""

OPEN = (*LIST, "cc", "bcc", "replyTo", "sentAt", "messageId", "references", "bodyStructure", "textBody", "htmlBody",
        "attachments", "bodyValues", "headers")  # fmt: skip
"""What an opened Email shows."""

_PAGE = 50
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Load:
    """Requests sent in turn, over and over. `is_right` judges the answers of one.

    Where `COUNTER` stands, each request has another number. `writes` says that no two in a row may be the same, and
    `must` is what is in each right answer as octets, for a sender that does not read JSON.
    """

    name: str
    bodies: Sequence[bytes]
    is_right: Check
    must: str = ""

    def check(self, answer: bytes) -> None:
        """Raises Wrong if this is not the answer to be measured."""
        arguments = [found for _, found in answers(answer)]
        if not self.is_right(arguments):
            raise Wrong(f"{self.name}: another answer than expected: {answer[:300]!r}")


def reads(on: Ground, past: History) -> dict[str, Load]:
    """Loads that change nothing."""
    talk = on.talk
    inbox_id, letters = on.mailboxes["inbox"], on.mailboxes["Letters"]
    opened = talk.ids(LETTERS, inMailbox=letters)
    changed = min(1000, on.messages)
    account = {"accountId": talk.account}
    query = {**account, "filter": {"inMailbox": inbox_id}, "sort": NEWEST}
    loads = [
        Load("echo", [request(("Core/echo", {"hello": True}))], lambda told: told == [{"hello": True}]),
        inbox(on),
        Load("collapsed", [request(*_collapsed(talk.account, inbox_id))], _are_threads),
        Load(
            "mailboxes",
            [request(("Mailbox/get", {**account, "ids": None}))],
            lambda told: len(told[0]["list"]) == len(on.mailboxes),
        ),
        Load("open", [request(_opened(talk.account, id_)) for id_ in opened], _is_whole),
        _search(on, "text-common", [{"text": COMMON}]),
        _search(on, "text-rare", [{"text": RARE}]),
        _search(on, "from", [{"from": f"Correspondent {number}"} for number in range(0, 200, 10)]),
        _search(on, "subject", [{"subject": word} for word in VOCABULARY[20:40]]),
        Load(
            "changes",
            [request(("Email/changes", {**account, "sinceState": past.thousand}))],
            lambda told: len(told[0]["updated"]) >= changed and not told[0]["hasMoreChanges"],
        ),
        Load(
            "query-changes",
            [request(("Email/queryChanges", {**query, "sinceQueryState": past.query_ten, "calculateTotal": True}))],
            lambda told: told[0]["newQueryState"] != past.query_ten,
        ),
        Load(
            "query-changes-1000",
            [
                request(
                    ("Email/queryChanges", {**query, "sinceQueryState": past.query_thousand, "calculateTotal": True})
                )
            ],
            lambda told: told[0]["newQueryState"] != past.query_thousand,
        ),
    ]
    return {load.name: load for load in loads}


def inbox(on: Ground, name: str = "inbox") -> Load:
    """The newest 50 of the Inbox with what a list shows, and how many there are."""
    calls: tuple[Call, ...] = (
        (
            "Email/query",
            {
                "accountId": on.talk.account,
                "filter": {"inMailbox": on.mailboxes["inbox"]},
                "sort": NEWEST,
                "limit": _PAGE,
                "calculateTotal": True,
            },
        ),
        ("Email/get", {"accountId": on.talk.account, "#ids": _of("0", "Email/query", "/ids"), "properties": LIST}),
    )
    return Load(
        name,
        [request(*calls)],
        lambda told: len(told[1]["list"]) == min(_PAGE, told[0]["total"]) > 0 and not told[1]["notFound"],
    )


def filters(on: Ground) -> dict[str, Load]:
    """A load for each condition of Email/query, by its name."""
    return {name: _search(on, f"filter-{name}", [{name: value(on)}]) for name, value in FILTERS.items()}


def trees(on: Ground) -> dict[str, Load]:
    """Loads whose filters combine conditions."""
    return {name: _search(on, f"tree-{name}", [tree(on)]) for name, tree in TREES.items()}


def writes(on: Ground) -> dict[str, Load]:
    """Loads that change the account; sent in turn, each request changes something."""
    account, inbox_id, archive = on.talk.account, on.mailboxes["inbox"], on.mailboxes["archive"]
    ids = on.talk.ids(_AT_ONCE, inMailbox=inbox_id)
    keyword: list[dict[str, Any]] = [{"keywords/$flagged": True}, {"keywords/$flagged": None}]
    move: list[dict[str, Any]] = [
        {f"mailboxIds/{archive}": True, f"mailboxIds/{inbox_id}": None},
        {f"mailboxIds/{inbox_id}": True, f"mailboxIds/{archive}": None},
    ]
    draft = {
        "mailboxIds": {on.mailboxes["drafts"]: True},
        "keywords": {"$draft": True, "$seen": True},
        "from": [{"name": "Owner", "email": "owner@home.example"}],
        "to": [{"name": "Bob", "email": "bob@far.example"}],
        "subject": f"Draft {COUNTER.decode()}",
        "bodyStructure": {"type": "text/plain", "partId": "1"},
        "bodyValues": {"1": {"value": f"{COUNTER.decode()}\n{' '.join(VOCABULARY[:300])}\n"}},
    }
    return {
        "keyword": Load("keyword", _updates(account, ids, keyword), _is_updated, '"updated":{"'),
        "move": Load("move", _updates(account, ids, move), _is_updated, '"updated":{"'),
        "draft": Load(
            "draft",
            [request(("Email/set", {"accountId": account, "create": {"d": draft}}))],
            lambda told: bool(told[0]["created"]["d"]["id"]),
            '"created":{"d":{',
        ),
    }


def _updates(account: str, ids: Sequence[str], patches: Sequence[Mapping[str, Any]]) -> list[bytes]:
    return [request(("Email/set", {"accountId": account, "update": {id_: patch}})) for patch in patches for id_ in ids]


def _search(on: Ground, name: str, filters: Sequence[Mapping[str, Any]]) -> Load:
    asked = [
        ("Email/query", {"accountId": on.talk.account, "filter": one, "sort": NEWEST, "limit": _PAGE,
                         "calculateTotal": True})
        for one in filters
    ]  # fmt: skip
    return Load(name, [request(one) for one in asked], lambda told: len(told[0]["ids"]) == min(_PAGE, told[0]["total"]))


def _collapsed(account: str, inbox_id: str) -> tuple[Call, ...]:
    """The example of RFC 8621 section 4.10, with the newest 50 Threads."""
    query = {"filter": {"inMailbox": inbox_id}, "sort": NEWEST, "collapseThreads": True, "calculateTotal": True}
    return (
        ("Email/query", {"accountId": account, **query, "limit": _PAGE}),
        ("Email/get", {"accountId": account, "#ids": _of("0", "Email/query", "/ids"), "properties": ["threadId"]}),
        ("Thread/get", {"accountId": account, "#ids": _of("1", "Email/get", "/list/*/threadId")}),
        (
            "Email/get",
            {"accountId": account, "#ids": _of("2", "Thread/get", "/list/*/emailIds"), "properties": LIST},
        ),
    )


def _opened(account: str, id_: str) -> Call:
    return (
        "Email/get",
        {
            "accountId": account,
            "ids": [id_],
            "properties": OPEN,
            "fetchTextBodyValues": True,
            "fetchHTMLBodyValues": True,
        },
    )


def _of(call: str, name: str, path: str) -> dict[str, str]:
    return {"resultOf": call, "name": name, "path": path}


def _are_threads(told: Sequence[Mapping[str, Any]]) -> bool:
    emails = sum(len(thread["emailIds"]) for thread in told[2]["list"])
    return 0 < len(told[2]["list"]) <= _PAGE and len(told[3]["list"]) == emails


def _is_whole(told: Sequence[Mapping[str, Any]]) -> bool:
    (email,) = told[0]["list"]
    return len(email["bodyValues"]) == 2 and len(email["attachments"]) == 1 and len(email["headers"]) > 5


def _is_updated(told: Sequence[Mapping[str, Any]]) -> bool:
    return len(told[0]["updated"] or {}) == 1


FILTERS: Mapping[str, Callable[[Ground], Any]] = {
    "inMailbox": lambda on: on.mailboxes["inbox"],
    "inMailboxOtherThan": lambda on: [on.mailboxes["archive"], on.mailboxes["sent"]],
    "before": lambda _: "2020-01-08T00:00:00Z",
    "after": lambda _: "2020-01-08T00:00:00Z",
    "minSize": lambda _: 3_000,
    "maxSize": lambda _: 3_000,
    "allInThreadHaveKeyword": lambda _: "$seen",
    "someInThreadHaveKeyword": lambda _: "$seen",
    "noneInThreadHaveKeyword": lambda _: "$seen",
    "hasKeyword": lambda _: "$seen",
    "notKeyword": lambda _: "$seen",
    "hasAttachment": lambda _: True,
    "text": lambda _: COMMON,
    "from": lambda _: "Correspondent 17",
    "to": lambda _: "owner",
    "cc": lambda _: "owner",
    "bcc": lambda _: "owner",
    "subject": lambda _: VOCABULARY[20],
    "body": lambda _: COMMON,
    "header": lambda _: ["In-Reply-To"],
}
"""A value for each condition of Email/query; a test sees to it that none is missing."""

TREES: Mapping[str, Callable[[Ground], Any]] = {
    "unread-with-word": lambda on: _all(
        {"inMailbox": on.mailboxes["inbox"]}, {"notKeyword": "$seen"}, {"text": COMMON}
    ),
    "any-of-three": lambda _: _any({"from": "Correspondent 17"}, {"subject": VOCABULARY[20]}, {"body": RARE}),
    "neither-nor": lambda _: _none({"hasKeyword": "$seen"}, {"hasAttachment": True}),
    "thread-in-time": lambda on: _all(
        {"someInThreadHaveKeyword": "$flagged"},
        {"after": "2020-01-04T00:00:00Z", "minSize": 2_000},
        _none({"inMailbox": on.mailboxes["sent"]}, {"text": RARE}),
    ),
}
"""Filters of several conditions."""


def _all(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    return {"operator": "AND", "conditions": conditions}


def _any(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    return {"operator": "OR", "conditions": conditions}


def _none(*conditions: Mapping[str, Any]) -> dict[str, Any]:
    return {"operator": "NOT", "conditions": conditions}
