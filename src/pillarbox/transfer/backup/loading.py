"""An image becomes an account again, in whichever store: documents as they were, what follows from them anew."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

from pillarbox.objects import DataType, Registry
from pillarbox.store import Store, Unit, Writing
from pillarbox.transfer.backup.errors import BadBackup
from pillarbox.transfer.backup.image import AccountRow, BlobRow, End, KeyRow, ObjectRow, Row

__all__ = ["BadBlob", "load", "of_its_type"]

_PORTION = 1024 * 1024


class _Octets(Protocol):
    def read(self, octets: int, /) -> bytes: ...


Opening: TypeAlias = Callable[[str], AbstractContextManager[_Octets]]
"""Opens a blob by its SHA-256."""


class BadBlob(BadBackup):
    """The octets of one blob are not what they were."""


def _refuse(problem: BadBlob) -> None:
    raise problem


def load(
    store: Store,
    unit: Writing,
    registry: Registry,
    rows: Iterable[Row],
    octets: Opening,
    damaged: Callable[[BadBlob], None] = _refuse,
    texts: Unit | None = None,
) -> End:
    """Puts all that an image has into an account, which is empty; how much that was.

    `damaged` is told of a blob that is not what it was, and if it raises nothing the account is without it. Full text
    is made of the messages that the unit has then, or that `texts` has. Takes the memory of the longest row and the
    largest message. Raises BadBackup for what cannot have been an account, OSError, and store.StoreError; the unit is
    then to be given up.
    """
    end = End(0, 0, 0, 0)
    for row in rows:
        match row:
            case AccountRow():
                unit.reserve(row.given)
            case BlobRow():
                try:
                    _put(store, unit, row, octets)
                except BadBlob as problem:
                    damaged(problem)
            case ObjectRow():
                _insert(unit, registry, row, texts or unit)
            case KeyRow():
                unit.once(bytes.fromhex(row.key), row.until, 0)
            case End():
                end = row
    return end


def of_its_type(registry: Registry, row: ObjectRow) -> DataType[Any]:
    """The type of an object, which it could be one of. Raises BadBackup."""
    try:
        kind: DataType[Any] = registry[row.type]
    except KeyError:
        raise BadBackup(f"it has objects of a type {row.type!r}, which this program does not know") from None
    try:
        kind.table.entry(row.document)
        if kind.holds is not None:
            kind.holds(row.document)
    except (AttributeError, LookupError, TypeError, ValueError) as problem:
        raise BadBackup(f"{row.type} {row.number} is none: {problem!r}") from None
    return kind


def _put(store: Store, unit: Writing, row: BlobRow, octets: Opening) -> None:
    digest = hashlib.sha256()
    with store.stage(unit.account) as staged:
        try:
            with octets(row.sha256) as file:
                while portion := _read(file, row):
                    digest.update(portion)
                    staged.write(portion)
        except FileNotFoundError:
            raise BadBlob(f"the octets of blob {row.number} are missing ({row.sha256})") from None
        if digest.hexdigest() != row.sha256 or staged.size != row.size:
            raise BadBlob(f"the octets of blob {row.number} are not what they were ({row.sha256})")
        unit.put_blob(row.number, staged, row.holders, row.expires)


def _read(file: _Octets, row: BlobRow) -> bytes:
    try:
        return file.read(_PORTION)
    except OSError as problem:
        raise BadBlob(f"the octets of blob {row.number} cannot be read: {problem.strerror or problem}") from None


def _insert(unit: Writing, registry: Registry, row: ObjectRow, texts: Unit) -> None:
    kind = of_its_type(registry, row)
    unit.reserve(row.number)
    text = None if kind.text_again is None else kind.text_again(texts, row.document)
    unit.insert(kind.table, row.number, row.document, row.apart, text)
