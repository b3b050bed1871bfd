"""One account mended: what follows from its documents is made anew from them, in units of its own each.

Every part can be interrupted and done again. A part that fails is told, and the others are done all the same.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from pillarbox.datatypes.mail import recount
from pillarbox.objects import DataType, Registry
from pillarbox.store import Document, Store
from pillarbox.upkeep.finding import Deed, Trouble, told
from pillarbox.upkeep.holding import hold_again, lost
from pillarbox.upkeep.referring import mend_references

__all__ = ["Mending"]

_TEXTS = 50
"""Objects whose text is made again in one unit; the messages are read before it."""

_KEPT_DAYS = 30
"""A blob that turns out to be nobody's stays so long: it may be a message whose document was lost."""


class Mending:
    """The mending of one account, in which `troubles` were found; `now` is in seconds since 1970."""

    def __init__(self, store: Store, registry: Registry, number: int, name: str, now: int) -> None:
        self._store = store
        self._registry = registry
        self._number = number
        self._name = name
        self._now = now
        self.failed: list[Trouble] = []
        """What kept a part from being done."""

    def run(self, troubles: list[Trouble]) -> Iterator[Deed]:
        """Does what can be done about the troubles; yields after each part that did something."""
        places = {trouble.place for trouble in troubles if trouble.weight == "trouble"}
        for kind in self._registry:
            if kind.name in places:
                yield from self._indexes(kind)
        if "counters" in places:
            yield from self._counters()
        if "references" in places:
            yield from self._references()
        # Where indexes were wrong, what was counted by them may be; and a lost Thread is told as a count.
        if self._number != 0 and places & {"counts", "references", *(kind.name for kind in self._registry)}:
            yield from self._counts()
        # Where the file is damaged, documents may be there that cannot be seen: what they hold is given to nobody.
        if places & {"held", "counters"} and "file" not in places:
            yield from self._held()
        for kind in self._registry:
            # Indexes made anew may have found the text in ruins.
            if places & {kind.name, f"{kind.name} text"} and kind.text_again is not None:
                yield from self._texts(kind)
        if "blobs" in places and "file" not in places:
            yield from self._files()

    def _indexes(self, kind: DataType[Any]) -> Iterator[Deed]:
        with told(self._name, kind.name, "mended") as failed:
            with self._store.write(self._number) as unit:
                unit.rebuild([kind.table])
            yield self._deed(kind.name, "indexes, totals and change log were made anew from the documents")
        self.failed += failed

    def _counters(self) -> Iterator[Deed]:
        with told(self._name, "counters", "mended") as failed:
            with self._store.write(self._number) as unit:
                unit.rebuild([])
            yield self._deed("counters", "made anew")
        self.failed += failed

    def _references(self) -> Iterator[Deed]:
        with told(self._name, "references", "mended") as failed:
            with self._store.write(self._number) as unit:
                mended = mend_references(unit, self._registry)
            if mended:
                yield self._deed("references", f"{mended} objects refer no longer to what does not exist")
        self.failed += failed

    def _counts(self) -> Iterator[Deed]:
        with told(self._name, "counts", "mended") as failed:
            with self._store.write(self._number) as unit:
                recount(unit, self._registry)
            yield self._deed("counts", "Threads and Mailboxes were counted again")
        self.failed += failed

    def _held(self) -> Iterator[Deed]:
        with told(self._name, "held", "mended") as failed:
            with self._store.write(self._number) as unit:
                wrong, nobodys = hold_again(unit, self._registry, self._now + _KEPT_DAYS * 86_400)
            if wrong:
                done = f"{_blobs(wrong)} held by as many objects as refer to it"
                going = f"; {nobodys} of them belong to no object, and are deleted after {_KEPT_DAYS} days"
                yield self._deed("held", done + (going if nobodys else ""))
        self.failed += failed

    def _texts(self, kind: DataType[Any]) -> Iterator[Deed]:
        again = 0
        with told(self._name, kind.name, "made searchable") as failed:
            while texts := self._read(kind):
                with self._store.write(self._number) as unit:
                    for stored in unit.get(kind.table, list(texts)):
                        document, text = texts[stored.number]
                        # One that has changed since it was read is read again.
                        if document == stored.document:
                            unit.index_text(kind.table, stored.number, text)
                            again += 1
            if again:
                yield self._deed(kind.name, f"the full text of {again} objects was made again")
        self.failed += failed

    def _read(self, kind: DataType[Any]) -> dict[int, tuple[bytes, Any]]:
        """Some objects that have no text, with the documents they had and the text they should have."""
        assert kind.text_again is not None  # noqa: S101 - the caller has looked
        texts: dict[int, tuple[bytes, Any]] = {}
        with self._store.read(self._number) as unit:
            for stored in list(unit.get(kind.table, unit.textless(kind.table, _TEXTS))):
                document: Document = orjson.loads(stored.document)
                texts[stored.number] = stored.document, kind.text_again(unit, document)
        return texts

    def _files(self) -> Iterator[Deed]:
        with told(self._name, "blobs", "mended") as failed:
            # A file that belongs to no blob may be the octets of one that is gone.
            swept = self._store.sweep(self._number, lambda unit: lost(unit, self._registry))
            if swept:
                yield self._deed("blobs", f"{swept} files that belonged to no blob were deleted")
        self.failed += failed

    def _deed(self, place: str, done: str) -> Deed:
        return Deed(self._name, place, done)


def _blobs(count: int) -> str:
    return "1 blob is" if count == 1 else f"{count} blobs are each"
