"""Full text is written once a unit, however many objects that has: FTS5 holds it back until a statement hinders it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
from tests.toy.notes import TABLES, add

from pillarbox.store.sqlite import SQLiteStore


def test_what_an_import_does_between_two_messages_leaves_full_text_held_back(tmp_path: Path) -> None:
    """A statement with RETURNING, or one that may change many rows and fail half way, has all of it written."""
    with _statements() as seen:
        store = SQLiteStore(tmp_path / "store", TABLES)
        store.create(1)
        with store.write(1) as unit:
            add(unit, at=9, boxes=[1], tags=[], name="the first, which makes the tables", title="garden")
        seen.clear()
        with store.write(1) as unit:
            for at in range(3):
                assert unit.once(b"key %d" % at, 100, 50)
                add(unit, at=at, boxes=[1], tags=["x"], name=f"note {at}", title=f"garden {at}")
                unit.hold(unit.add_blob(b"octets %d" % at, 0).number)
            before = _writes(seen)
        after = _writes(seen)
        store.close()
    assert before == 0
    assert after > 0


def _writes(seen: list[str]) -> int:
    return sum(sql.startswith("REPLACE INTO") and "_data'" in sql for sql in seen)


@contextmanager
def _statements() -> Iterator[list[str]]:
    """All SQL of connections made in this block, that of virtual tables included."""
    seen: list[str] = []

    def note(event: dict[str, Any]) -> None:
        seen.append(event["sql"])

    def watch(connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, note)

    apsw.connection_hooks.append(watch)
    try:
        yield seen
    finally:
        apsw.connection_hooks.remove(watch)
