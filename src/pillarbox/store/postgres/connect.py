"""How a connection is made, and the rules every one of them is under."""

from dataclasses import dataclass, field
from hashlib import blake2b

import psycopg

from pillarbox.store.epoch import letters_of
from pillarbox.store.error import StoreError, Unavailable
from pillarbox.store.postgres.hosts import History, Host, Hosts, is_of_another, is_older
from pillarbox.store.postgres.server import history
from pillarbox.store.postgres.session import Session
from pillarbox.telemetry import Event, Secret, emit

__all__ = ["STAMP", "Place", "connected"]

_LEAST = 150_000
"""PostgreSQL 15."""

_WORK = "32MB"
"""A set of all members of a large Mailbox fits in, so that it is looked up and not read again for each row."""

FROZEN = 60.0
"""Seconds after which a transaction ends whose client says nothing, as one that was stopped: it has an account locked.

What we compute between two statements takes well under a second.
"""

_CUT = 15.0
"""Seconds after which the database gives up a connection whose other end it cannot reach: that has an account locked,
too, and what it was sent last would otherwise be repeated for a quarter of an hour.
"""

_SILENT = 60.0
"""Seconds after which a server that was asked and says nothing is taken for gone; whole accounts are read in less."""

_CHECK = (
    "SELECT current_setting('synchronous_commit'), current_setting('server_encoding'),"
    " current_setting('server_version_num')::bigint"
)

STAMP = 2
"""Octets of `Session.stamp`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the database is, and who asks. `host` may name several, as `wire.hosts` reads it; `timeout` is in seconds.

    With several the one is connected to that takes writes; they share the time.
    """

    host: str
    database: str
    port: int = 5432
    user: str | None = None
    password: Secret | None = None
    timeout: float = 15.0
    options: str = ""
    tls: str = "disable"
    """libpq's `sslmode`: `disable`, `require` (whoever answers) or `verify-full`."""
    hosts: Hosts = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hosts", Hosts(self.host, self.port))

    def __str__(self) -> str:
        return f"PostgreSQL at {','.join(map(str, self.hosts.all))}/{self.database}"


def connected(place: Place, *, patience: float) -> Session:
    """A new connection to where writes are taken.

    Raises Unavailable, or StoreError where the database is none that we can use.
    """
    found = place.hosts.found
    if found is not None:
        try:
            session, told = _opened(place, found, patience)
        except StoreError:
            place.hosts.failed(found)
            if len(place.hosts.all) == 1:
                raise
        else:
            if not place.hosts.is_left_behind(told) and not place.hosts.is_stranger(told):
                return session
            session.close()
            place.hosts.failed(found)
    return _latest(place, patience)


def _latest(place: Place, patience: float) -> Session:
    """To that host whose history goes furthest, of all that take writes."""
    problems: list[StoreError] = []
    best: tuple[Host, Session, History | None] | None = None
    for host in place.hosts.order:
        try:
            session, told = _opened(place, host, patience)
        except StoreError as problem:
            place.hosts.failed(host)
            problems.append(problem)
            continue
        if place.hosts.is_stranger(told):
            session.close()
            known = "it is another cluster than the one that was used; whoever is to use it has to be started again"
            problems.append(Unavailable(f"PostgreSQL at {host}/{place.database}: {known}"))
            continue
        if best is not None and is_of_another(best[2], told):
            session.close()
            best[1].close()
            known = "take writes, and are none of the other's history: one is another cluster, and has to be stopped"
            raise Unavailable(f"{place}: {best[0]} and {host} {known}")
        if place.hosts.is_left_behind(told) or (best is not None and not is_older(best[2], told)):
            session.close()
            known = f"PostgreSQL at {host}/{place.database}: it was left behind by a promotion elsewhere"
            problems.append(Unavailable(known))
            continue
        if best is not None:
            best[1].close()
        best = host, session, told
        if place.hosts.is_news(told):
            # Nobody goes further than who has just taken over; who has not may take long to say nothing.
            break
    if best is None:
        raise _one_of(problems)
    if place.hosts.take(best[0], best[2]):
        emit(Event.STORE_MOVED, host=str(best[0]))
    return best[1]


def _one_of(problems: list[StoreError]) -> StoreError:
    """All that is wrong with the hosts; what passes with one of them may pass."""
    if len(problems) == 1:
        return problems[0]
    kind = Unavailable if any(isinstance(one, Unavailable) for one in problems) else StoreError
    return kind("; ".join(one.known for one in problems))


def _opened(place: Place, host: Host, patience: float) -> tuple[Session, History | None]:
    where = f"PostgreSQL at {host}/{place.database}"
    waits = max(1, int(patience * 1000))
    options = (
        f"{place.options} -c synchronous_commit=on -c lock_timeout={waits} -c work_mem={_WORK} -c jit=off"
        f" -c idle_in_transaction_session_timeout={int(FROZEN * 1000)}"
        # A table has the rows of all accounts, and a statement is about one: reading all of it is never the way.
        " -c enable_seqscan=off"
        # That a commit is on this server alone is told as a warning.
        " -c client_min_messages=warning"
        " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3"
        f" -c tcp_user_timeout={int(_CUT * 1000)}"
    )
    try:
        connection = psycopg.connect(
            host=host.name,
            port=host.port,
            dbname=place.database,
            user=place.user,
            password=place.password.reveal() if place.password else None,
            connect_timeout=max(2, int(place.timeout / len(place.hosts.all))),
            # A standby, or one that was made read-only, costs no question: it says so by itself.
            target_session_attrs="read-write",
            tcp_user_timeout=int(place.timeout * 1000),
            keepalives_idle=5,
            keepalives_interval=3,
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
        raise Unavailable(f"{where}: {str(problem).strip()}") from problem
    session = Session(connection, where, _SILENT)
    try:
        _check(session, where)
        told = history(session)
    except BaseException:
        session.close()
        raise
    if told is not None:
        session.history = letters_of(str(told))
        session.stamp = blake2b(str(told).encode(), digest_size=STAMP, person=b"stamp").digest()
    return session, told


def _check(session: Session, where: str) -> None:
    ((durable, encoding, version),) = session.ask_anew(_CHECK)
    if durable != "on":
        raise StoreError(f"{where}: its commits are not durable (synchronous_commit is {durable})")
    if encoding != "UTF8":
        raise StoreError(f"{where}: its encoding is {encoding}, and must be UTF8")
    if version < _LEAST:
        raise StoreError(f"{where}: its version is {version // 10_000}, and must be 15 or later")
