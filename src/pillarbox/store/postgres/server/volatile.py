"""What servers on one database share and may lose (adr/0024): each call one exchange with the database.

Tables are unlogged, so a commit waits for no disk, and a crash empties them. Statements of one call travel together
and are one transaction, in which each sees what was committed when it began. All raise Unavailable, StoreError.
"""

from hashlib import blake2b

from pillarbox.store.postgres.server.making import make_apart
from pillarbox.store.postgres.session import Row, Session
from pillarbox.store.volatile import LEASE, WANTED

__all__ = [
    "CODE",
    "MARK",
    "RATE",
    "SLOT",
    "crowd",
    "drop_soonest",
    "give_back",
    "hit",
    "keep",
    "leave",
    "make_volatile",
    "mark",
    "marked",
    "redeem",
    "renew",
    "sweep",
    "take",
    "wait_at_most",
    "wanted",
]

RATE, CODE, MARK, SLOT = 1, 2, 3, 4
"""Kinds of entries; slots have a table of their own."""
_BURIED = 16
"""Dead holders whose slots are dropped at once; they count for nothing before."""
_MAX_WANTED = 1000

_TABLES = """
CREATE UNLOGGED TABLE IF NOT EXISTS volatile_holder (id bigint PRIMARY KEY, until double precision NOT NULL);
CREATE UNLOGGED TABLE IF NOT EXISTS volatile_slot (
    key bytea NOT NULL,
    holder bigint NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (key, holder)
);
CREATE INDEX IF NOT EXISTS volatile_slot_holder ON volatile_slot (holder);
CREATE UNLOGGED TABLE IF NOT EXISTS volatile_want (
    key bytea NOT NULL,
    holder bigint NOT NULL,
    until double precision NOT NULL,
    PRIMARY KEY (key, holder)
);
CREATE UNLOGGED TABLE IF NOT EXISTS volatile_entry (
    kind bigint NOT NULL,
    key bytea NOT NULL,
    until double precision NOT NULL,
    number bigint,
    octets bytea,
    PRIMARY KEY (kind, key)
);
CREATE INDEX IF NOT EXISTS volatile_entry_until ON volatile_entry (kind, until);
"""

# A lease that ends later than any could was given before the clock was set back.
_ALIVE = "h.until > {now}::float8 AND h.until < {now}::float8 + " + str(2 * LEASE)

