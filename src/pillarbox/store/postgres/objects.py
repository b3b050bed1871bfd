"""Which objects outside of the database an account's rows name."""

from pillarbox.store.postgres.session import Session

__all__ = ["nameless", "objects_of"]

_PORTION = 10_000
"""Names that one statement is asked for."""


def objects_of(session: Session, account: int) -> list[str]:
    """The names of all objects that the account has, of blobs and of what was dropped."""
    return [
        name
        for (name,) in session.ask(
            "SELECT object FROM blob WHERE account_id = $1 AND object IS NOT NULL"
            " UNION ALL SELECT object FROM dropped WHERE account_id = $1 AND object IS NOT NULL",
            account,
        )
    ]


def nameless(session: Session, account: int, objects: list[str]) -> list[str]:
    """Those of these objects that no row of the account names."""
    found = []
    for at in range(0, len(objects), _PORTION):
        portion = objects[at : at + _PORTION]
        rows = session.ask(
            "SELECT object FROM blob WHERE account_id = $1 AND object = ANY ($2::text[])"
            " UNION ALL SELECT object FROM dropped WHERE account_id = $1 AND object = ANY ($2::text[])",
            account,
            portion,
        )
        named = {name for (name,) in rows}
        found += [name for name in portion if name not in named]
    return found
