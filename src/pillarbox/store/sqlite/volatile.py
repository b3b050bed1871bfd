"""The volatile state of the processes on one machine: one small SQLite file, never synced (adr/0024).

A call is one transaction of a few look-ups, 10 to 40 microseconds, so it may be made on an event loop; what it
waits for others is bounded by PATIENCE.
"""

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import apsw

from pillarbox.store.error import Unavailable
from pillarbox.store.sqlite.volatilefile import VolatileFile
from pillarbox.store.volatile import (
    LEASE,
    MAX_CODE,
    MAX_CODES,
    MAX_KEY,
    MAX_MARKS,
    MAX_RATES,
    MAX_SLOTS,
    PATIENCE,
    WANTED,
    Hit,
)

__all__ = ["SQLiteVolatile"]

T = TypeVar("T")

_VERSION = 1
_RATE, _CODE, _MARK, _SLOT = 1, 2, 3, 4
_MOST = {_RATE: MAX_RATES, _CODE: MAX_CODES, _MARK: MAX_MARKS, _SLOT: MAX_SLOTS}
_SWEEP = 4
"""Ended entries that are dropped for each new one; more than one, so that they become fewer."""
_SWEEP_SLOTS = 256
_MAX_WANTED = 1000

# Sizes are counted by triggers: counting 100,000 rows takes milliseconds.
_SCHEMA = f"""
CREATE TABLE holder (id INTEGER PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE slot (key BLOB, holder INTEGER, count INTEGER NOT NULL, PRIMARY KEY (key, holder)) WITHOUT ROWID;
CREATE INDEX slot_holder ON slot (holder);
CREATE TABLE want (key BLOB, holder INTEGER, until REAL NOT NULL, PRIMARY KEY (key, holder)) WITHOUT ROWID;
CREATE TABLE entry (
    kind INTEGER, key BLOB, until REAL NOT NULL, number INTEGER, octets BLOB, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX entry_until ON entry (kind, until);
CREATE TABLE size (kind INTEGER PRIMARY KEY, entries INTEGER NOT NULL);
INSERT INTO size VALUES ({_RATE}, 0), ({_CODE}, 0), ({_MARK}, 0), ({_SLOT}, 0);
CREATE TRIGGER entry_new AFTER INSERT ON entry
BEGIN UPDATE size SET entries = entries + 1 WHERE kind = new.kind; END;
CREATE TRIGGER entry_gone AFTER DELETE ON entry
BEGIN UPDATE size SET entries = entries - 1 WHERE kind = old.kind; END;
CREATE TRIGGER slot_new AFTER INSERT ON slot
BEGIN UPDATE size SET entries = entries + 1 WHERE kind = {_SLOT}; END;
CREATE TRIGGER slot_gone AFTER DELETE ON slot
BEGIN UPDATE size SET entries = entries - 1 WHERE kind = {_SLOT}; END;
"""

# A lease that ends later than any could was given before the clock was set back.
_ALIVE = f"holder.until > :now AND holder.until < :now + {2 * LEASE}"
_TAKEN = f"""
SELECT coalesce(sum(slot.count), 0)
FROM slot JOIN holder ON holder.id = slot.holder
WHERE slot.key = :key AND {_ALIVE}
"""
_WANTED = """
SELECT want.key, min(coalesce(theirs.count, 0))
FROM want
JOIN slot AS mine ON mine.key = want.key AND mine.holder = :me
LEFT JOIN slot AS theirs ON theirs.key = want.key AND theirs.holder = want.holder
WHERE want.holder <> :me AND want.until > :now
GROUP BY want.key
"""


