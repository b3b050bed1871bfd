"""I-JSON in (RFC 7493): what a request may be made of, checked while it is read.

Requests are read by the standard parser because it can see a duplicate name and keeps every integer as it
was sent; answers are written elsewhere, by a faster one.
"""

import json
import re
from typing import NoReturn

from pillarbox.wire.values import JSON, MAX_INT

__all__ = ["MAX_DEPTH", "NotJSON", "heavier", "parse"]

MAX_DEPTH = 128
"""Levels of arrays and objects. RFC 8259 section 9 allows a limit; the writer of answers has one at 254, and what came
in may come back within something else."""


class NotJSON(ValueError):
    """These octets are not I-JSON; the message says where and why, and may be told to the sender."""


def parse(octets: bytes) -> JSON:
    """The value that I-JSON text stands for.

    Raises NotJSON for anything that RFC 7493 section 2 forbids: invalid UTF-8, a lone surrogate, a name
    twice in one object, a number that no double holds; and for nesting deeper than MAX_DEPTH.
    """
    try:
        text = octets.decode("utf-8")
        value: JSON = _DECODER.decode(text)
    except UnicodeDecodeError as problem:
        raise NotJSON(f"not UTF-8 at octet {problem.start}") from None
    except json.JSONDecodeError as problem:
        raise NotJSON(f"{problem.msg} at character {problem.pos}") from None
    except RecursionError:
        raise NotJSON("nested too deeply") from None
    # Few requests have so many brackets that they could be too deep; only those are walked through.
    if text.count("[") + text.count("{") > MAX_DEPTH and _deeper(value, MAX_DEPTH):
        raise NotJSON("nested too deeply")
    if _SURROGATE.search(text) is not None:
        _no_lone_surrogate(value)
    return value


_TEXTS = {str}


def heavier(value: JSON, limit: int) -> bool:
    """Whether a value would take more than about `limit` octets as JSON text.

    Values share parts once references between calls have been resolved, so this counts what would be
    written, and stops as soon as the answer is known.
    """
    weight = 0
    waiting = [value]
    while waiting:
        item = waiting.pop()
        weight += 2
        if isinstance(item, str):
            weight += len(item)
        elif isinstance(item, dict):
            weight += sum(map(len, item))
            waiting.extend(item.values())
        elif isinstance(item, list):
            if set(map(type, item)) == _TEXTS:
                # Ids, most of the time, and many.
                weight += 2 * len(item) + sum(map(len, item))
            else:
                waiting.extend(item)
        if weight + 2 * len(waiting) > limit:
            return True
    return False


def _deeper(value: JSON, limit: int) -> bool:
    """Whether arrays and objects lie in each other more than so many levels deep."""
    level = [value]
    for _ in range(limit + 1):
        inner: list[JSON] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
            else:
                continue
            # An empty one is a level as well.
            inner.append(None)
        level = inner
        if not level:
            return False
    return True


_SURROGATE = re.compile(r"\\u[dD][89abAB]|\\u[dD][c-fC-F]")


def _no_lone_surrogate(value: JSON) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise NotJSON("half of a surrogate pair stands alone") from None


def _unique(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise NotJSON(f"the name {name[:64]!r} occurs twice in one object")
            seen.add(name)
    return members


def _integer(digits: str) -> int | float:
    # Doubles hold integers exactly up to here; nobody who sends a larger one can expect that it is taken for more than
    # a double (RFC 7493 section 2.2). 17 characters are "-" and 2**53.
    if len(digits) > 17 or abs(int(digits)) > MAX_INT:
        return _float(digits)
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise NotJSON(f"the number {digits[:32]} is too large for a double")
    return number


def _constant(name: str) -> NoReturn:
    raise NotJSON(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)
