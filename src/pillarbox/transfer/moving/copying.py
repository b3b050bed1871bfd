"""All that an account holds goes into an empty one of another store, a portion at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass

from pillarbox.objects import Registry
from pillarbox.store import BlobReader, Held, Movable, Unit
from pillarbox.transfer.backup import BlobRow, End, ObjectRow, Row, dump, load
from pillarbox.wire.values import UTCDate

__all__ = ["Breath", "Copied", "copied"]

_ROWS = 500
_OCTETS = 16 * 1024 * 1024
"""Of blobs; either ends a portion, which is one unit: what the log of a file or a database has to keep is bounded."""
_BREATH = 5.0
"""Seconds after which a snapshot is asked something: a database ends one of which it hears nothing for a minute."""


@dataclass(slots=True)
class Copied:
    """How much that was so far."""

    objects: int = 0
    blobs: int = 0
    octets: int = 0


class Breath:
    """Keeps a reading unit that others' work is done beside."""

    def __init__(self, unit: Unit, clock: Callable[[], float] = time.monotonic) -> None:
        self._unit = unit
        self._clock = clock
        self._last = clock()

    def take(self) -> None:
        """To be called again and again."""
        if self._clock() - self._last > _BREATH:
            self._unit.seen(b"", 0)
            self._last = self._clock()


def copied(
    unit: Unit, target: Movable, epoch: str, registry: Registry, so_far: Copied, texts: Unit | None
) -> Iterator[None]:
    """Fills the account that arrives in this epoch with all that the unit sees; yields after each portion.

    What was copied is counted in `so_far`. Full text is made of the messages in `texts`, or, if that is None, of those
    that have arrived: whichever are read faster. Takes the memory of a page of objects and of the largest message.
    Raises transfer.BadBackup, store.StoreError.
    """
    rows = _Rows(unit, registry, so_far)
    while not rows.is_over:
        with target.fill(unit.account, epoch) as filling:
            load(target, filling, registry, rows.portion(), rows.octets, texts=texts)
        yield


class _Rows:
    """The rows of an account's image, in portions, and the octets of the blob of the present one."""

    def __init__(self, unit: Unit, registry: Registry, so_far: Copied) -> None:
        self._unit = unit
        self._held: Held | None = None
        # Nobody reads when it was made.
        self._rows = dump(unit, registry, "", UTCDate("1970-01-01T00:00:00Z"), self._keep)
        self._so_far = so_far
        self._breath = Breath(unit)
        self.is_over = False

    def portion(self) -> Iterator[Row]:
        """The next ones."""
        octets = 0
        for count, row in enumerate(self._rows, 1):
            self._breath.take()
            yield row
            match row:
                case BlobRow():
                    octets += row.size
                    self._so_far.blobs += 1
                    self._so_far.octets += row.size
                case ObjectRow():
                    self._so_far.objects += 1
                case End():
                    self.is_over = True
            if count == _ROWS or octets >= _OCTETS:
                return

    def octets(self, _: str) -> AbstractContextManager[BlobReader]:
        """Those of the blob whose row came last."""
        assert self._held is not None  # noqa: S101 - a row of a blob comes after it was kept
        return closing(self._unit.open(self._held.blob))

    def _keep(self, _: Unit, held: Held) -> None:
        self._held = held
