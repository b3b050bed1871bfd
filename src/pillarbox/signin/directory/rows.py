"""What a database of others' answers: one question, with one value bound, read only, bounded in time and rows."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import apsw

from pillarbox.settings.catalogue import DatabaseStore
from pillarbox.signin.directory.source import DirectoryAway

__all__ = ["PostgresRows", "Rows", "SqliteRows"]

_MOST = 200
"""Rows of an answer; nobody has more addresses here."""
_STEPS = 10_000
"""Of SQLite's machine, between two looks at the clock."""


class Rows(Protocol):
    """A database."""

    def ask(self, query: str, value: str) -> list[Mapping[str, object]]:
        """The first rows of an answer, by the names of their columns. Raises DirectoryAway."""


class PostgresRows:
    """A PostgreSQL server; a connection for each question, in which nothing can be changed."""

    def __init__(self, place: DatabaseStore, seconds: float) -> None:
        self._place = place
        self._seconds = seconds

    def ask(self, query: str, value: str) -> list[Mapping[str, object]]:
        """The first rows of an answer, by the names of their columns. Raises DirectoryAway."""
        # It takes long to load, and most servers have no use for it.
        import psycopg  # noqa: PLC0415
        from psycopg.rows import dict_row  # noqa: PLC0415

        place, waits = self._place, max(1, int(self._seconds * 1000))
        try:
            with psycopg.connect(
                host=place.host,
                port=place.port,
                dbname=place.database,
                user=place.user,
                password=place.password.reveal() or None,
                connect_timeout=max(2, int(self._seconds)),
                tcp_user_timeout=waits,
                sslmode=place.tls,
                sslrootcert="system" if place.tls == "verify-full" else None,
                options=f"{place.options} -c default_transaction_read_only=on -c statement_timeout={waits}",
                application_name="Pillarbox directory",
                client_encoding="UTF8",
                autocommit=True,
            ) as connection:
                # `$1` is the server's own: nothing is ever put into the text.
                cursor = psycopg.RawCursor(connection, row_factory=dict_row)
                return [*cursor.execute(query.encode(), (value,)).fetchmany(_MOST)]
        except (psycopg.Error, UnicodeError) as problem:
            raise DirectoryAway(f"{type(problem).__name__}: {str(problem)[:200]}") from None


class SqliteRows:
    """A file of SQLite's, opened to be read."""

    def __init__(self, path: str, seconds: float) -> None:
        self._path = path
        self._seconds = seconds

    def ask(self, query: str, value: str) -> list[Mapping[str, object]]:
        """The first rows of an answer, by the names of their columns. Raises DirectoryAway."""
        if not Path(self._path).is_file():
            raise DirectoryAway(f"there is no file {self._path}")
        until = time.monotonic() + self._seconds
        try:
            connection = apsw.Connection(self._path, flags=apsw.SQLITE_OPEN_READONLY)
            try:
                connection.set_busy_timeout(int(self._seconds * 1000))
                connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
                found: list[Mapping[str, object]] = []
                cursor = connection.cursor()
                for row in cursor.execute(query, {"1": value}):
                    names = [name for name, _ in cursor.get_description()]
                    found.append(dict(zip(names, row, strict=True)))
                    if len(found) == _MOST:
                        break
                return found
            finally:
                connection.close(True)
        except (apsw.Error, UnicodeError) as problem:
            raise DirectoryAway(f"{type(problem).__name__}: {str(problem)[:200]}") from None
