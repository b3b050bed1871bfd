"""Which accounts there are."""

from pillarbox.store.postgres.session import Session

__all__ = ["account_tables", "accounts", "untended"]


def accounts(session: Session) -> list[int]:
    """All of them, ascending."""
    return [number for (number,) in session.ask("SELECT account_id FROM account ORDER BY account_id")]


def untended(session: Session, now: int) -> list[int]:
    """Those that are to be tended by then, ascending."""
    rows = session.ask("SELECT account_id FROM due WHERE at <= $1 ORDER BY account_id", now)
    return [number for (number,) in rows]


def account_tables(session: Session) -> list[str]:
    """The tables that have rows of accounts, also those of types that are not declared any more; no parts of such."""
    rows = session.ask(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'"
        " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
    )
    return [name for (name,) in rows]
