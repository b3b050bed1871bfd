"""What the stores' indexes have in common: what an entry puts into a set, and when indexes must be made anew."""

import hashlib
from functools import lru_cache
from typing import TypeAlias

from pillarbox.store.table import Entry, SetIndex, Table

__all__ = ["NOWHERE", "Members", "members", "shape", "values"]

Members: TypeAlias = frozenset[tuple[int | str, int | str]]
"""Values of a set, each with its place in the order the set is kept in."""

NOWHERE = -(2**63)
"""The place of a member without a value to be ordered by: None comes first, and a key cannot be NULL."""


def members(index: SetIndex, entry: Entry) -> Members:
    """What a set holds of an object."""
    place = entry.columns[index.ordered_by] if index.ordered_by else 0
    return frozenset((value, NOWHERE if place is None else place) for value in entry.sets[index.name])


def values(those: Members) -> set[int | str]:
    """The values alone."""
    return {value for value, _ in those}


@lru_cache(maxsize=1024)
def shape(table: Table) -> str:
    """What the type's indexes were made from; another one means that they must be made anew."""
    parts = repr((table.columns, table.sets, table.text, table.group, table.version))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]
