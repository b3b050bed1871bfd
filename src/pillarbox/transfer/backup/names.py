"""Who has an account, as account 0 says, or the image of it."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import orjson

from pillarbox.datatypes.server import ACCOUNT, Account
from pillarbox.objects import DataType, Record
from pillarbox.store import Unit
from pillarbox.transfer.backup.errors import BadBackup
from pillarbox.transfer.backup.image import ObjectRow, Row

__all__ = ["bounded", "known", "names", "of_kinds"]

R = TypeVar("R", bound=Record)

_MOST = 512 * 1024 * 1024
"""Octets of all that is known at once: more than a million accounts."""


def names(server: Unit) -> dict[int, str]:
    """What each account is called that has a name: its address, unless it has another."""
    found = server.get(ACCOUNT.table, server.numbers(ACCOUNT.table, 2**31))
    return {stored.number: Account(stored.number, orjson.loads(stored.document)).title for stored in found}


def known(rows: Iterable[Row]) -> dict[int, Account]:
    """The accounts that the image of account 0 knows, by number. Raises BadBackup."""
    return {one.number: one for one in bounded(of_kinds(rows, ACCOUNT)) if isinstance(one, Account)}


def of_kinds(rows: Iterable[Row], *kinds: DataType[Any]) -> Iterator[Record]:
    """The objects of these types in an image."""
    wanted = {kind.name: kind for kind in kinds}
    for row in rows:
        if isinstance(row, ObjectRow) and row.type in wanted:
            yield wanted[row.type].record(row.number, row.document)


def bounded(records: Iterable[Record]) -> Iterator[Record]:
    """The same, of an image that nobody has vouched for: no more than there is memory for. Raises BadBackup."""
    octets = 0
    for one in records:
        octets += len(orjson.dumps(one.document))
        if octets > _MOST:
            raise BadBackup("account 0 knows more than can be read at once")
        yield one
