"""The Range header field, of one range (RFC 9110 section 14)."""

import re

from pillarbox.http.problem import Problem

__all__ = ["wanted_range"]

_ONE = re.compile(rb"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


def wanted_range(header: bytes | None, size: int) -> tuple[int, int] | None:
    """The first octet and the number of octets asked for; None for all, as for what asks for several ranges.

    Raises Problem 416 for a range that lies outside.
    """
    found = _ONE.fullmatch(header) if header is not None else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
        if found[2] and int(found[2]) < first:
            return None
    if first >= size or last < first:
        raise Problem(416, "the range lies outside", headers=((b"content-range", b"bytes */%d" % size),))
    return first, last - first + 1
