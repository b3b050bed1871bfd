"""The change log: a row an object, with when it was created, last changed, and destroyed (adr/0006)."""

from typing import cast

import apsw

from pillarbox.store.contract import Changed, ChangePage
from pillarbox.store.paging import page_of

__all__ = ["arrived", "changed", "log_created", "log_destroyed", "log_updated", "page", "trim"]


def log_created(connection: apsw.Connection, code: int, number: int, at: int, group: int | None) -> None:
    # In place of the row that says it is gone, where a lost object is made again.
    connection.execute(
        "INSERT OR REPLACE INTO change VALUES (?, ?, ?, ?, ?, NULL, ?)", (code, number, at, at, at, group)
    )


def log_updated(connection: apsw.Connection, code: int, number: int, at: int, essential: int | None) -> None:
    """`essential` is `at` too, or None where only volatile properties changed."""
    connection.execute(
        "UPDATE change SET updated = ?, essential = coalesce(?, essential) WHERE code = ? AND number = ?",
        (at, essential, code, number),
    )


def log_destroyed(connection: apsw.Connection, code: int, number: int, at: int) -> None:
    connection.execute(
        "UPDATE change SET updated = ?, essential = ?, destroyed = ? WHERE code = ? AND number = ?",
        (at, at, at, code, number),
    )


def arrived(connection: apsw.Connection, code: int) -> int:
    """What `Unit.arrived` promises."""
    return cast("int", connection.execute("SELECT coalesce(max(created), 0) FROM change WHERE code = ?", (code,)).get)


def page(connection: apsw.Connection, code: int, since: int, limit: int, state: int) -> ChangePage:
    """What `Unit.changes` promises.

    The kinds of changes are read in order and merged, so that a page costs what it holds: the further reads stop where
    the first one did.
    """
    created = cast(
        "list[tuple[int, int, int]]",
        connection.execute(
            "SELECT created, number, essential FROM change"
            " WHERE code = ? AND created > ? AND destroyed IS NULL ORDER BY created LIMIT ?",
            (code, since, limit + 1),
        ).fetchall(),
    )
    until = created[-1][0] if len(created) > limit else state
    essential = cast(
        "list[tuple[int, int, int, int | None]]",
        connection.execute(
            "SELECT essential, number, essential, destroyed FROM change"
            " WHERE code = ? AND essential > ? AND essential <= ? AND created <= ? ORDER BY essential LIMIT ?",
            (code, since, until, since, limit + 1),
        ).fetchall(),
    )
    volatile = cast(
        "list[tuple[int, int, int, int | None]]",
        connection.execute(
            "SELECT updated, number, essential, destroyed FROM change WHERE code = ? AND updated > essential"
            " AND updated > ? AND updated <= ? AND essential <= ? ORDER BY updated LIMIT ?",
            (code, since, until, since, limit + 1),
        ).fetchall(),
    )
    rows = [(at, number, essential, "created") for at, number, essential in created]
    rows += [
        (at, number, essential, "updated" if destroyed is None else "destroyed")
        for at, number, essential, destroyed in essential + volatile
    ]
    return page_of(rows, since, limit, state)


def changed(connection: apsw.Connection, code: int, since: int) -> Changed:
    """What `Unit.changed` promises."""
    existing, new, groups = set(), set(), set()
    for number, created, destroyed, group in connection.execute(
        "SELECT number, created, destroyed, grp FROM change WHERE code = ? AND essential > ? UNION ALL"
        " SELECT number, created, destroyed, grp FROM change"
        " WHERE code = ? AND updated > essential AND updated > ? AND essential <= ?",
        (code, since, code, since, since),
    ).fetchall():
        if group is not None:
            groups.add(cast("int", group))
        if cast("int", created) <= since:
            existing.add(cast("int", number))
        elif destroyed is None:
            new.add(cast("int", number))
    return Changed(frozenset(existing), frozenset(new), frozenset(groups))


def trim(connection: apsw.Connection, now: int, history: int) -> dict[int, int]:
    """Forgets what was destroyed before the last mark that is older than `history` seconds.

    From where on the log of each type is whole, by code; a type none of whose objects is forgotten keeps its whole log.
    """
    floor = connection.execute("SELECT max(sequence) FROM mark WHERE at <= ?", (now - history,)).get
    if floor is None:
        return {}
    sql = "SELECT code, max(destroyed) FROM change WHERE destroyed <= ? GROUP BY code"
    floors = dict(cast("list[tuple[int, int]]", connection.execute(sql, (floor,)).fetchall()))
    connection.execute("DELETE FROM change WHERE destroyed <= ?", (floor,))
    connection.execute("DELETE FROM mark WHERE sequence < ?", (floor,))
    return floors
