"""Blobs read as objects of which nothing is kept: what every `/parse` does (RFCs 8621, 4.9, and 9007, 2.2)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pillarbox.datatypes.core.blob.reach import octets_at
from pillarbox.objects import Call, MethodError, reference
from pillarbox.wire.values import JSON, Id

__all__ = ["all_parsed"]


def all_parsed(call: Call[Any], blob_ids: Sequence[str], read: Callable[[Id, bytes], JSON]) -> Mapping[str, JSON]:
    """The answer: what `read` makes of the octets of each blob; null for what is no such object.

    Raises MethodError requestTooLarge.
    """
    limit = call.context.limits.parsed
    if len(blob_ids) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} blobs can be parsed at once")
    found: dict[str, JSON] = {}
    not_parsable: list[JSON] = []
    not_found: list[JSON] = []
    for given in dict.fromkeys(blob_ids):
        blob_id = reference(call, given)
        octets = octets_at(call, blob_id) if blob_id is not None else None
        if blob_id is None or octets is None:
            not_found.append(given)
            continue
        call.context.tell(octets.length)
        call.context.takes_long()
        told = read(Id(blob_id), octets.read(call.unit))
        if told is None:
            not_parsable.append(given)
        else:
            found[blob_id] = told
    return {
        "accountId": call.account_id,
        "parsed": found or None,
        "notParsable": not_parsable or None,
        "notFound": not_found or None,
    }