_TAKE = f"""
WITH taken AS (
    SELECT coalesce(sum(s.count), 0) AS count
    FROM volatile_slot s
    JOIN volatile_holder h ON h.id = s.holder
    WHERE s.key = $1 AND {_ALIVE.format(now="$4")}
), mine AS (
    INSERT INTO volatile_slot AS s (key, holder, count)
    SELECT $1::bytea, $2::bigint, 1
    FROM taken
    WHERE taken.count < $3::bigint
    ON CONFLICT (key, holder) DO UPDATE SET count = s.count + 1
    RETURNING 1
), alive AS (
    INSERT INTO volatile_holder (id, until)
    SELECT $2::bigint, $4::float8 + {LEASE}
    FROM mine
    ON CONFLICT (id) DO UPDATE SET until = excluded.until
), unwanted AS (
    DELETE FROM volatile_want
    WHERE key = $1 AND holder = $2 AND EXISTS (SELECT 1 FROM mine)
), wanted AS (
    INSERT INTO volatile_want (key, holder, until)
    SELECT $1::bytea, $2::bigint, $4::float8 + {WANTED}
    WHERE NOT EXISTS (SELECT 1 FROM mine) AND (SELECT count(*) FROM volatile_want) < {_MAX_WANTED}
    ON CONFLICT (key, holder) DO UPDATE SET until = excluded.until
)
SELECT 1
FROM mine
"""
_LOST = f"""
DELETE FROM volatile_slot
WHERE holder = $1
AND NOT EXISTS (SELECT 1 FROM volatile_holder h WHERE h.id = $1 AND {_ALIVE.format(now="$2")})
"""
_WANTED = """
SELECT w.key, min(coalesce(t.count, 0))::bigint
FROM volatile_want w
JOIN volatile_slot m ON m.key = w.key AND m.holder = $1
LEFT JOIN volatile_slot t ON t.key = w.key AND t.holder = w.holder
WHERE w.holder <> $1 AND w.until > $2::float8
GROUP BY w.key
"""
_FORGET = """
DELETE FROM volatile_want
WHERE (key, holder) IN (
    SELECT key, holder FROM volatile_want WHERE until <= $1::float8 LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""
_BURY = f"""
WITH dead AS (
    SELECT h.id
    FROM volatile_holder h
    WHERE h.id <> $1 AND NOT ({_ALIVE.format(now="$2")})
    LIMIT {_BURIED}
    FOR UPDATE SKIP LOCKED
), slots AS (
    DELETE FROM volatile_slot s USING dead WHERE s.holder = dead.id
), wants AS (
    DELETE FROM volatile_want w USING dead WHERE w.holder = dead.id
)
DELETE FROM volatile_holder h USING dead WHERE h.id = dead.id
"""
# One that ends later than any could was begun before the clock was set back.
_GOES_ON = "e.until > $4::float8 AND e.until <= $4::float8 + $3::float8"
_HIT = f"""
WITH counted AS (
    INSERT INTO volatile_entry AS e (kind, key, until, number)
    SELECT {RATE}, $1::bytea, $4::float8 + $3::float8, 1
    WHERE $2::bigint > 0
    ON CONFLICT (kind, key) DO UPDATE SET
        until = CASE WHEN {_GOES_ON} THEN e.until ELSE excluded.until END,
        number = CASE WHEN {_GOES_ON} THEN e.number + 1 ELSE 1 END
    WHERE e.number < $2::bigint OR NOT ({_GOES_ON})
    RETURNING until, number
)
SELECT until, number
FROM counted
UNION ALL
SELECT e.until, NULL
FROM volatile_entry e
WHERE e.kind = {RATE} AND e.key = $1 AND {_GOES_ON} AND NOT EXISTS (SELECT 1 FROM counted)
"""


def make_volatile(session: Session) -> None:
    """The tables are there."""
    make_apart(session, "volatile", _TABLES)


def wait_at_most(session: Session, seconds: float) -> None:
    """From now on it waits no longer for others."""
    session.ask("SELECT set_config('lock_timeout', $1, false)", f"{max(1, int(seconds * 1000))}ms")


def take(session: Session, holder: int, key: bytes, most: int, now: float) -> bool:
    """`Counts.take`."""
    # Those who take of one key do so one after the other; each sees what the one before has taken.
    session.tell("SELECT pg_advisory_xact_lock($1)", _lock(key))
    session.tell(_LOST, holder, repr(now))
    return bool(session.ask(_TAKE, key, holder, most, repr(now)))


def give_back(session: Session, holder: int, key: bytes, count: int) -> None:
    """`Counts.give_back`."""
    session.tell("UPDATE volatile_slot SET count = count - $3 WHERE key = $1 AND holder = $2", key, holder, count)
    session.ask("DELETE FROM volatile_slot WHERE key = $1 AND holder = $2 AND count <= 0", key, holder)


def wanted(session: Session, holder: int, now: float) -> dict[bytes, int]:
    """`Counts.wanted`."""
    session.tell(_FORGET, repr(now))
    return dict(session.ask(_WANTED, holder, repr(now)))


def renew(session: Session, holder: int, now: float) -> bool:
    """`Counts.renew`; and some of those that did not are buried."""
    session.tell(_BURY, holder, repr(now))
    alive = _ALIVE.format(now="$2")
    renewed = session.ask(
        f"UPDATE volatile_holder h SET until = $2::float8 + {LEASE} WHERE h.id = $1 AND {alive} RETURNING 1",
        holder,
        repr(now),
    )
    return bool(renewed)


def leave(session: Session, holder: int) -> None:
    """`Counts.leave`."""
    # In the order of whoever buries it.
    session.tell("DELETE FROM volatile_holder WHERE id = $1", holder)
    session.tell("DELETE FROM volatile_slot WHERE holder = $1", holder)
    session.ask("DELETE FROM volatile_want WHERE holder = $1", holder)


def hit(session: Session, key: bytes, most: int, window: float, now: float) -> Row | None:
    """When the window ends, and how many hits it has with this one, None if this one is too many.

    None in all where no window has begun and none may.
    """
    rows = session.ask(_HIT, key, most, repr(window), repr(now))
    return rows[0] if rows else None


def keep(session: Session, key: bytes, octets: bytes, until: float, now: float) -> bool:
    """`Codes.keep`, whatever room there is."""
    kept = session.ask(
        f"INSERT INTO volatile_entry AS e (kind, key, until, octets) VALUES ({CODE}, $1, $3::float8, $2)"
        " ON CONFLICT (kind, key) DO UPDATE SET until = excluded.until, octets = excluded.octets"
        " WHERE e.until <= $4::float8"
        " RETURNING 1",
        key,
        octets,
        repr(until),
        repr(now),
    )
    return bool(kept)


def redeem(session: Session, key: bytes, now: float) -> bytes | None:
    """`Codes.redeem`."""
    rows = session.ask(f"DELETE FROM volatile_entry WHERE kind = {CODE} AND key = $1 RETURNING until, octets", key)
    return rows[0][1] if rows and rows[0][0] > now else None


def mark(session: Session, key: bytes, until: float, now: float) -> None:
    """`Marks.mark`, whatever room there is."""
    if until <= now:
        session.ask(f"DELETE FROM volatile_entry WHERE kind = {MARK} AND key = $1", key)
        return
    session.ask(
        f"INSERT INTO volatile_entry (kind, key, until) VALUES ({MARK}, $1, $2::float8)"
        " ON CONFLICT (kind, key) DO UPDATE SET until = excluded.until",
        key,
        repr(until),
    )


def marked(session: Session, key: bytes, now: float) -> float | None:
    """`Marks.marked`."""
    rows = session.ask(
        f"SELECT until FROM volatile_entry WHERE kind = {MARK} AND key = $1 AND until > $2::float8", key, repr(now)
    )
    return float(rows[0][0]) if rows else None


def crowd(session: Session, kind: int) -> int:
    """How many there are of a kind: takes milliseconds where there are many."""
    if kind == SLOT:
        ((count,),) = session.ask("SELECT count(*) FROM volatile_slot")
    else:
        ((count,),) = session.ask("SELECT count(*) FROM volatile_entry WHERE kind = $1", kind)
    return int(count)


def sweep(session: Session, kind: int, now: float, some: int) -> None:
    """Drops a few entries that have ended, the oldest first."""
    _drop(session, kind, now, some)


def drop_soonest(session: Session, kind: int, some: int) -> None:
    """Drops those entries that would end first."""
    _drop(session, kind, float("inf"), some)


def _drop(session: Session, kind: int, until: float, some: int) -> None:
    # What another call is about to change is left alone, and nobody waited for.
    session.ask(
        "DELETE FROM volatile_entry WHERE kind = $1 AND key IN ("
        "SELECT key FROM volatile_entry WHERE kind = $1 AND until <= $2::float8"
        " ORDER BY until LIMIT $3 FOR UPDATE SKIP LOCKED)",
        kind,
        repr(until),
        some,
    )


def _lock(key: bytes) -> int:
    """The number of the key's advisory lock."""
    return int.from_bytes(blake2b(key, digest_size=8, person=b"pillarbox").digest(), "big", signed=True)
