"""One account, to be changed: by the transaction that has its row locked."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import orjson

from pillarbox.store.contract import Blob, Finding, Staged, Unit
from pillarbox.store.depot import Stock
from pillarbox.store.entries import shape
from pillarbox.store.epoch import new_epoch
from pillarbox.store.error import Unavailable
from pillarbox.store.postgres import changelog, resting
from pillarbox.store.postgres.account import TOKEN, Account, Kind
from pillarbox.store.postgres.blobs import READABLE
from pillarbox.store.postgres.index import Index
from pillarbox.store.postgres.inspect import held_size, last_change, least_counters, logged_only, misgrouped, unlogged
from pillarbox.store.postgres.schema import key_of, names_of, quoted
from pillarbox.store.postgres.server import account_tables
from pillarbox.store.postgres.server import accounts as all_accounts
from pillarbox.store.postgres.session import Row, Session, Value
from pillarbox.store.postgres.staged import PostgresStaged
from pillarbox.store.postgres.text import words_of
from pillarbox.store.postgres.unit import PostgresUnit
from pillarbox.store.query import Select
from pillarbox.store.standing import Standing
from pillarbox.store.table import Document, Table

__all__ = ["PostgresWriting"]


class PostgresWriting(PostgresUnit):
    """What `contract.Writing` promises. `now` is when it began, in seconds since 1970."""

    def __init__(
        self, session: Session, row: Account, ask: Callable[..., list[Row]], now: int, stock: Stock | None = None
    ) -> None:
        super().__init__(session, row, ask, stock)
        self._index = Index(session, row.number)
        self._now = now
        self._next, self._sequence, self._held = row.next_number, row.sequence, row.held_size
        self._has_written = False
        self._has_expiring = False
        self._unheld: dict[int, int] = {}
        """Blobs that this unit may leave without a holder, each with when it is to be collected."""
        self.token = session.stamp + secrets.token_bytes(TOKEN - len(session.stamp))
        self.states: dict[str, int] = {}
        """The types that changed, and the number each is at."""
        self.unneeded = self._blobs.unneeded
        """Objects to be deleted once this unit is committed; to be asked for when it has ended, too."""

    def end(self) -> None:
        self._blobs.give_back()
        super().end()

    def count(self, table: Table, select: Select) -> int:
        self._index.flush()
        return super().count(table, select)

    def held_size(self) -> int:
        return self._held

    def given(self) -> int:
        return self._next - 1

    def reserve(self, number: int) -> None:
        self._next = max(self._next, number + 1)

    def fresh(self) -> int:
        number = self._next
        self._next += 1
        return number

    def insert(
        self,
        table: Table,
        number: int,
        document: Document,
        apart: Document | None = None,
        text: Mapping[str, str] | None = None,
    ) -> None:
        kind = self._made(table)
        names = names_of(table)
        sql = "INSERT INTO {} (account_id, number, document) VALUES ($1, $2, $3)"
        self._tell(sql.format(names.documents), number, orjson.dumps(document))
        if apart is not None:
            self._tell(sql.format(names.apart), number, orjson.dumps(apart))
        if table.text:
            self._insert_text(table, number, text or {})
        entry = self._index.add(table, number, document)
        group = _whole(entry.columns[table.group]) if table.group else None
        changelog.log_created(self._session, self.account, kind.code, number, self._arrive(table), group)

    def update(self, table: Table, number: int, old: Document, new: Document) -> None:
        kind = self._replaced(table, number, old, new)
        changelog.log_updated(self._session, self.account, kind.code, number, self._tick(table))

    def update_volatile(self, table: Table, number: int, old: Document, new: Document) -> None:
        kind = self._replaced(table, number, old, new)
        changelog.log_volatile(self._session, self.account, kind.code, number, self._tick(table))

    def amend(self, table: Table, number: int, old: Document, new: Document) -> None:
        self._replaced(table, number, old, new)

    def index_text(self, table: Table, number: int, text: Mapping[str, str]) -> None:
        self._tell(f"DELETE FROM {names_of(table).text} WHERE account_id = $1 AND number = $2", number)
        self._insert_text(table, number, text)

    def touch(self, table: Table, number: int) -> None:
        code = self._made(table).code
        changelog.log_updated(self._session, self.account, code, number, self._tick(table))

    def delete(self, table: Table, number: int, old: Document) -> None:
        kind = self._made(table)
        names = names_of(table)
        for one in (names.documents, names.apart, *([names.text] if table.text else [])):
            self._tell(f"DELETE FROM {one} WHERE account_id = $1 AND number = $2", number)
        self._index.remove(table, number, old)
        changelog.log_destroyed(self._session, self.account, kind.code, number, self._tick(table))

    def add_blob(self, octets: bytes, expires: int) -> Blob:
        staged = PostgresStaged(self.account, self._stock)
        try:
            staged.write(octets)
            return self.keep_blob(staged, expires)
        finally:
            staged.drop()

    def keep_blob(self, staged: Staged, expires: int) -> Blob:
        self._has_written = self._has_expiring = True
        blob = self._blobs.add(self._ours(staged), self.fresh(), expires)
        self._unheld[blob.number] = expires
        return blob

    def put_blob(self, number: int, staged: Staged, holders: int, expires: int) -> None:
        self._has_written = self._has_expiring = True
        self._blobs.put(self._ours(staged), number, holders, expires)
        if holders <= 0:
            self._unheld[number] = expires
        self._held += staged.size * holders
        self.reserve(number)

    def hold(self, blob: int) -> None:
        self._has_written = True
        self._held += self._blobs.hold(blob)
        self._unheld.pop(blob, None)

    def release(self, blob: int, expires: int) -> None:
        self._has_written = self._has_expiring = True
        self._held -= self._blobs.release(blob, expires)
        self._unheld[blob] = expires

    def set_holders(self, blob: int, holders: int, expires: int) -> None:
        self._has_written = self._has_expiring = True
        self._held += self._blobs.set_holders(blob, holders, expires)
        if holders <= 0:
            self._unheld[blob] = expires

    def make_room(self, size: int, files: int, total: int) -> None:
        self._has_written = self._has_expiring = True
        self._blobs.make_room(size, files, total, self._now + READABLE)

    def collect(self, now: int) -> int:
        keys = self._session.ask("DELETE FROM once WHERE account_id = $1 AND until < $2 RETURNING 1", self.account, now)
        forgotten = self._blobs.forget(self._now)
        dropped = self._blobs.collect(now, self._now + READABLE)
        self._has_written = self._has_written or bool(keys or forgotten or dropped)
        return dropped

    def once(self, key: bytes, until: int, now: int) -> bool:
        self._has_written = self._has_expiring = True
        # No row comes back where the key is there and still remembered.
        sql = (
            "INSERT INTO once AS o (account_id, key, until) VALUES ($1, $2, $3)"
            " ON CONFLICT (account_id, key) DO UPDATE SET until = excluded.until WHERE o.until < $4 RETURNING 1"
        )
        return bool(self._session.ask(sql, self.account, key_of(key), until, now))

    def trim_log(self, now: int, history: int) -> None:
        floors = changelog.trim(self._session, self.account, now, history)
        if floors is None:
            return
        self._has_written = True
        for name, kind in self._kinds.items():
            self._kinds[name] = replace(kind, floor=max(kind.floor, floors.get(kind.code, 0)))

    def rest(self, now: int, until: int | None, history: int | None) -> None:
        self._has_written = True
        resting.rest(self._session, self.account, self._row.marked, now, until, history)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        kept = (self._next, self._sequence, self._held, dict(self.states), dict(self._kinds))
        totals, unheld, mark = self._index.pending(), dict(self._unheld), self._blobs.mark()
        self._session.tell("SAVEPOINT inside")
        try:
            yield
        except BaseException:
            # Numbers given since are given again: nobody outside has seen them.
            self._next, self._sequence, self._held, self.states, self._kinds = kept
            self._index.undo(totals)
            self._unheld = unheld
            self._blobs.undo(mark)
            if not self._session.is_lost:
                self._session.undo("inside")
            raise
        self._session.tell("RELEASE SAVEPOINT inside")

    def clear(self) -> None:
        self._has_written = True
        self._index = Index(self._session, self.account)
        self._blobs.clear()
        for table in account_tables(self._session):
            if table != "account":
                self._tell(f"DELETE FROM {quoted(table)} WHERE account_id = $1")
        # Whoever listens hears of each type that was there.
        self.states = dict.fromkeys(self._kinds, 0)
        self._kinds = {}
        self._held = 0
        own = new_epoch()
        self.epoch = own + self._session.history
        self._row = replace(self._row, epoch=self.epoch, marked=0)
        self._tell("UPDATE account SET epoch = $2 WHERE account_id = $1", own)

    @property
    def standing(self) -> Standing:
        """Where the account stands, as far as this unit goes."""
        return self._row.standing

    @property
    def commits(self) -> int:
        """The account's version when this began."""
        return self._row.commits

    def settle(self, standing: Standing) -> None:
        """From this unit's commit on the account stands so."""
        self._has_written = True
        self._row = replace(self._row, standing=standing)
        if standing is Standing.LEFT:
            # Nobody can tend it here any more.
            self._tell("DELETE FROM due WHERE account_id = $1")

    def rebuild(self, tables: Iterable[Table]) -> None:
        self._has_written = True
        for table in tables:
            kind = self._kind(table)
            if kind is None:
                continue
            if table.text and kind.text != _fields(table):
                # The letters in front of its words are other fields' now.
                self._tell(f"DELETE FROM {names_of(table).text} WHERE account_id = $1")
            self._index.rebuild(table)
            self._mend_log(table)
            self._kinds[table.name] = replace(self._kinds[table.name], shape=shape(table), text=_fields(table))
        next_number, sequence = least_counters(self._session, self._written(0), [])
        self._next, self._sequence = max(self._next, next_number), max(self._sequence, sequence)
        self._held = held_size(self._session, self.account)

    def sweep(self, needs: Callable[[Unit], bool], abandoned: list[str]) -> int:
        """Deletes octets that no blob has and nobody can still be reading, but for what `needs` says; of how many.

        Of the objects that are `abandoned` those go that no row names, after the commit.
        """
        forgotten = self._blobs.forget(self._now)
        nameless = self.nameless(abandoned)
        if (nameless or self._blobs.strays()) and not needs(self):
            forgotten += self._blobs.delete_strays() + len(nameless)
            self._blobs.unneeded += nameless
        self._has_written = self._has_written or forgotten > 0
        return forgotten

    def gone(self, accounts: Iterable[int]) -> set[int]:
        """Those that are not there. It is so if this commits, which a server that was left behind cannot."""
        self._has_written = True
        return set(accounts).difference(all_accounts(self._session))

    def inspect(self, tables: Iterable[Table]) -> Iterator[Finding]:
        self._index.flush()
        self._row = self._written(self._row.commits)
        yield from super().inspect(tables)

    def finish(self) -> bool:
        """Writes what was counted in memory, the last thing before the commit; whether there is anything to commit."""
        if not self._has_written and (self._next, self._sequence) == (self._row.next_number, self._row.sequence):
            return False
        self._index.flush()
        row = self._written(self._row.commits + 1)
        if (self.states or self._has_expiring) and row.marked <= self._now - resting.DAY:
            # At most one mark a day, so that the log can be trimmed by age; and then the account is to be tended.
            row = replace(row, marked=self._now)
            sql = "INSERT INTO mark (account_id, sequence, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
            self._tell(sql, self._sequence, self._now)
            self._unheld[0] = self._now + resting.DAY
        if self._unheld:
            resting.expect(self._session, self.account, min(self._unheld.values()))
        row.write(self._session, self.token)
        self._blobs.leave()
        return True

    def _ours(self, staged: Staged) -> PostgresStaged:
        if isinstance(staged, PostgresStaged) and staged.account != self.account:
            raise TypeError("octets are kept by the account that they were staged for")
        # An object has the name of the database whose it is, and is another one's only until somebody looks after it.
        if not isinstance(staged, PostgresStaged) or not staged.is_for(self._stock):
            raise Unavailable(f"account {self.account} has moved to another store since these octets came in")
        return staged

    def _written(self, commits: int) -> Account:
        """The row as this unit would leave it."""
        return replace(
            self._row,
            next_number=self._next,
            sequence=self._sequence,
            held_size=self._held,
            commits=commits,
            kinds=self._kinds,
        )

    def _insert_text(self, table: Table, number: int, text: Mapping[str, str]) -> None:
        words = words_of(table, text)
        columns = "".join(f", {quoted(f'f_{name}')}" for name in table.text)
        marks = "".join(f", ${at}" for at in range(5, 5 + len(table.text)))
        self._tell(
            f"INSERT INTO {names_of(table).text} (account_id, number, words, is_cut{columns})"
            f" VALUES ($1, $2, array_to_tsvector($3::text[]), $4::bigint > 0{marks})",
            number,
            words.lexemes,
            int(words.is_cut),
            *words.fields,
        )

    def _replaced(self, table: Table, number: int, old: Document, new: Document) -> Kind:
        kind = self._made(table)
        self._tell(
            f"UPDATE {names_of(table).documents} SET document = $3 WHERE account_id = $1 AND number = $2",
            number,
            orjson.dumps(new),
        )
        self._index.replace(table, number, old, new)
        return kind

    def _made(self, table: Table) -> Kind:
        """The type as this account has it, from its first write on."""
        self._has_written = True
        kind = self._kinds.get(table.name)
        if kind is None:
            code = max((one.code for one in self._kinds.values()), default=0) + 1
            kind = self._kinds[table.name] = Kind(code, 0, 0, shape(table), _fields(table))
        return kind

    def _mend_log(self, table: Table) -> None:
        """Makes the log know the objects that exist, and no others; its numbers, and those of blobs, lie behind us."""
        code = self._made(table).code
        next_number, sequence = least_counters(self._session, self._written(0), [table])
        self._next, self._sequence = max(self._next, next_number), max(self._sequence, sequence)
        for number, rightly in misgrouped(self._session, self.account, table, code):
            self._tell(
                "UPDATE change SET grp = $4 WHERE account_id = $1 AND code = $2 AND number = $3", code, number, rightly
            )
        for number in unlogged(self._session, self.account, table, code):
            # A row that says it is gone makes place.
            self._tell("DELETE FROM change WHERE account_id = $1 AND code = $2 AND number = $3", code, number)
            (stored,) = self.get(table, (number,))
            entry = table.entry(orjson.loads(stored.document))
            group = _whole(entry.columns[table.group]) if table.group else None
            changelog.log_created(self._session, self.account, code, number, self._tick(table), group)
        for number in logged_only(self._session, self.account, table, code):
            changelog.log_destroyed(self._session, self.account, code, number, self._tick(table))
        last = last_change(self._session, self.account, code)
        if last > self.state(table):
            self.states[table.name] = last
            self._kinds[table.name] = replace(self._kinds[table.name], state=last)

    def _arrive(self, table: Table) -> int:
        at = self._tick(table)
        if table.arrivals:
            self.states[table.arrivals] = at
        return at

    def _tick(self, table: Table) -> int:
        self._sequence += 1
        self.states[table.name] = self._sequence
        self._kinds[table.name] = replace(self._kinds[table.name], state=self._sequence)
        return self._sequence

    def _tell(self, sql: str, *values: Value) -> None:
        self._has_written = True
        self._session.tell(sql, self.account, *values)


def _whole(group: int | str | None) -> int:
    if not isinstance(group, int):
        raise TypeError("a group is an integer")
    return group


def _fields(table: Table) -> str:
    return " ".join(table.text)
