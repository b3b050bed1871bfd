"""The server store: units as transactions on connections of a pool."""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from pillarbox.store.contract import Unit
from pillarbox.store.depot import Depot, Stock
from pillarbox.store.epoch import new_epoch
from pillarbox.store.error import Doubtful, NoAccount, StoreError, Unavailable, Undone
from pillarbox.store.feed import Feed, LocalFeed, Notice
from pillarbox.store.postgres import account as row_of
from pillarbox.store.postgres import server
from pillarbox.store.postgres.account import Account
from pillarbox.store.postgres.connect import Place, connected
from pillarbox.store.postgres.failure import Lost
from pillarbox.store.postgres.objects import objects_of
from pillarbox.store.postgres.pool import MAX_CONNECTIONS, PATIENCE, Pool
from pillarbox.store.postgres.schema import quoted
from pillarbox.store.postgres.session import Row, Session, Value
from pillarbox.store.postgres.staged import PostgresStaged
from pillarbox.store.postgres.unit import PostgresUnit
from pillarbox.store.postgres.writing import PostgresWriting
from pillarbox.store.standing import (
    Admit,
    Standing,
    emptied,
    kinds_of_none,
    marked,
    same_epoch,
    to_be_marked,
    to_fill,
    to_read,
    to_write,
)
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
    for others and for a connection. Large blobs are kept in the `depot`, if there is one. Raises Unavailable if the
    database cannot be reached, StoreError if it is none that we can use.
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
        depot: Depot | None = None,
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self._clock = clock
        self._feed = feed or LocalFeed()
        self._place = place
        self._turns = Turns(patience)
        self._pool = Pool(lambda: connected(place, patience=patience), most=max_connections, patience=patience)
        with self._pool.session(lambda session: server.make(session, self._tables.values())) as (session, _):
            self._stock = Stock(depot, server.owner(session), clock) if depot is not None else None

    @property
    def feed(self) -> Feed:
        return self._feed

    def create(self, account: int) -> None:
        self._make(account, Standing.HERE)

    def _make(self, account: int, standing: Standing) -> None:
        if account < 0:
            raise NoAccount(f"{account} is no account")
        # Commits are counted from a random number, so that a cached version of an account that was removed is none of
        # the new one's.
        self._ask(
            "INSERT INTO account (account_id, epoch, next_number, sequence, held_size, commits, marked, kinds, tokens)"
            " VALUES ($1, $2, 1, 0, 0, $3, 0, $4, '') ON CONFLICT (account_id) DO NOTHING",
            account,
            new_epoch(),
            secrets.randbits(48),
            kinds_of_none(standing).encode(),
        )

    def remove(self, account: int) -> None:
        if account == 0:
            raise StoreError("account 0 is the server itself and cannot be removed")
        with (
            self._turns.turn(str(account)),
            self._pool.session(lambda session: _begun(session, account)) as (session, _),
        ):
            try:
                objects = objects_of(session, account)
                for table in server.account_tables(session):
                    session.tell(f"DELETE FROM {quoted(table)} WHERE account_id = $1", account)
                session.commit()
            finally:
                _rolled_back(session)
        self._discard(account, objects)

    def accounts(self) -> list[int]:
        with self._pool.session(server.accounts) as (_, found):
            return found

    def untended(self, now: int) -> list[int]:
        with self._pool.session(lambda session: server.untended(session, now)) as (_, found):
            return found

    def read(self, account: int) -> AbstractContextManager[PostgresUnit]:
        return self._read(account, to_read)

    @contextmanager
    def _read(self, account: int, admit: Admit) -> Iterator[PostgresUnit]:
        with _undone(), self._pool.session(lambda session: self._snapshot(session, account)) as (session, row):
            try:
                admit(account, row.standing)
                unit = PostgresUnit(session, self._current(session, row), self._ask, self._stock)
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

    def write(self, account: int) -> AbstractContextManager[PostgresWriting]:
        return self._write(account, to_write)

    @contextmanager
    def _write(self, account: int, admit: Admit) -> Iterator[PostgresWriting]:
        now = int(self._clock())
        with (
            _undone(),
            self._turns.turn(str(account)),
            self._pool.session(lambda session: self._to_write(session, account)) as (session, row),
        ):
            unit = PostgresWriting(session, row, self._ask, now, self._stock)
            try:
                admit(account, row.standing)
                if stale := row.stale(self._tables):
                    unit.rebuild(stale)
                yield unit
                if unit.finish():
                    self._commit(session, unit, row)
            finally:
                unit.end()
                _rolled_back(session)
        if unit.states and unit.standing is Standing.HERE:
            states = {name: state_text(unit.epoch, state) for name, state in unit.states.items()}
            self._feed.publish(Notice(account, states))
        self._discard(account, unit.unneeded)

    @contextmanager
    def stage(self, account: int) -> Iterator[PostgresStaged]:
        self.standing(account)
        staged = PostgresStaged(account, self._stock)
        try:
            yield staged
        finally:
            staged.drop()

    def version(self, account: int) -> int:
        commits, standing = self._counted(account)
        to_read(account, standing)
        return commits

    def standing(self, account: int) -> Standing:
        return self._counted(account)[1]

    def stand(
        self, account: int, was: Standing, now: Standing, epoch: str | None = None, version: int | None = None
    ) -> bool:
        with self._write(account, to_be_marked) as unit:
            return marked(unit, was, now, epoch, version)

    def pass_over(self, account: int) -> None:
        self._make(account, Standing.LEFT)

    def receive(self, account: int) -> str:
        self._make(account, Standing.ARRIVING)
        with self._write(account, to_be_marked) as unit:
            return emptied(unit)

    @contextmanager
    def fill(self, account: int, epoch: str) -> Iterator[PostgresWriting]:
        with self._write(account, to_fill) as unit:
            same_epoch(account, unit.epoch, epoch)
            yield unit

    @contextmanager
    def examine(self, account: int, epoch: str | None = None) -> Iterator[PostgresUnit]:
        with self._read(account, to_fill) as unit:
            same_epoch(account, unit.epoch, epoch or unit.epoch)
            yield unit

    def sweep(self, account: int, needs: Callable[[Unit], bool]) -> int:
        # Before the account is locked, for that takes long; what is left then is looked at once more.
        abandoned = self._stock.abandoned(account) if self._stock else []
        if abandoned:
            with self.read(account) as seen:
                abandoned = seen.nameless(abandoned)
        leavings = self._leavings() if account == 0 else {}
        with self.write(account) as unit:
            swept = unit.sweep(needs, abandoned)
            gone = unit.gone(leavings) if leavings else set()
        for one in sorted(gone):
            self._discard(one, leavings[one])
            swept += len(leavings[one])
        return swept

    def remains(self) -> list[str]:
        return [f"account {gone}: {len(objects)} objects" for gone, objects in self._leavings().items()]

    def probe(self) -> list[str]:
        return self._stock.probe() if self._stock else []

    def advice(self) -> list[str]:
        return [f"{self._place}: {known}" for known in (*self._lacking(), *self._alone())]

    def _lacking(self) -> list[str]:
        with self._pool.session(lambda session: server.lacking(session, self._tables.values())) as (_, told):
            return told

    def _alone(self) -> list[str]:
        """Of several hosts none may have what another has answered for."""
        if len(self._place.hosts.all) == 1:
            return []
        with self._pool.session(server.has_synchronous_standby) as (_, waits):
            known = (
                "no commit waits for a standby (synchronous_standby_names is empty): a promotion loses the last of them"
            )
            return [] if waits else [known]

    def close(self) -> None:
        self._pool.close()
        if self._stock:
            self._stock.close()

    def _discard(self, account: int, objects: list[str]) -> None:
        """Deletes objects that nothing names any more, as it was committed."""
        if objects and self._stock:
            self._stock.discard(account, objects)

    def _leavings(self) -> dict[int, list[str]]:
        """Objects of accounts that are gone: all else of one is made and removed by one transaction each."""
        return self._stock.leavings(self.accounts()) if self._stock else {}

    def _counted(self, account: int) -> tuple[int, Standing]:
        """The number of its commits, and where it stands."""
        with self._pool.session(lambda session: row_of.commits(session, account)) as (_, found):
            if found is None:
                raise NoAccount(f"{self._place} has no account {account}")
            return found

    def _commit(self, session: Session, unit: PostgresWriting, row: Account) -> None:
        """Commits, and finds out whether it did if the connection is cut meanwhile. Raises Undone if it did not."""
        if session.is_lost:
            raise Undone(f"{self._place}: the connection was cut before account {row.number} was changed")
        is_heard = unit.states and unit.standing is Standing.HERE
        if is_heard:
            self._feed.expect(unit.account)
        failed = self._feed.doubt
        try:
            try:
                session.commit()
            except Lost as cut:
                # One that has lost its standby may still answer, and another have taken its place.
                self._place.hosts.doubt()
                if self._outcome(row, unit.token, cut):
                    return
                failed = self._feed.withdraw
                raise Undone(f"{cut.known}; account {row.number} was not changed") from cut
            except StoreError:
                failed = self._feed.withdraw
                raise
        except BaseException:
            if is_heard:
                failed(unit.account)
            raise

    def _outcome(self, row: Account, token: bytes, cut: Lost) -> bool:
        """Whether the unit was committed. Raises Doubtful if that cannot be known."""
        try:
            session = self._pool.reached()
            try:
                outcome = row_of.is_committed(session, row, token)
            finally:
                session.close()
        except StoreError as problem:
            raise Doubtful(
                f"{cut.known}; whether account {row.number} was changed cannot be known: {problem.known}"
            ) from problem
        if outcome is None:
            raise Doubtful(f"{cut.known}; whether account {row.number} was changed cannot be known any more")
        return outcome

    def _snapshot(self, session: Session, account: int) -> Account:
        session.tell(_READ)
        return self._there(session, account, row_of.seen(session, account))

    def _to_write(self, session: Session, account: int) -> Account:
        session.tell(_WRITE)
        try:
            return self._there(session, account, row_of.locked(session, account))
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
        session.commit()
        return self._snapshot(session, row.number)

    def _ask(self, sql: str, *values: Value) -> list[Row]:
        """One statement by itself."""
        with self._pool.session(lambda session: session.ask_alone(sql, *values)) as (_, rows):
            return rows


def _begun(session: Session, account: int) -> None:
    session.tell(_WRITE)
    try:
        row_of.locked(session, account)
    except Unavailable:
        _rolled_back(session)
        raise


@contextmanager
def _undone() -> Iterator[None]:
    """What is cut off in this block, and not in a commit, was not done."""
    try:
        yield
    except Lost as cut:
        raise Undone(cut.known) from cut


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
