"""People whom a database of others' knows."""

from collections.abc import Callable, Mapping

from pillarbox.settings.catalogue import DatabaseStore, SqlDirectory
from pillarbox.signin.directory.rows import PostgresRows, Rows, SqliteRows
from pillarbox.signin.directory.source import DirectoryAway, Person, is_login, octets, person

__all__ = ["SqlSource"]


class SqlSource:
    """A database as the settings have it (`Source`)."""

    def __init__(self, settings: SqlDirectory, verify: Callable[[str | None, str], bool]) -> None:
        self._settings = settings
        self._verify = verify
        seconds = settings.outside.timeout.seconds
        place = settings.place
        self._rows: Rows = (
            PostgresRows(place, seconds) if isinstance(place, DatabaseStore) else SqliteRows(place, seconds)
        )

    def find(self, name: str) -> Person | None:
        """Whose address or login this is. Raises DirectoryAway."""
        found = self._found(name)
        return None if found is None else self._person(*found)

    def verified(self, name: str, password: str) -> Person | None:
        """Whose password this is, by the hash that the database has. Raises DirectoryAway."""
        if not password:
            return None
        found = self._found(name)
        kept = None if found is None else _text(found[1], self._settings.columns.secret)
        # It takes as long where there is nobody of that name.
        if not self._verify(kept or None, password) or found is None:
            return None
        return self._person(*found)

    def close(self) -> None:
        """Holds nothing."""

    def _found(self, name: str) -> tuple[str, Mapping[str, object]] | None:
        """The login, and its row: exactly one."""
        if not is_login(name):
            return None
        login = self._login(name)
        rows = self._rows.ask(self._settings.query_name, login) if login else []
        return (login, rows[0]) if login and len(rows) == 1 else None

    def _login(self, name: str) -> str | None:
        query = self._settings.query_recipients
        if query is None or "@" not in name:
            return name
        rows = self._rows.ask(query, name)
        logins = {_first(row) for row in rows}
        # Whose it is cannot be told if two have it.
        return logins.pop() if len(logins) == 1 else None

    def _person(self, login: str, row: Mapping[str, object]) -> Person | None:
        query, columns = self._settings.query_emails, self._settings.columns
        addresses = [login] if query is None else [_first(each) for each in self._rows.ask(query, login)]
        return person(addresses, _text(row, columns.description), octets(_text(row, columns.quota)))


def _first(row: Mapping[str, object]) -> str:
    """The only column that counts. Raises DirectoryAway where it is no text."""
    value = next(iter(row.values()), None)
    if not isinstance(value, str):
        raise DirectoryAway("a query for a login or for addresses gave something else than texts")
    return value


def _text(row: Mapping[str, object], column: str) -> str:
    """A column as a text; empty where there is none, or nothing in it."""
    value = row.get(column)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
