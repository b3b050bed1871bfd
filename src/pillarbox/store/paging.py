"""A page of the change log, put together from what a store has read of it."""

from collections.abc import Iterable
from typing import TypeAlias

from pillarbox.store.contract import ChangePage

__all__ = ["LogRow", "page_of"]

LogRow: TypeAlias = tuple[int, int, int, str]
"""A number of the log, an object, the object's last essential change, and what happened."""


def page_of(rows: Iterable[LogRow], since: int, limit: int, state: int) -> ChangePage:
    """What `Unit.changes` promises, from the first `limit + 1` rows of each kind of change, in any order.

    A row is keyed by the first of its numbers that is after `since`: its creation, its last essential change, its last
    volatile one. An essential change is thereby told before any state that lies after it, or a later page might call
    the whole change volatile.
    """
    ordered = sorted(rows)
    more = len(ordered) > limit
    ordered = ordered[:limit]
    told: dict[str, list[int]] = {"created": [], "updated": [], "destroyed": []}
    for _, number, _, what in ordered:
        told[what].append(number)
    return ChangePage(
        **told,
        until=ordered[-1][0] if more else state,
        more=more,
        essential=any(essential > since for _, _, essential, _ in ordered),
    )
