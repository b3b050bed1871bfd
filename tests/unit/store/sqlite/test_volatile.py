"""The file of the volatile state: shared, bounded, and thrown away when it is no good."""

import io
import json
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from pillarbox.store import Unavailable
from pillarbox.store.sqlite import SQLiteVolatile, volatile
from pillarbox.store.sqlite.volatilefile import VolatileFile
from pillarbox.telemetry import configure

NOW = 1_800_000_000.0


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure("info", "json", stream)
    yield stream
    configure("warn")


@pytest.fixture
def one(tmp_path: Path) -> Iterator[SQLiteVolatile]:
    with closing(SQLiteVolatile(tmp_path)) as one:
        yield one


@pytest.fixture
def other(one: SQLiteVolatile, tmp_path: Path) -> Iterator[SQLiteVolatile]:
    with closing(SQLiteVolatile(tmp_path)) as other:
        yield other


def told(log: io.StringIO) -> list[str]:
    """The events of the log."""
    return [json.loads(line)["event"] for line in log.getvalue().splitlines()]


def share(one: SQLiteVolatile, other: SQLiteVolatile) -> bool:
    """Whether what one takes, the other misses."""
    return one.take(b"shared?", 1, NOW) and not other.take(b"shared?", 1, NOW)


def test_what_a_holder_left_is_free_for_who_takes_its_seat(tmp_path: Path) -> None:
    """Ours: a worker that was killed does not hold up its successor, nor others."""
    killed, other = SQLiteVolatile(tmp_path, seat=0), SQLiteVolatile(tmp_path, seat=1)
    assert killed.take(b"key", 2, 100.0)
    assert other.take(b"key", 2, 100.0)
    assert not other.take(b"key", 2, 100.0)

    successor = SQLiteVolatile(tmp_path, seat=0)

    assert other.take(b"key", 2, 100.0)
    for one in (killed, other, successor):
        one.close()