class SQLiteVolatile:
    """`store.Volatile` in a folder's file `volatile.db`.

    `seat` is a number from 0 that no other holder has at the same time: what whoever had it before did not give back,
    because it was killed, is free at once. Where two do have it for a moment, one finds its slots lost and begins anew.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE, seat: int | None = None) -> None:
        self._place = str(folder / "volatile.db")
        self._patience = patience
        self._me = secrets.randbits(62) if seat is None else seat
        self._lock = threading.Lock()
        self._closed = False
        self._file = VolatileFile(folder / "volatile.db", _SCHEMA, _VERSION, patience)
        if seat is not None:
            # Should this fail, what was left is free after LEASE, as that of others.
            with suppress(Unavailable):
                self.leave()

    def take(self, key: bytes, most: int, now: float) -> bool:
        known = {"key": _checked(key), "me": self._me, "now": now}

        def write(db: apsw.Connection) -> bool:
            _bury(db, now)
            if db.execute(_TAKEN, known).get >= most:
                db.execute("DELETE FROM want WHERE until <= ?", (now,))
                db.execute(
                    "INSERT INTO want SELECT ?, ?, ? WHERE (SELECT count(*) FROM want) < ? "
                    "ON CONFLICT DO UPDATE SET until = excluded.until",
                    (key, self._me, now + WANTED, _MAX_WANTED),
                )
                return False
            if _size(db, _SLOT) >= MAX_SLOTS:
                raise Unavailable(f"{self._place}: more than {MAX_SLOTS} slots are taken")
            db.execute("INSERT OR REPLACE INTO holder VALUES (?, ?)", (self._me, now + LEASE))
            db.execute("INSERT INTO slot VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1", (key, self._me))
            db.execute("DELETE FROM want WHERE key = :key AND holder = :me", known)
            return True

        return self._writing(write)

    def give_back(self, key: bytes, count: int) -> None:
        known = {"key": _checked(key), "me": self._me, "count": count}

        def write(db: apsw.Connection) -> None:
            db.execute("UPDATE slot SET count = count - :count WHERE key = :key AND holder = :me", known)
            db.execute("DELETE FROM slot WHERE key = :key AND holder = :me AND count <= 0", known)

        self._writing(write)

    def wanted(self, now: float) -> dict[bytes, int]:
        return self._reading(lambda db: dict(db.execute(_WANTED, {"me": self._me, "now": now})))

    def renew(self, now: float) -> bool:
        def write(db: apsw.Connection) -> bool:
            _bury(db, now)
            db.execute(f"UPDATE holder SET until = :now + {LEASE} WHERE id = :me AND {_ALIVE}", known)
            return db.changes() > 0

        known = {"me": self._me, "now": now}
        return self._writing(write)

    def leave(self) -> None:
        def write(db: apsw.Connection) -> None:
            for table, column in (("slot", "holder"), ("want", "holder"), ("holder", "id")):
                db.execute(f"DELETE FROM {table} WHERE {column} = ?", (self._me,))

        self._writing(write)

    def hit(self, key: bytes, most: int, window: float, now: float) -> Hit:
        _checked(key)

        def read(db: apsw.Connection) -> Hit:
            ends, count = db.execute(
                "SELECT until, number FROM entry WHERE kind = ? AND key = ?", (_RATE, key)
            ).get or (
                0.0,
                0,
            )
            # One that ends later than any could was begun before the clock was set back.
            if not now < ends <= now + window:
                ends, count = now + window, 0
            return Hit(count < most, max(0, most - count - 1), ends)

        def write(db: apsw.Connection) -> Hit:
            told = read(db)
            if told.allowed:
                if told.left == most - 1:
                    self._make_room(db, _RATE, now)
                # No REPLACE, for which the trigger that counts would not fire.
                db.execute(
                    "INSERT INTO entry VALUES (?, ?, ?, ?, NULL) "
                    "ON CONFLICT DO UPDATE SET until = excluded.until, number = excluded.number",
                    (_RATE, key, told.ends, most - told.left),
                )
            return told

        # A flood of what is refused then waits for nobody, and keeps nobody waiting.
        told = self._reading(read)
        return self._writing(write) if told.allowed else told

    def keep(self, key: bytes, octets: bytes, until: float, now: float) -> bool:
        _checked(key)
        if len(octets) > MAX_CODE:
            raise ValueError(f"a code has no more than {MAX_CODE} octets")

        def write(db: apsw.Connection) -> bool:
            db.execute("DELETE FROM entry WHERE kind = ? AND key = ? AND until <= ?", (_CODE, key, now))
            if db.execute("SELECT 1 FROM entry WHERE kind = ? AND key = ?", (_CODE, key)).get:
                return False
            self._make_room(db, _CODE, now)
            db.execute("INSERT INTO entry VALUES (?, ?, ?, NULL, ?)", (_CODE, key, until, octets))
            return True

        return self._writing(write)

    def redeem(self, key: bytes, now: float) -> bytes | None:
        _checked(key)

        def write(db: apsw.Connection) -> bytes | None:
            kept = db.execute("DELETE FROM entry WHERE kind = ? AND key = ? RETURNING until, octets", (_CODE, key)).get
            return kept[1] if kept is not None and kept[0] > now else None

        return self._writing(write)

    def mark(self, key: bytes, until: float, now: float) -> None:
        _checked(key)

        def write(db: apsw.Connection) -> None:
            db.execute("DELETE FROM entry WHERE kind = ? AND key = ?", (_MARK, key))
            if until > now:
                self._make_room(db, _MARK, now)
                db.execute("INSERT INTO entry VALUES (?, ?, ?, NULL, NULL)", (_MARK, key, until))

        self._writing(write)

    def marked(self, key: bytes, now: float) -> float | None:
        known = (_MARK, _checked(key), now)

        def read(db: apsw.Connection) -> float | None:
            for (until,) in db.execute("SELECT until FROM entry WHERE kind = ? AND key = ? AND until > ?", known):
                return float(until)
            return None

        return self._reading(read)

    def close(self) -> None:
        if not self._closed:
            # Where that fails, the lease runs out.
            with suppress(Unavailable):
                self.leave()
            with self._lock:
                self._closed = True
                self._file.close()

    def _make_room(self, db: apsw.Connection, kind: int, now: float) -> None:
        """Room for one more entry of a kind. Raises Unavailable if there are too many codes."""
        delete = (
            "DELETE FROM entry WHERE kind = :kind AND key IN "
            "(SELECT key FROM entry WHERE kind = :kind AND until <= :until ORDER BY until LIMIT :some)"
        )
        db.execute(delete, {"kind": kind, "until": now, "some": _SWEEP})
        if _size(db, kind) >= _MOST[kind]:
            if kind == _CODE:
                raise Unavailable(f"{self._place}: more than {MAX_CODES} codes wait")
            db.execute(delete, {"kind": kind, "until": float("inf"), "some": 1})

    def _writing(self, write: Callable[[apsw.Connection], T]) -> T:
        def transaction(db: apsw.Connection) -> T:
            db.execute("BEGIN IMMEDIATE")
            told = write(db)
            db.execute("COMMIT")
            return told

        return self._reading(transaction)

    def _reading(self, call: Callable[[apsw.Connection], T]) -> T:
        if not self._lock.acquire(timeout=self._patience):
            raise Unavailable(f"{self._place}: other threads did not finish in time")
        try:
            if self._closed:
                raise Unavailable(f"{self._place} is closed")
            return self._file.run(call)
        finally:
            self._lock.release()


def _checked(key: bytes) -> bytes:
    if len(key) > MAX_KEY:
        raise ValueError(f"a key has no more than {MAX_KEY} octets")
    return key


def _size(db: apsw.Connection, kind: int) -> int:
    return int(db.execute("SELECT entries FROM size WHERE kind = ?", (kind,)).get)


def _bury(db: apsw.Connection, now: float) -> None:
    """Drops some of what a holder has that is no more; its slots count for nothing already."""
    dead = db.execute(f"SELECT id FROM holder WHERE NOT ({_ALIVE}) LIMIT 1", {"now": now}).get
    if dead is None:
        return
    db.execute(
        "DELETE FROM slot WHERE holder = :dead AND key IN (SELECT key FROM slot WHERE holder = :dead LIMIT :some)",
        {"dead": dead, "some": _SWEEP_SLOTS},
    )
    if db.changes() < _SWEEP_SLOTS:
        db.execute("DELETE FROM want WHERE holder = ?", (dead,))
        db.execute("DELETE FROM holder WHERE id = ?", (dead,))
