"""The server store: units as transactions on connections of a pool."""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from pillarbox.store.contract import NoAccount, StoreError, Unavailable, Unit
from pillarbox.store.epoch import new_epoch
from pillarbox.store.feed import Feed, LocalFeed, Notice
from pillarbox.store.postgres import account as accounts
from pillarbox.store.postgres.account import Account
from pillarbox.store.postgres.connect import Place, connected
from pillarbox.store.postgres.pool import MAX_CONNECTIONS, PATIENCE, Pool
from pillarbox.store.postgres.schema import quoted
from pillarbox.store.postgres.server import account_tables, make
from pillarbox.store.postgres.server import accounts as all_accounts
from pillarbox.store.postgres.session import Lost, Row, Session, Value
from pillarbox.store.postgres.staged import PostgresStaged
from pillarbox.store.postgres.unit import PostgresUnit
from pillarbox.store.postgres.writing import PostgresWriting
from pillarbox.store.table import Table
from pillarbox.store.turns import Turns
from pillarbox.wire.values import state_text

__all__ = ["PostgresStore"]

_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
"""What a unit reads it reads after it has locked the account, so that nobody else commits to it meanwhile."""


class PostgresStore:
    """All accounts of one database, whose tables are made when it is opened.

    `tables` are all the types that may be met; an account whose indexes were made from other declarations gets new ones
    before its first use. `max_connections` is how many a process has at most, `patience` how many seconds a unit waits
    for others and for a connection. Raises Unavailable if the database cannot be reached, StoreError if it is none
    that we can use.
    """

    def __init__(
        self,
        place: Place,
        tables: Iterable[Table],
        clock: Callable[[], float] = time.time,
        feed: Feed | None = None,
        *,
        max_connections: int = MAX_CONNECTIONS,
        patience: float = PATIENCE,
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self._clock = clock
        self._feed = feed or LocalFeed()
        self._place = place
        self._turns = Turns(patience)
        self._pool = Pool(lambda: connected(place, patience=patience), most=max_connections, patience=patience)
        with self._pool.session(lambda session: make(session, self._tables.values())):
            pass

    @property
    def feed(self) -> Feed:
        return self._feed

    def create(self, account: int) -> None:
        if account < 0:
            raise NoAccount(f"{account} is no account")
        # Commits are counted from a random number, so that a cached version of an account that was removed is none of
        # the new one's.
        self._ask(
            "INSERT INTO account (account_id, epoch, next_number, sequence, held_size, commits, marked, kinds, tokens)"
            " VALUES ($1, $2, 1, 0, 0, $3, 0, '{}', '') ON CONFLICT (account_id) DO NOTHING",
            account,
            new_epoch(),
            secrets.randbits(48),
        )

    def remove(self, account: int) -> None:
        if account == 0:
            raise StoreError("account 0 is the server itself and cannot be removed")
        with (
            self._turns.turn(str(account)),
            self._pool.session(lambda session: _begun(session, account)) as (session, _),
        ):
            try:
                for table in account_tables(session):
                    session.tell(f"DELETE FROM {quoted(table)} WHERE account_id = $1", account)
                session.tell("COMMIT")
                session.settle()
            finally:
                _rolled_back(session)

    def accounts(self) -> list[int]:
        with self._pool.session(all_accounts) as (_, found):
            return found

    @contextmanager
    def read(self, account: int) -> Iterator[PostgresUnit]:
        with self._pool.session(lambda session: self._snapshot(session, account)) as (session, row):
            try:
                unit = PostgresUnit(session, self._current(session, row), self._ask)
                try:
                    yield unit
                finally:
                    unit.end()
                    # Whoever has the connection next reads that it ended.
                    if not session.is_lost:
                        session.tell("COMMIT")
                        session.end()
            finally:
                if not session.is_usable:
                    _rolled_back(session)

    @contextmanager
    def write(self, account: int) -> Iterator[PostgresWriting]:
        now = int(self._clock())
        with (
            self._turns.turn(str(account)),
            self._pool.session(lambda session: self._to_write(session, account)) as (session, row),
        ):
            unit = PostgresWriting(session, row, self._ask, now)
            try:
                if stale := row.stale(self._tables):
                    unit.rebuild(stale)
                yield unit
                if unit.finish():
                    self._commit(session, unit, row)
            finally:
                unit.end()
                _rolled_back(session)
        if unit.states:
            states = {name: state_text(unit.epoch, state) for name, state in unit.states.items()}
            self._feed.publish(Notice(account, states))

    @contextmanager
    def stage(self, account: int) -> Iterator[PostgresStaged]:
        self.version(account)
        staged = PostgresStaged(account)
        try:
            yield staged
        finally:
            staged.drop()

    def version(self, account: int) -> int:
        with self._pool.session(lambda session: accounts.commits(session, account)) as (_, found):
            if found is None:
                raise NoAccount(f"{self._place} has no account {account}")
            return found

    def sweep(self, account: int, needs: Callable[[Unit], bool]) -> int:
        with self.write(account) as unit:
            return unit.sweep(needs)

    def remains(self) -> list[str]:
        # An account is made and removed by one transaction each.
        self.accounts()
        return []

    def close(self) -> None:
        self._pool.close()

    def _commit(self, session: Session, unit: PostgresWriting, row: Account) -> None:
        """Commits, and finds out whether it did if the connection is cut meanwhile."""
        if unit.states:
            self._feed.expect(unit.account)
        failed = self._feed.doubt
        try:
            try:
                session.tell("COMMIT")
                session.settle()
            except Lost as problem:
                if self._outcome(row, unit.token, problem):
                    return
                failed = self._feed.withdraw
                raise
            except StoreError:
                failed = self._feed.withdraw
                raise
        except BaseException:
            if unit.states:
                failed(unit.account)
            raise

    def _outcome(self, row: Account, token: bytes, cut: Lost) -> bool:
        """Whether the unit was committed. Raises Unavailable if that cannot be known."""
        try:
            session = self._pool.reached()
            try:
                outcome = accounts.is_committed(session, row, token)
            finally:
                session.close()
        except StoreError as problem:
            raise Unavailable(
                f"{cut.known}; whether account {row.number} was changed cannot be known: {problem.known}"
            ) from problem
        if outcome is None:
            raise Unavailable(f"{cut.known}; whether account {row.number} was changed cannot be known any more")
        return outcome

    def _snapshot(self, session: Session, account: int) -> Account:
        session.tell(_READ)
        return self._there(session, account, accounts.seen(session, account))

    def _to_write(self, session: Session, account: int) -> Account:
        session.tell(_WRITE)
        try:
            return self._there(session, account, accounts.locked(session, account))
        except Unavailable:
            _rolled_back(session)
            raise

    def _there(self, session: Session, account: int, row: Account | None) -> Account:
        if row is None:
            session.tell("COMMIT")
            session.end()
            raise NoAccount(f"{self._place} has no account {account}")
        return row

    def _current(self, session: Session, row: Account) -> Account:
        """The account as it is once its indexes are those of today's declarations; mostly as it was read."""
        if not row.stale(self._tables):
            return row
        session.ask("COMMIT")
        locked = self._to_write(session, row.number)
        unit = PostgresWriting(session, locked, self._ask, int(self._clock()))
        # Asked once more: another process may have been faster.
        unit.rebuild(locked.stale(self._tables))
        unit.finish()
        session.ask("COMMIT")
        return self._snapshot(session, row.number)

    def _ask(self, sql: str, *values: Value) -> list[Row]:
        """One statement by itself."""
        with self._pool.session(lambda session: session.ask(sql, *values)) as (_, rows):
            return rows


def _begun(session: Session, account: int) -> None:
    session.tell(_WRITE)
    try:
        accounts.locked(session, account)
    except Unavailable:
        _rolled_back(session)
        raise


def _rolled_back(session: Session) -> None:
    """Ends the transaction, if there is one; a connection on which that fails is thrown away."""
    if session.is_lost or session.is_usable:
        return
    try:
        session.mark()
        session.tell("ROLLBACK")
        session.settle()
    except StoreError:
        session.close()
