"""One account's transaction, for writing: documents, what follows from them, and the change log."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import apsw
import orjson

from pillarbox.store.contract import Blob, Finding, Staged
from pillarbox.store.epoch import new_epoch
from pillarbox.store.error import Unavailable
from pillarbox.store.sqlite import changelog, index
from pillarbox.store.sqlite.blobs import BlobFiles, Blobs, FileStaged
from pillarbox.store.sqlite.inspect import (
    held_size,
    least_counters,
    logged_only,
    misgrouped,
    unlogged,
)
from pillarbox.store.sqlite.schema import create_tables, drop_all, names_of, shape
from pillarbox.store.sqlite.sizes import Sizes
from pillarbox.store.sqlite.unit import SQLiteUnit
from pillarbox.store.standing import UNNAMED, Standing
from pillarbox.store.table import Document, Table

__all__ = ["SQLiteWriting"]

# Characters of private use are in words that are made up (`wire.words`).
_NO_WORD = re.compile("(?:_|[^\\w\ue000-\ue1ff])+")

_DAY = 86_400


class SQLiteWriting(SQLiteUnit):
    """What `contract.Writing` promises, in a transaction that has begun IMMEDIATE."""

    def __init__(self, connection: apsw.Connection, account: int, blobs: Blobs, files: BlobFiles) -> None:
        super().__init__(connection, account, blobs)
        self._files = files
        self._before = (self._next, self._sequence, self._held, dict(self.shapes))
        self._writes = connection.total_changes()
        self.states: dict[str, int] = {}
        """The types that changed, and the number each is at."""

    def state(self, table: Table) -> int:
        changed = self.states.get(table.name)
        return changed if changed is not None else super().state(table)

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
        code = self._made(table)
        names = names_of(table)
        self._connection.execute(f"INSERT INTO {names.documents} VALUES (?, ?)", (number, orjson.dumps(document)))
        if apart is not None:
            self._connection.execute(f"INSERT INTO {names.apart} VALUES (?, ?)", (number, orjson.dumps(apart)))
        if table.text:
            self._insert_text(table, number, text or {})
        entry = index.add(self._connection, table, number, document)
        group = entry.columns[table.group] if table.group else None
        changelog.log_created(self._connection, code, number, self._arrive(table), cast("int | None", group))

    def update(self, table: Table, number: int, old: Document, new: Document) -> None:
        code = self._replaced(table, number, old, new)
        at = self._tick(table)
        changelog.log_updated(self._connection, code, number, at, at)

    def update_volatile(self, table: Table, number: int, old: Document, new: Document) -> None:
        code = self._replaced(table, number, old, new)
        changelog.log_updated(self._connection, code, number, self._tick(table), None)

    def amend(self, table: Table, number: int, old: Document, new: Document) -> None:
        self._replaced(table, number, old, new)

    def index_text(self, table: Table, number: int, text: Mapping[str, str]) -> None:
        names = names_of(table)
        self._connection.execute(f"DELETE FROM {names.text} WHERE rowid = ?", (number,))
        self._insert_text(table, number, text)

    def touch(self, table: Table, number: int) -> None:
        at = self._tick(table)
        changelog.log_updated(self._connection, self._made(table), number, at, at)

    def delete(self, table: Table, number: int, old: Document) -> None:
        code = self._made(table)
        names = names_of(table)
        self._connection.execute(f"DELETE FROM {names.documents} WHERE number = ?", (number,))
        self._connection.execute(f"DELETE FROM {names.apart} WHERE number = ?", (number,))
        if table.text:
            self._connection.execute(f"DELETE FROM {names.text} WHERE rowid = ?", (number,))
        index.remove(self._connection, table, number, old)
        changelog.log_destroyed(self._connection, code, number, self._tick(table))

    def add_blob(self, octets: bytes, expires: int) -> Blob:
        with self._files.stage() as staged:
            staged.write(octets)
            return self.keep_blob(staged, expires)

    def keep_blob(self, staged: Staged, expires: int) -> Blob:
        return self._blobs.add(self._ours(staged), self.fresh(), expires)

    def put_blob(self, number: int, staged: Staged, holders: int, expires: int) -> None:
        self._blobs.put(self._ours(staged), number, holders, expires)
        self._held += staged.size * holders
        self.reserve(number)

    def hold(self, blob: int) -> None:
        self._held += self._blobs.hold(blob)

    def release(self, blob: int, expires: int) -> None:
        self._held -= self._blobs.release(blob, expires)

    def set_holders(self, blob: int, holders: int, expires: int) -> None:
        self._held += self._blobs.set_holders(blob, holders, expires)

    def make_room(self, size: int, files: int, total: int) -> None:
        self._blobs.make_room(size, files, total)

    def collect(self, now: int) -> int:
        self._connection.execute("DELETE FROM once WHERE until < ?", (now,))
        return self._blobs.collect(now)

    def once(self, key: bytes, until: int, now: int) -> bool:
        self._connection.execute(
            "INSERT INTO once VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE until < ?",
            (key, until, now),
        )
        return self._connection.changes() > 0

    def trim_log(self, now: int, history: int) -> None:
        floors = changelog.trim(self._connection, now, history)
        for name, code in self._codes.items():
            self._floors[name] = max(self._floors[name], floors.get(code, 0))

    def rest(self, now: int, until: int | None, history: int | None) -> None:
        """It is asked again: to open its file is most of what that costs."""

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        kept = (self._next, self._sequence, self._held, dict(self.states), dict(self._codes))
        self._connection.execute("SAVEPOINT inner")
        try:
            yield
        except BaseException:
            # An error such as a full disk has undone the whole transaction, with its savepoints.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO inner")
                self._connection.execute("RELEASE inner")
            # Numbers given since are given again: nobody outside has seen them.
            self._next, self._sequence, self._held, self.states, self._codes = kept
            raise
        self._connection.execute("RELEASE inner")

    def clear(self) -> None:
        drop_all(self._connection)
        self._blobs.clear()
        for table in ("change", "once", "mark"):
            self._connection.execute(f"DELETE FROM {table}")
        # Whoever listens hears of each type that was there.
        self.states = dict.fromkeys(self._codes, 0)
        self._codes, self._states, self._floors, self.shapes = {}, {}, {}, {}
        self._held = self._marked = 0
        self.epoch = new_epoch()
        self._connection.execute("UPDATE account SET epoch = ?", (self.epoch,))

    def reserve(self, number: int) -> None:
        self._next = max(self._next, number + 1)

    @property
    def commits(self) -> int:
        """The account's version when this began."""
        return cast("int", self._connection.execute("SELECT commits FROM account").get)

    def settle(self, standing: Standing) -> None:
        """From this unit's commit on the account stands so."""
        self.standing = standing
        self._flush()

    def rebuild(self, tables: Iterable[Table]) -> None:
        for table in tables:
            if self._code(table) is not None:
                index.rebuild(self._connection, table)
                self._mend_log(table)
                self.shapes[table.name] = shape(table)
        next_number, sequence = least_counters(self._connection, [])
        self._next, self._sequence = max(self._next, next_number), max(self._sequence, sequence)
        self._held = held_size(self._connection)

    def stray_files(self) -> list[Path]:
        """Files in the account's folder that belong to no blob of it."""
        return self._blobs.stray_files()

    def finish(self, now: int) -> None:
        """Writes what was counted in memory; the last thing before the commit."""
        # Indexes that were made anew of no objects are no rows that changed.
        counted = (self._next, self._sequence, self._held, self.shapes)
        if counted == self._before and self._connection.total_changes() == self._writes:
            return
        if self.states and self._marked <= now - _DAY:
            # At most one mark a day, so that the log can be trimmed by age.
            self._connection.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (self._sequence, now))
            self._marked = now
        self._flush(commits=1)

    def inspect(self, tables: Iterable[Table]) -> Iterator[Finding]:
        self._flush()
        yield from super().inspect(tables)

    def _flush(self, commits: int = 0) -> None:
        states = self._states | self.states
        standing = {} if self.standing is Standing.HERE else {UNNAMED: self.standing}
        kinds = standing | {
            name: (code, states.get(name, 0), self._floors[name], self.shapes[name])
            for name, code in self._codes.items()
        }
        self._connection.execute(
            "UPDATE account SET next_number = ?, sequence = ?, held_size = ?, commits = commits + ?, marked = ?,"
            " kinds = ? WHERE rowid = 1",
            (self._next, self._sequence, self._held, commits, self._marked, orjson.dumps(kinds).decode()),
        )

    def _ours(self, staged: Staged) -> FileStaged:
        if isinstance(staged, FileStaged) and staged.account != self.account:
            raise TypeError("octets are kept by the account that they were staged for")
        if not isinstance(staged, FileStaged) or staged.folder != self._files.incoming:
            raise Unavailable(f"account {self.account} has moved to another store since these octets came in")
        return staged

    def _sizes(self, table: Table) -> Sizes:
        # What is written changes them.
        return Sizes(self._connection, table)

    def _insert_text(self, table: Table, number: int, text: Mapping[str, str]) -> None:
        marks = ", ?" * len(table.text)
        columns = ", ".join(f'"{name}"' for name in table.text)
        self._connection.execute(
            f"INSERT INTO {names_of(table).text} (rowid, {columns}) VALUES (?{marks})",
            (number, *(_words(text.get(name, "")) for name in table.text)),
        )

    def _replaced(self, table: Table, number: int, old: Document, new: Document) -> int:
        self._connection.execute(
            f"UPDATE {names_of(table).documents} SET document = ? WHERE number = ?",
            (orjson.dumps(new), number),
        )
        index.replace(self._connection, table, number, old, new)
        return self._made(table)

    def _made(self, table: Table) -> int:
        """The type's code; its tables are made at its first write."""
        code = self._code(table)
        if code is None:
            create_tables(self._connection, table)
            code = self._codes[table.name] = max(self._codes.values(), default=0) + 1
            self._floors[table.name], self.shapes[table.name] = 0, shape(table)
        return code

    def _mend_log(self, table: Table) -> None:
        """Makes the log know the objects that exist, and no others; its numbers, and those of blobs, lie behind us."""
        code = self._made(table)
        next_number, sequence = least_counters(self._connection, [table])
        self._next, self._sequence = max(self._next, next_number), max(self._sequence, sequence)
        for number in unlogged(self._connection, table, code):
            # A row that says it is gone makes place.
            self._connection.execute("DELETE FROM change WHERE code = ? AND number = ?", (code, number))
            (stored,) = self.get(table, (number,))
            group = table.entry(orjson.loads(stored.document)).columns[table.group] if table.group else None
            at = self._tick(table)
            changelog.log_created(self._connection, code, number, at, cast("int | None", group))
        for number in logged_only(self._connection, table, code):
            changelog.log_destroyed(self._connection, code, number, self._tick(table))
        for number, group in misgrouped(self._connection, table, code):
            self._connection.execute("UPDATE change SET grp = ? WHERE code = ? AND number = ?", (group, code, number))
        last = cast(
            "int", self._connection.execute("SELECT coalesce(max(updated), 0) FROM change WHERE code = ?", (code,)).get
        )
        if last > self.state(table):
            self.states[table.name] = last

    def _arrive(self, table: Table) -> int:
        at = self._tick(table)
        if table.arrivals:
            self.states[table.arrivals] = at
        return at

    def _tick(self, table: Table) -> int:
        self._sequence += 1
        self.states[table.name] = self._sequence
        return self._sequence


def _words(text: str) -> str:
    """The text without what is in no word: FTS5 takes a character newer than its tables for a letter."""
    return text if text.isascii() else _NO_WORD.sub(" ", text)
