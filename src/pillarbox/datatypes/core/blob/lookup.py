"""Blob/lookup: which Emails, Threads and Mailboxes a blob is in (RFC 9404 section 4.3)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import orjson

from pillarbox.datatypes.core.blob.getting import CAPABILITY
from pillarbox.datatypes.core.blob.reach import octets_at
from pillarbox.objects import ID, STRING, Call, Method, MethodError, list_of
from pillarbox.store import Document, Equal, Select
from pillarbox.wire.values import JSON, Id

__all__ = ["LOOKED_UP", "LOOKUP"]

LOOKED_UP: Mapping[str, Callable[[Id, Document], Iterable[str]]] = {
    "Email": lambda email, _: (email,),
    "Thread": lambda _, document: (cast("str", document["threadId"]),),
    "Mailbox": lambda _, document: cast("Mapping[str, bool]", document["mailboxIds"]),
}
"""The types that can refer to blobs, and which of their objects do because of an Email."""


def lookup(call: Call[Any]) -> Mapping[str, JSON]:
    """The objects that a blob can be found by. Raises MethodError unknownDataType, requestTooLarge.

    A part of a message is found by its Emails, as the whole of it is. What is no blob of the account is told of in both
    ways that the RFC has: with empty lists, as its text demands, and as not found, as its example shows.
    """
    names = call.arguments.take("typeNames", list_of(STRING))
    ids = call.arguments.take("ids", list_of(ID))
    call.take_extra("lookup")
    limit = call.context.limits.objects_in_get
    if len(ids) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} blobs can be looked up at once")
    registry, using = call.context.registry, call.context.using
    for name in names:
        if name not in LOOKED_UP or (using is not None and registry[name].capability not in using):
            raise MethodError("unknownDataType", f"{name[:64]!r} cannot be looked up, or is not opted in to")
    missing: list[JSON] = []
    told: list[JSON] = []
    for blob_id in dict.fromkeys(ids):
        octets = octets_at(call, blob_id)
        if octets is None:
            missing.append(blob_id)
        emails = _emails(call, octets.blob.number) if octets is not None else {}
        matched = {
            name: list(dict.fromkeys(one for id_, email in emails.items() for one in LOOKED_UP[name](id_, email)))
            for name in names
        }
        told.append({"id": blob_id, "matchedIds": cast("JSON", matched)})
    return {"accountId": call.account_id, "list": told, "notFound": missing}


def _emails(call: Call[Any], blob: int) -> dict[Id, Document]:
    """The Emails whose message a blob is."""
    kind = call.context.registry["Email"]
    found: dict[Id, Document] = {}
    for stored in call.unit.get(kind.table, call.unit.page(kind.table, Select(Equal("blobId", blob)), 0, 2**31)):
        call.context.tell(len(stored.document))
        found[kind.id(stored.number)] = orjson.loads(stored.document)
    return found


LOOKUP = Method("lookup", lookup, writes=False, capability=CAPABILITY)
