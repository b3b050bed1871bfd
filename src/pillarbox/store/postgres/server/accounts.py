"""Which accounts there are."""

from pillarbox.store.postgres.session import Session

__all__ = ["account_tables", "accounts"]


def accounts(session: Session) -> list[int]:
    """All of them, ascending."""
    return [number for (number,) in session.ask("SELECT account_id FROM account ORDER BY account_id")]


def account_tables(session: Session) -> list[str]:
    """The tables that have rows of accounts, also those of types that are not declared any more."""
    rows = session.ask(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
    )
    return [name for (name,) in rows]