def test_nobody_else_may_read_it(one: SQLiteVolatile, tmp_path: Path) -> None:
    """Ours: codes are in it."""
    one.mark(b"key", NOW + 1, NOW)

    files = list(tmp_path.glob("volatile*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {path.name for path in files} == {"volatile.db", "volatile.db-wal", "volatile.db-shm", "volatile.lock"}


def test_after_the_file_is_deleted_all_meet_in_a_new_one(
    one: SQLiteVolatile, other: SQLiteVolatile, tmp_path: Path
) -> None:
    """Ours: also where the log and the index that belong to the file are left behind, and in use."""
    assert share(one, other)
    (tmp_path / "volatile.db").unlink()

    one.leave()
    assert share(one, other)
    assert one.hit(b"key", 1, 60, NOW).allowed


def test_who_closes_last_leaves_the_new_file_alone(one: SQLiteVolatile, other: SQLiteVolatile, tmp_path: Path) -> None:
    """Ours: the log of a file is found by its name, and its last user deletes it."""
    (tmp_path / "volatile.db").unlink()
    one.mark(b"key", NOW + 1, NOW)
    other.close()

    assert (tmp_path / "volatile.db-wal").exists()
    assert one.marked(b"key", NOW) == NOW + 1


def test_garbage_is_thrown_away_at_the_start(tmp_path: Path, log: io.StringIO) -> None:
    """Ours: the server starts."""
    (tmp_path / "volatile.db").write_bytes(b"garbage " * 1000)
    with closing(SQLiteVolatile(tmp_path)) as one, closing(SQLiteVolatile(tmp_path)) as other:
        assert share(one, other)

    assert told(log) == ["volatile.renewed"]


def test_a_file_that_is_damaged_in_use_is_thrown_away_once(
    one: SQLiteVolatile, other: SQLiteVolatile, tmp_path: Path, log: io.StringIO
) -> None:
    """Ours: and what was asked is answered."""
    assert share(one, other)
    with closing(apsw.Connection(str(tmp_path / "volatile.db"))) as connection:
        connection.execute("DROP TABLE slot")
    one.leave()

    assert share(one, other)
    assert told(log) == ["volatile.renewed"]


def test_octets_that_are_overwritten_in_use_do_no_lasting_harm(
    one: SQLiteVolatile, tmp_path: Path, log: io.StringIO
) -> None:
    """Ours."""
    for at in range(1000):
        one.mark(b"%d" % at, NOW + 60, NOW)
    with closing(apsw.Connection(str(tmp_path / "volatile.db"))) as connection:
        connection.pragma("wal_checkpoint(TRUNCATE)")
    size = (tmp_path / "volatile.db").stat().st_size
    with (tmp_path / "volatile.db").open("r+b") as file:
        file.write(b"garbage " * (size // 8))
    with closing(SQLiteVolatile(tmp_path)) as other:
        assert other.take(b"key", 1, NOW)
        assert not one.take(b"key", 1, NOW)

    assert "volatile.renewed" in told(log)


def test_a_file_of_another_version_is_thrown_away(tmp_path: Path) -> None:
    """Ours: an upgrade has nothing to do."""
    with closing(SQLiteVolatile(tmp_path)) as one:
        one.mark(b"key", NOW + 60, NOW)
    with closing(apsw.Connection(str(tmp_path / "volatile.db"))) as connection:
        connection.pragma("user_version", 99)

    with closing(SQLiteVolatile(tmp_path)) as one:
        assert one.marked(b"key", NOW) is None
        assert one.take(b"key", 1, NOW)


def test_what_is_locked_for_longer_is_not_available(one: SQLiteVolatile, tmp_path: Path, log: io.StringIO) -> None:
    """Ours: it is not thrown away for that; who only reads does not wait."""
    one.mark(b"key", NOW + 60, NOW)
    with closing(apsw.Connection(str(tmp_path / "volatile.db"))) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            one.take(b"key", 1, NOW)
        assert one.marked(b"key", NOW) == NOW + 60

    assert one.take(b"key", 1, NOW)
    assert told(log) == []


def test_a_call_that_cannot_be_undone_is_not_available_and_harms_no_other(tmp_path: Path) -> None:
    """The worker whose call it is would otherwise end with it."""

    def fails(db: apsw.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO size VALUES (7)")
        # As little as this can be executed on a disk that does not answer.
        db.authorizer = lambda *_: apsw.SQLITE_DENY
        db.execute("COMMIT")

    with closing(VolatileFile(tmp_path / "volatile.db", "CREATE TABLE size (entries)", 1, 0.005)) as file:
        with pytest.raises(Unavailable):
            file.run(fails)

        assert file.run(lambda db: db.execute("SELECT count(*) FROM size").get) == 0


def test_a_folder_that_is_not_there_is_not_available_until_it_is(tmp_path: Path) -> None:
    """Ours: whoever opens it is not stopped by that."""
    folder = tmp_path / "later"
    with closing(SQLiteVolatile(folder)) as one:
        with pytest.raises(Unavailable):
            one.take(b"key", 1, NOW)
        folder.mkdir()

        assert one.take(b"key", 1, NOW)


def test_of_too_many_marks_the_first_to_end_is_dropped(one: SQLiteVolatile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: what strangers can cause has a bound."""
    monkeypatch.setitem(volatile._MOST, volatile._MARK, 3)
    for after in (30, 10, 20, 40):
        one.mark(b"%d" % after, NOW + after, NOW)

    assert [after for after in (10, 20, 30, 40) if one.marked(b"%d" % after, NOW)] == [20, 30, 40]


def test_of_too_many_windows_the_first_to_end_is_dropped(one: SQLiteVolatile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: a hit in a window that is kept drops none."""
    monkeypatch.setitem(volatile._MOST, volatile._RATE, 3)
    for after in (30, 10, 20, 40):
        one.hit(b"%d" % after, 3, after, NOW)
    one.hit(b"40", 3, 40, NOW)

    # Each as it is kept: a new window would be told as one with two more hits to come.
    assert [one.hit(b"%d" % after, 3, after, NOW).left for after in (20, 30, 40)] == [1, 1, 0]


def test_more_slots_than_can_be_kept_are_not_available(one: SQLiteVolatile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours."""
    monkeypatch.setattr(volatile, "MAX_SLOTS", 2)
    one.take(b"a", 1, NOW)
    one.take(b"b", 1, NOW)
    with pytest.raises(Unavailable):
        one.take(b"c", 1, NOW)
    one.give_back(b"a", 1)

    assert one.take(b"c", 1, NOW)


def test_what_ended_is_dropped_in_passing(one: SQLiteVolatile, tmp_path: Path) -> None:
    """Ours: nothing has to sweep."""
    for at in range(40):
        one.hit(b"%d" % at, 1, 1, NOW)
    for at in range(20):
        one.hit(b"later %d" % at, 1, 1, NOW + 10)
    with closing(apsw.Connection(str(tmp_path / "volatile.db"))) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM entry").fetchall()
        (counted,) = connection.execute("SELECT sum(entries) FROM size").fetchall()

    assert kept == counted == (20,)


def test_what_the_dead_had_is_dropped_in_passing(one: SQLiteVolatile, other: SQLiteVolatile, tmp_path: Path) -> None:
    """Ours: also where they had much."""
    for at in range(600):
        one.take(b"%d" % at, 1, NOW)
    for at in range(4):
        other.take(b"later %d" % at, 1, NOW + 60)
    with closing(apsw.Connection(str(tmp_path / "volatile.db"))) as connection:
        (slots,) = connection.execute("SELECT count(*) FROM slot").fetchall()
        (holders,) = connection.execute("SELECT count(*) FROM holder").fetchall()

    assert (slots, holders) == ((4,), (1,))
