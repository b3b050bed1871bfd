"""How a connection is made, and the rules every one of them is under."""

from dataclasses import dataclass

import psycopg

from pillarbox.store.contract import StoreError, Unavailable
from pillarbox.store.postgres.session import Session
from pillarbox.telemetry import Secret

__all__ = ["Place", "connected"]

_LEAST = 150_000
"""PostgreSQL 15."""

_WORK = "32MB"
"""A set of all members of a large Mailbox fits in, so that it is looked up and not read again for each row."""

FROZEN = 60.0
"""Seconds after which a transaction ends whose client says nothing, as one that was stopped: it has an account locked.

What we compute between two statements takes well under a second.
"""

_SILENT = 60.0
"""Seconds after which a server that was asked and says nothing is taken for gone; whole accounts are read in less."""

_CHECK = (
    "SELECT current_setting('synchronous_commit'), current_setting('server_encoding'),"
    " current_setting('server_version_num')::bigint"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the database is, and who asks. `host` may be the folder of a UNIX socket; `timeout` is in seconds."""

    host: str
    database: str
    port: int = 5432
    user: str | None = None
    password: Secret | None = None
    timeout: float = 15.0
    options: str = ""
    tls: str = "disable"
    """libpq's `sslmode`: `disable`, `require` (whoever answers) or `verify-full`."""

    def __str__(self) -> str:
        return f"PostgreSQL at {self.host}:{self.port}/{self.database}"


def connected(place: Place, *, patience: float) -> Session:
    """A new connection. Raises Unavailable, or StoreError where the database is none that we can use."""
    waits = max(1, int(patience * 1000))
    options = (
        f"{place.options} -c synchronous_commit=on -c lock_timeout={waits} -c work_mem={_WORK} -c jit=off"
        f" -c idle_in_transaction_session_timeout={int(FROZEN * 1000)}"
        # A table has the rows of all accounts, and a statement is about one: reading all of it is never the way.
        " -c enable_seqscan=off"
        " -c client_min_messages=error -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    )
    try:
        connection = psycopg.connect(
            host=place.host,
            port=place.port,
            dbname=place.database,
            user=place.user,
            password=place.password.reveal() if place.password else None,
            connect_timeout=max(2, int(place.timeout)),
            tcp_user_timeout=int(place.timeout * 1000),
            keepalives_idle=15,
            keepalives_interval=5,
            keepalives_count=3,
            sslmode=place.tls,
            # Those that the system trusts; None is libpq's own default.
            sslrootcert="system" if place.tls == "verify-full" else None,
            application_name="pillarbox",
            client_encoding="UTF8",
            options=options,
            autocommit=True,
        )
    except psycopg.Error as problem:
        raise Unavailable(f"{place}: {str(problem).strip()}") from problem
    session = Session(connection, str(place), _SILENT)
    try:
        ((durable, encoding, version),) = session.ask_anew(_CHECK)
        if durable != "on":
            raise StoreError(f"{place}: its commits are not durable (synchronous_commit is {durable})")
        if encoding != "UTF8":
            raise StoreError(f"{place}: its encoding is {encoding}, and must be UTF8")
        if version < _LEAST:
            raise StoreError(f"{place}: its version is {version // 10_000}, and must be 15 or later")
    except BaseException:
        session.close()
        raise
    return session
