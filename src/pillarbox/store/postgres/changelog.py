"""The change log: a row an object, with when it was created, last changed, and destroyed (adr/0006)."""

from pillarbox.store.contract import Changed, ChangePage
from pillarbox.store.paging import page_of
from pillarbox.store.postgres.session import Session

__all__ = ["arrived", "changed", "log_created", "log_destroyed", "log_updated", "log_volatile", "page", "trim"]


def log_created(session: Session, account: int, code: int, number: int, at: int, group: int | None) -> None:
    # In place of the row that says it is gone, where a lost object is made again.
    session.tell(
        "INSERT INTO change (account_id, code, number, created, updated, essential, destroyed, grp)"
        " VALUES ($1, $2, $3, $4, $4, $4, NULL, $5) ON CONFLICT (account_id, code, number) DO UPDATE"
        " SET created = $4, updated = $4, essential = $4, destroyed = NULL, grp = $5",
        account,
        code,
        number,
        at,
        group,
    )


def log_updated(session: Session, account: int, code: int, number: int, at: int) -> None:
    session.tell(
        "UPDATE change SET updated = $4, essential = $4 WHERE account_id = $1 AND code = $2 AND number = $3",
        account,
        code,
        number,
        at,
    )


def log_volatile(session: Session, account: int, code: int, number: int, at: int) -> None:
    session.tell(
        "UPDATE change SET updated = $4 WHERE account_id = $1 AND code = $2 AND number = $3", account, code, number, at
    )


def log_destroyed(session: Session, account: int, code: int, number: int, at: int) -> None:
    session.tell(
        "UPDATE change SET updated = $4, essential = $4, destroyed = $4"
        " WHERE account_id = $1 AND code = $2 AND number = $3",
        account,
        code,
        number,
        at,
    )


def arrived(session: Session, account: int, code: int) -> int:
    """What `Unit.arrived` promises."""
    ((newest,),) = session.ask(
        "SELECT coalesce(max(created), 0) FROM change WHERE account_id = $1 AND code = $2", account, code
    )
    return int(newest)


def page(session: Session, account: int, code: int, since: int, limit: int, state: int) -> ChangePage:
    """What `Unit.changes` promises: the three kinds are read in order, each no further than a page needs."""
    rows = session.ask(
        "(SELECT created, number, essential, 'created' FROM change"
        " WHERE account_id = $1 AND code = $2 AND created > $3 AND destroyed IS NULL ORDER BY created LIMIT $4)"
        " UNION ALL (SELECT essential, number, essential,"
        " CASE WHEN destroyed IS NULL THEN 'updated' ELSE 'destroyed' END FROM change"
        " WHERE account_id = $1 AND code = $2 AND essential > $3 AND created <= $3 ORDER BY essential LIMIT $4)"
        " UNION ALL (SELECT updated, number, essential,"
        " CASE WHEN destroyed IS NULL THEN 'updated' ELSE 'destroyed' END FROM change"
        " WHERE account_id = $1 AND code = $2 AND updated > essential AND updated > $3 AND essential <= $3"
        " ORDER BY updated LIMIT $4)",
        account,
        code,
        since,
        limit + 1,
    )
    return page_of(((at, number, essential, what) for at, number, essential, what in rows), since, limit, state)


def changed(session: Session, account: int, code: int, since: int) -> Changed:
    """What `Unit.changed` promises."""
    existing, new, groups = set(), set(), set()
    for number, created, destroyed, group in session.ask(
        "SELECT number, created, destroyed, grp FROM change WHERE account_id = $1 AND code = $2 AND essential > $3"
        " UNION ALL SELECT number, created, destroyed, grp FROM change"
        " WHERE account_id = $1 AND code = $2 AND updated > essential AND updated > $3 AND essential <= $3",
        account,
        code,
        since,
    ):
        if group is not None:
            groups.add(group)
        if created <= since:
            existing.add(number)
        elif destroyed is None:
            new.add(number)
    return Changed(frozenset(existing), frozenset(new), frozenset(groups))


def trim(session: Session, account: int, now: int, history: int) -> dict[int, int] | None:
    """Forgets what was destroyed before the last mark that is older than `history` seconds.

    The last change forgotten of each type that lost one, by its code; the others keep their whole log. None if there
    was nothing to forget.
    """
    ((floor,),) = session.ask(
        "SELECT max(sequence) FROM mark WHERE account_id = $1 AND at <= $2", account, now - history
    )
    if floor is None:
        return None
    floors = session.ask(
        "SELECT code, max(destroyed) FROM change WHERE account_id = $1 AND destroyed <= $2 GROUP BY code",
        account,
        floor,
    )
    session.tell("DELETE FROM change WHERE account_id = $1 AND destroyed <= $2", account, floor)
    marks = session.ask("DELETE FROM mark WHERE account_id = $1 AND sequence < $2 RETURNING 1", account, floor)
    return dict(floors) if floors or marks else None
