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


def differences(source: Unit, target: Unit, registry: Registry) -> Iterator[str | None]:
    """What is other in the target than in the source, as clauses, and None for each page that was looked at.

    Raises store.StoreError.
    """
    breath = Breath(source)
    if target.given() < source.given():
        yield f"numbers above {target.given()} would be given again, of which {source.given()} was given"
    for at, (one, other) in enumerate(zip_longest(blobs(source), blobs(target))):
        breath.take()
        if (wrong := _of_blob(one, other)) is not None:
            yield wrong
        elif other is not None:
            wrong = target.verify(other.blob)
            if wrong is not None or at % _PAGE == 0:
                yield wrong
    for table in registry.tables:
        yield from _of_type(source, target, table)
    yield from _of_keys(source, target)


def _of_blob(source: Held | None, target: Held | None) -> str | None:
    if source is None or target is None:
        some = source or target
        return None if some is None else f"blob {some.blob.number} is in one of the two"
    is_same = (source.blob, source.digest, source.expires, max(source.holders, 0)) == (
        target.blob,
        target.digest,
        target.expires,
        target.holders,
    )
    return None if is_same else f"blob {source.blob.number} is another one"


def _of_type(source: Unit, target: Unit, table: Table) -> Iterator[str | None]:
    numbers = array("q", source.numbers(table, 2**31))
    if numbers != array("q", target.numbers(table, 2**31)):
        yield f"there are other objects of {table.name}"
        return
    for at in range(0, len(numbers), _PAGE):
        page = numbers[at : at + _PAGE]
        for one, other in zip(source.get_apart(table, page), target.get_apart(table, page), strict=True):
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


def _of_keys(source: Unit, target: Unit) -> Iterator[str | None]:
    # Not one by one: a store may keep a long key by what stands for it.
    if (expected := _keys(source)) != (found := _keys(target)):
        yield f"{found} keys are remembered, and not {expected}"
    after = b""
    while page := source.remembered(after, _PAGE):
        after = page[-1][0]
        if not all(target.seen(key, until) for key, until in page):
            yield "a key is not remembered, or not for as long"
        yield None


def _keys(unit: Unit) -> int:
    count, after = 0, b""
    while page := unit.remembered(after, _PAGE):
        count, after = count + len(page), page[-1][0]
    return count
