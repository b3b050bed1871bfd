"""An account, as it is at one moment, becomes an image."""

from array import array
from collections.abc import Callable, Iterator

import orjson

from pillarbox.objects import Registry
from pillarbox.store import Held, Unit
from pillarbox.transfer.backup.image import AccountRow, BlobRow, End, KeyRow, LostRow, ObjectRow, Row
from pillarbox.wire.values import UTCDate

__all__ = ["blobs", "dump"]

_PAGE = 500


def dump(
    unit: Unit, registry: Registry, address: str, made: UTCDate, keep: Callable[[Unit, Held], str | None]
) -> Iterator[Row]:
    """The rows of an account's image, all of this one unit's moment.

    `keep` takes the octets of a blob, or says in words why there are none. Raises store.StoreError.
    """
    kept = lost = objects = keys = 0
    yield AccountRow(unit.account, address, made, unit.given())
    for held in blobs(unit):
        why = keep(unit, held)
        if why is None:
            kept += 1
            yield BlobRow(held.blob.number, held.digest.hex(), held.blob.size, max(held.holders, 0), held.expires)
        else:
            lost += 1
            yield LostRow(held.blob.number, why[:1000])
    for table in registry.tables:
        numbers = array("q", unit.numbers(table, 2**31))
        for at in range(0, len(numbers), _PAGE):
            for stored in list(unit.get_apart(table, numbers[at : at + _PAGE])):
                objects += 1
                apart = None if stored.apart is None else orjson.loads(stored.apart)
                yield ObjectRow(table.name, stored.number, orjson.loads(stored.document), apart)
    after = b""
    while page := unit.remembered(after, _PAGE):
        for key, until in page:
            keys += 1
            yield KeyRow(key.hex(), until)
        after = page[-1][0]
    yield End(kept, lost, objects, keys)


def blobs(unit: Unit, after: int = -1) -> Iterator[Held]:
    """All blobs with numbers above `after`, ascending."""
    while page := unit.blobs(after, _PAGE):
        yield from page
        after = page[-1].blob.number
