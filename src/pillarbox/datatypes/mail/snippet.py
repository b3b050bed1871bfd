"""SearchSnippet: what a search found, marked in the subject and in a piece of the body (RFC 8621 section 5).

It has no objects: each is made of an Email when it is asked for.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import orjson

from pillarbox.datatypes.core import located
from pillarbox.datatypes.mail.email import EMAIL
from pillarbox.objects import ANYTHING, ID, Call, DataType, Method, MethodError, Record, list_of, stated
from pillarbox.store import AllOf, AnyOf, Document, Filter, Text
from pillarbox.wire.marks import excerpt, marked
from pillarbox.wire.message import parse, searchable
from pillarbox.wire.values import JSON
from pillarbox.wire.words import Phrase

__all__ = ["SEARCH_SNIPPET", "SearchSnippet"]

_MAX_OCTETS = 256 << 10
"""What is read of a message."""
_MAX_CHARS = 64 << 10
"""What is looked at of its text; where only later text matches, there is no preview."""


class SearchSnippet(Record):
    """What is told of an Email; it has no id of its own, and nothing is kept of it."""


def get(call: Call[SearchSnippet]) -> Mapping[str, JSON]:
    """Snippets of Emails for a filter (section 5.1).

    Raises MethodError requestTooLarge for too many ids, and unsupportedFilter as Email/query does.
    """
    filter_ = call.arguments.take("filter", ANYTHING, None)
    ids = call.arguments.take("emailIds", list_of(ID))
    call.take_extra("get")
    limit = call.context.limits.snippets
    if len(ids) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} snippets can be asked for at once")
    where = stated(call.of(EMAIL.name), filter_)
    in_subject, in_body = (tuple(_sought(where, field)) for field in ("subject", "body"))
    numbers = {number: id_ for id_ in ids if (number := EMAIL.number(id_)) is not None}
    told: dict[str, JSON] = {}
    for stored in call.unit.get(EMAIL.table, list(numbers)):
        document = cast("Document", orjson.loads(stored.document))
        subject = marked(cast("str | None", document["subject"]) or "", in_subject)
        preview = excerpt(_body(call, document), in_body) if in_body else None
        call.context.tell(len(subject or "") + len(preview or ""))
        id_ = numbers[stored.number]
        told[id_] = {"emailId": id_, "subject": subject, "preview": preview}
    return {
        "accountId": call.account_id,
        "list": list(told.values()),
        "notFound": [id_ for id_ in dict.fromkeys(ids) if id_ not in told] or None,
    }


def _sought(where: Filter, field: str) -> Iterator[Phrase]:
    """The phrases that a filter wants in a field; what it wants not to be there is no reason to show anything."""
    match where:
        case AllOf(conditions=conditions) | AnyOf(conditions=conditions):
            for condition in conditions:
                yield from _sought(condition, field)
        case Text(fields=fields, phrases=phrases) if not fields or field in fields:
            yield from phrases


def _body(call: Call[Any], document: Document) -> str:
    """The text of the body as the search sees it, on one line."""
    octets = located(call.unit, cast("str", document["blobId"]))
    if octets is None:
        return ""
    raw = call.unit.octets(octets.blob, 0, min(octets.blob.size, _MAX_OCTETS))
    call.context.tell(len(raw))
    return searchable(raw, parse(raw), _MAX_CHARS).replace("\n", " ")


SEARCH_SNIPPET = DataType(
    record=SearchSnippet,
    rfc="8621 section 5",
    capability="urn:ietf:params:jmap:mail",
    prefix="n",
    methods=(Method("get", get, writes=False),),
)
