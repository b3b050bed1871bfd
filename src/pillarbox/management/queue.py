"""The queue: what waits, why, when it is tried next, and whether anything is (management API section 7)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pillarbox.datatypes.queue import (
    FARTHEST,
    Key,
    Wanted,
    cancel_found,
    cancel_message,
    domains_seen,
    found,
    id_of,
    key_of,
    postpone_found,
    postpone_message,
    read_each,
)
from pillarbox.datatypes.server import QUEUE, is_paused, pause, resume
from pillarbox.management.endpoint import PAGING, Answer, Endpoint, Parameter, Request, Within, listing, paged
from pillarbox.management.refusal import Invalid, NotFound
from pillarbox.management.shape import FLAG, INSTANT, Fault, Integer, OneOf, Text
from pillarbox.management.waiting import MESSAGE, notice_of, shown
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_MOST_SHOWN = 1000
"""Whole messages on a page."""

_NUMBER = "(0|[1-9bcdfghjkmnpqrstvwxyz][0-9bcdfghjkmnpqrstvwxyz]{0,11})"
_ID = Text(40, pattern=rf"a{_NUMBER}\.q{_NUMBER}")
_CHOOSING = (
    Parameter("text", Text(), "Part of the sender's address or of a recipient's, in place of `from` and `to`."),
    Parameter("from", Text(), "Part of the sender's address."),
    Parameter("to", Text(), "Part of a recipient's address."),
    Parameter("before", INSTANT, "Those whose next attempt is before then."),
    Parameter("after", INSTANT, "Those whose next attempt is after then."),
    Parameter("range-start", _ID, "The first id, in the order of the list."),
    Parameter("range-end", _ID, "The last id."),
)
_MAX_TOTAL = Parameter("max-total", Integer(), "At how many the count may end; 0 for never.")
_AT = Parameter("at", INSTANT, "When they are tried next; now, if it is not given or over.")


def _list(request: Request) -> Answer:
    query = request.query
    limit = query.get("limit", 0)
    has_values = query.get("values", False)
    if has_values:
        limit = min(limit or _MOST_SHOWN, _MOST_SHOWN)
    store = request.office.store
    keys = found(store, _wanted(request), query.get("max-total") or None)
    page = paged([id_of(key) for key in keys], replace(request, query={**query, "limit": limit}))
    if has_values:
        offset = max(query.get("page", 1) - 1, 0) * limit
        page["items"] = _values(request, keys[offset : offset + limit])
    return Answer({**page, "status": not is_paused(store, QUEUE)})


def _values(request: Request, keys: Sequence[Key]) -> list[JSON]:
    """The messages themselves, without those that are gone meanwhile."""
    notify = notice_of(request)
    return read_each(request.office.store, keys, _domains(request), lambda unit, one: shown(unit, one, notify))


def _get(request: Request) -> Answer:
    for told in _values(request, [_key(request)]):
        return Answer(told)
    raise _missing(request)


def _postpone(request: Request) -> Answer:
    at = _moment(request)
    return Answer(postpone_found(request.office.store, request.office.books(), _wanted(request), at) > 0)


def _cancel(request: Request) -> Answer:
    return Answer(cancel_found(request.office.store, request.office.books(), _wanted(request)) > 0)


def _postpone_one(request: Request) -> Answer:
    key, at, part = _key(request), _moment(request), request.query.get("filter", "")
    _check_unchanged(request, key)
    done = postpone_message(request.office.store, request.office.books(), key, at, _domains(request), part)
    if done is None:
        raise _missing(request)
    return Answer(done)


def _cancel_one(request: Request) -> Answer:
    key, part = _key(request), request.query.get("filter", "")
    _check_unchanged(request, key)
    done = cancel_message(request.office.store, request.office.books(), key, _domains(request), part)
    if done is None:
        raise _missing(request)
    return Answer(done)


def _check_unchanged(request: Request, key: Key) -> None:
    """Raises Changed. That it moves between this and the deed is as if it had come later."""
    if request.matching is not None:
        for told in _values(request, [key]):
            request.unchanged(told)


def _key(request: Request) -> Key:
    """The message that the path names. Raises NotFound for what is no id."""
    key = key_of(request.parts["id"])
    if key is None:
        raise _missing(request)
    return key


def _missing(request: Request) -> NotFound:
    return NotFound(request.parts["id"][:80])


def _domains(request: Request) -> frozenset[str] | None:
    return domains_seen(request.office.store, request.manager.tenant)


def _wanted(request: Request) -> Wanted:
    """What the query asks for. Raises Invalid."""
    query = request.query
    keys = {name: key_of(query[name]) for name in ("range-start", "range-end") if name in query}
    faults = [Fault(name, "this is no id of a message, as a1.q5") for name, key in keys.items() if key is None]
    if faults:
        raise Invalid(faults)
    return Wanted(
        query.get("text"),
        query.get("from"),
        query.get("to"),
        query.get("before"),
        query.get("after"),
        keys.get("range-start"),
        keys.get("range-end"),
        _domains(request),
    )


def _moment(request: Request) -> datetime:
    """When the next attempt is to be. Raises Invalid."""
    now = request.now
    at: datetime = request.query.get("at", now)
    if at - now > FARTHEST:
        raise Invalid([Fault("at", "no more than a year from now")])
    return at


def _state(request: Request) -> Answer:
    return Answer(not is_paused(request.office.store, QUEUE))


def _start(request: Request) -> Answer:
    return Answer(resume(request.office.store, QUEUE))


def _stop(request: Request) -> Answer:
    return Answer(pause(request.office.store, QUEUE, request.now))


_MESSAGES, _MESSAGE = "/api/queue/messages", "/api/queue/messages/{id}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        _MESSAGES,
        "message-queue-list",
        _list,
        "Messages on their way out, in order of account and age. At most 100000 are looked at.",
        Within.TENANT,
        (
            *_CHOOSING,
            *PAGING,
            _MAX_TOTAL,
            Parameter("values", FLAG, "Whole messages, no more than 1000 on a page, in place of ids."),
        ),
        answer=listing(OneOf((_ID, MESSAGE)), status=FLAG),
        example="/api/queue/messages?to=example.org&values=1&limit=20",
    ),
    Endpoint(
        "PATCH",
        _MESSAGES,
        "message-queue-update",
        _postpone,
        "Tries messages at another time, now if none is given; gives whether there were any. One that would be given "
        "up before then is kept until shortly after. At most 100000 are looked at.",
        Within.TENANT,
        (*_CHOOSING, _AT),
        answer=FLAG,
        example="/api/queue/messages?to=example.org",
    ),
    Endpoint(
        "DELETE",
        _MESSAGES,
        "message-queue-delete",
        _cancel,
        "Gives messages up, and tells their senders; gives whether there were any. At most 100000 are looked at.",
        Within.TENANT,
        _CHOOSING,
        answer=FLAG,
        example="/api/queue/messages?from=newsletter@example.org",
    ),
    Endpoint(
        "GET",
        _MESSAGE,
        "message-queue-get",
        _get,
        "One message, and how far it is with each recipient.",
        Within.TENANT,
        answer=MESSAGE,
        is_tagged=True,
        example="/api/queue/messages/a2.q5",
    ),
    Endpoint(
        "PATCH",
        _MESSAGE,
        "message-queue-update",
        _postpone_one,
        "Tries it at another time, now if none is given; gives whether anybody waits for it.",
        Within.TENANT,
        (_AT, Parameter("filter", Text(), "Only recipients whose domain has this in it.")),
        answer=FLAG,
        example="/api/queue/messages/a2.q5?at=2026-12-24T18:00:00Z",
    ),
    Endpoint(
        "DELETE",
        _MESSAGE,
        "message-queue-delete",
        _cancel_one,
        "Gives it up for those who do not have it yet, and tells its sender; gives whether there were any.",
        Within.TENANT,
        (Parameter("filter", Text(), "Only recipients whose address has this in it."),),
        answer=FLAG,
        example="/api/queue/messages/a2.q5?filter=john@example.org",
    ),
    Endpoint(
        "GET",
        "/api/queue/status",
        "message-queue-get",
        _state,
        "Whether anything is tried: false while the queue is stopped.",
        Within.TENANT,
        answer=FLAG,
    ),
    Endpoint(
        "PATCH",
        "/api/queue/status/start",
        "message-queue-update",
        _start,
        "Messages are tried again; gives whether they were all along.",
        answer=FLAG,
    ),
    Endpoint(
        "PATCH",
        "/api/queue/status/stop",
        "message-queue-update",
        _stop,
        "No attempt is begun any more, until the queue is started; gives whether they were until now. It stays stopped "
        "when the server starts anew, and what is under way goes on.",
        answer=FLAG,
    ),
)
