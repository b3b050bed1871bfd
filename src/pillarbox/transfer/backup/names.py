"""Who has an account, as account 0 says, or the image of it."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import orjson

from pillarbox.datatypes.server import ACCOUNT, Account
from pillarbox.objects import DataType, Record
from pillarbox.store import Unit
from pillarbox.transfer.backup.image import ObjectRow, Row

__all__ = ["known", "names", "of_kinds"]

R = TypeVar("R", bound=Record)


def names(server: Unit) -> dict[int, str]:
    """What each account is called that has a name: its address, unless it has another."""
    found = server.get(ACCOUNT.table, server.numbers(ACCOUNT.table, 2**31))
    return {stored.number: Account(stored.number, orjson.loads(stored.document)).title for stored in found}


def known(rows: Iterable[Row]) -> dict[int, Account]:
    """The accounts that the image of account 0 knows, by number."""
    return {one.number: one for one in of_kinds(rows, ACCOUNT) if isinstance(one, Account)}


def of_kinds(rows: Iterable[Row], *kinds: DataType[Any]) -> Iterator[Record]:
    """The objects of these types in an image."""
    wanted = {kind.name: kind for kind in kinds}
    for row in rows:
        if isinstance(row, ObjectRow) and row.type in wanted:
            yield wanted[row.type].record(row.number, row.document)
