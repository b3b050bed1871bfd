"""The journal: the way of each message into an account and out of it, for whose it is and for who manages it."""

from typing import Any, cast

import orjson

from pillarbox.datatypes.journal import JOURNAL_ENTRY, Direction, Fate, JournalEntry
from pillarbox.management.belonging import account_of_ours
from pillarbox.management.endpoint import Answer, Endpoint, Parameter, Request, Within, listing
from pillarbox.management.refusal import NotFound
from pillarbox.management.shape import FLAG, INSTANT, Choice, Fields, Integer, ListOf, Nullable, Shape, Text
from pillarbox.store import AllOf, Filter, NoAccount, Order, Select, Unit
from pillarbox.wire.values import JSON, utc_date

__all__ = ["ENDPOINTS"]

_PAGE = 100
_PIECE = 500
_LATEST = (Order("at", descending=True),)
_TEXTS = ("text", "from", "to", "messageId", "direction")
_MOMENTS = ("after", "before")


def _of_account(request: Request) -> Answer:
    return _listed(request, account_of_ours(request, request.query["account"]).number)


def _one_of_account(request: Request) -> Answer:
    return _one(request, account_of_ours(request, request.parts["account"]).number)


def _own(request: Request) -> Answer:
    return _listed(request, cast("int", request.manager.account))


def _one_own(request: Request) -> Answer:
    return _one(request, cast("int", request.manager.account))


def _listed(request: Request, account: int) -> Answer:
    query = request.query
    limit = query.get("limit") or _PAGE
    offset = max(query.get("page", 1) - 1, 0) * limit
    sent = {name: query[name] for name in _TEXTS if name in query}
    sent |= {name: utc_date(query[name]) for name in _MOMENTS if name in query}
    try:
        with request.office.store.read(account) as unit:
            numbers = _found(unit, sent)
            shown = _entries(unit, numbers[offset : offset + limit])
    except NoAccount:
        raise NotFound("") from None
    return Answer({"items": [_item(one) for one in shown], "total": len(numbers)})


def _found(unit: Unit, sent: dict[str, Any]) -> list[int]:
    """The entries that all these conditions of the type let through, the latest first."""
    chosen = [(JOURNAL_ENTRY.conditions[name], value) for name, value in sent.items()]
    where: tuple[Filter, ...] = tuple(condition.narrow(value) for condition, value in chosen)
    numbers = unit.page(JOURNAL_ENTRY.table, Select(AllOf(where), _LATEST), 0, 2**31)
    tests = [(condition.test, value) for condition, value in chosen if condition.test is not None]
    if not tests:
        return numbers
    return [
        one.number
        for at in range(0, len(numbers), _PIECE)
        for one in _entries(unit, numbers[at : at + _PIECE])
        if all(test(one, value) for test, value in tests)
    ]


def _one(request: Request, account: int) -> Answer:
    number = JOURNAL_ENTRY.number(request.parts["id"])
    try:
        with request.office.store.read(account) as unit:
            for one in _entries(unit, [] if number is None else [number]):
                return Answer(_item(one))
    except NoAccount:
        pass
    raise NotFound(request.parts["id"])


def _entries(unit: Unit, numbers: list[int]) -> list[JournalEntry]:
    found = unit.get(JOURNAL_ENTRY.table, numbers)
    return [JournalEntry(stored.number, orjson.loads(stored.document)) for stored in found]


def _item(entry: JournalEntry) -> dict[str, JSON]:
    return {"id": JOURNAL_ENTRY.id(entry.number), **entry.document}


_STEP: Shape = Fields(
    {"at": INSTANT, "what": Text(), "detail": Text(2048, has_lines=True)}, required=("at", "what", "detail")
)
_ENTRY = Fields(
    {
        "id": Text(),
        "direction": Choice(tuple(one.value for one in Direction)),
        "at": INSTANT,
        "sender": Text(2048, doc="Of the envelope; empty for none."),
        "recipients": ListOf(Text(2048), 100, doc="Of the envelope, as far as they are the account's."),
        "messageId": Nullable(Text(2048)),
        "size": Integer(doc="In octets; 0 where it is not known."),
        "emailId": Nullable(Text(doc="The Email, which may be gone.")),
        "queueId": Text(doc="The id that the log knows it under."),
        "client": Nullable(Text(2048, doc="Who handed it in.")),
        "tls": Nullable(Text()),
        "steps": ListOf(_STEP, 100),
        "outcome": Choice(tuple(one.value for one in Fate)),
        "isPartial": FLAG,
    },
    required=("id", "direction", "at", "sender", "recipients", "queueId", "steps", "outcome"),
    example={
        "id": "j5",
        "direction": "in",
        "at": "2026-01-31T12:00:00Z",
        "sender": "bob@example.net",
        "recipients": ["john@example.org"],
        "messageId": "1@example.net",
        "size": 2048,
        "emailId": "e4",
        "queueId": "6f1c",
        "client": "192.0.2.1",
        "tls": "TLSv1.3",
        "steps": [
            {"at": "2026-01-31T12:00:00Z", "what": "received", "detail": "from 192.0.2.1 over TLSv1.3"},
            {"at": "2026-01-31T12:00:00Z", "what": "filed", "detail": "in the Inbox"},
        ],
        "outcome": "delivered",
        "isPartial": False,
    },
)
_CHOOSING = (
    Parameter("direction", Choice(tuple(one.value for one in Direction)), "Messages that came, or that were sent."),
    Parameter("text", Text(), "Part of the sender, of a recipient or of the Message-ID."),
    Parameter("from", Text(), "Part of the sender's address."),
    Parameter("to", Text(), "Part of a recipient's address."),
    Parameter("messageId", Text(), "The whole Message-ID."),
    Parameter("after", INSTANT, "Those that began at this moment or later."),
    Parameter("before", INSTANT, "Those that began before this moment."),
    Parameter("page", Integer(0, 1_000_000), "Which page, from 1."),
    Parameter("limit", Integer(0, 1000), f"Entries of a page; {_PAGE} if it is 0 or left out."),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/journal",
        "tracing-list",
        _of_account,
        "What became of messages into an account and out of it, the latest first.",
        within=Within.TENANT,
        parameters=(Parameter("account", Text(least=1), "An address of the account.", is_required=True), *_CHOOSING),
        answer=listing(_ENTRY),
        example="/api/journal?account=john%40example.org&from=bob",
    ),
    Endpoint(
        "GET",
        "/api/journal/{account}/{id}",
        "tracing-get",
        _one_of_account,
        "What became of one message.",
        within=Within.TENANT,
        answer=_ENTRY,
        is_tagged=True,
        example="/api/journal/john%40example.org/j5",
    ),
    Endpoint(
        "GET",
        "/api/account/journal",
        "jmap-journal-entry-query",
        _own,
        "What became of one's own messages, the latest first.",
        within=Within.ACCOUNT,
        parameters=_CHOOSING,
        answer=listing(_ENTRY),
        example="/api/account/journal?direction=out",
    ),
    Endpoint(
        "GET",
        "/api/account/journal/{id}",
        "jmap-journal-entry-get",
        _one_own,
        "What became of one of one's own messages.",
        within=Within.ACCOUNT,
        answer=_ENTRY,
        is_tagged=True,
        example="/api/account/journal/j5",
    ),
)
