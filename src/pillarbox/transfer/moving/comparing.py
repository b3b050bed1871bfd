"""Whether an account of one store is what it is in another: all of it, to the last octet."""

from array import array
from collections.abc import Iterator
from itertools import zip_longest

import orjson

from pillarbox.objects import Registry
from pillarbox.store import Held, Stored, Table, Unit
from pillarbox.transfer.backup import blobs
from pillarbox.transfer.moving.copying import Breath

__all__ = ["differences"]

_PAGE = 500


def differences(there: Unit, here: Unit, registry: Registry) -> Iterator[str | None]:
    """What is other here than there, as clauses, and None for each page that was looked at. Raises store.StoreError."""
    breath = Breath(there)
    if here.given() < there.given():
        yield f"numbers above {here.given()} would be given again, of which {there.given()} was given"
    for at, (one, other) in enumerate(zip_longest(blobs(there), blobs(here))):
        breath.take()
        if (wrong := _of_blob(one, other)) is not None:
            yield wrong
        elif other is not None:
            wrong = here.verify(other.blob)
            if wrong is not None or at % _PAGE == 0:
                yield wrong
    for table in registry.tables:
        yield from _of_type(there, here, table)
    yield from _of_keys(there, here)


def _of_blob(there: Held | None, here: Held | None) -> str | None:
    if there is None or here is None:
        some = there or here
        return None if some is None else f"blob {some.blob.number} is in one of the two"
    is_same = (there.blob, there.digest, there.expires, max(there.holders, 0)) == (
        here.blob,
        here.digest,
        here.expires,
        here.holders,
    )
    return None if is_same else f"blob {there.blob.number} is another one"


def _of_type(there: Unit, here: Unit, table: Table) -> Iterator[str | None]:
    numbers = array("q", there.numbers(table, 2**31))
    if numbers != array("q", here.numbers(table, 2**31)):
        yield f"there are other objects of {table.name}"
        return
    for at in range(0, len(numbers), _PAGE):
        page = numbers[at : at + _PAGE]
        for one, other in zip(there.get_apart(table, page), here.get_apart(table, page), strict=True):
            if not _is_same(one, other):
                yield f"{table.name} {one.number} is another one"
        yield None


def _is_same(one: Stored, other: Stored) -> bool:
    """As JSON: how it is written does not matter."""
    if one == other:
        return True
    return one.number == other.number and _read(one) == _read(other)


def _read(stored: Stored) -> list[object]:
    return [None if text is None else orjson.loads(text) for text in (stored.document, stored.apart)]


def _of_keys(there: Unit, here: Unit) -> Iterator[str | None]:
    # Not one by one: a store may keep a long key by what stands for it.
    if (expected := _keys(there)) != (found := _keys(here)):
        yield f"{found} keys are remembered, and not {expected}"
    after = b""
    while page := there.remembered(after, _PAGE):
        after = page[-1][0]
        if not all(here.seen(key, until) for key, until in page):
            yield "a key is not remembered, or not for as long"
        yield None


def _keys(unit: Unit) -> int:
    count, after = 0, b""
    while page := unit.remembered(after, _PAGE):
        count, after = count + len(page), page[-1][0]
    return count
