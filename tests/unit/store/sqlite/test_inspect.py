"""Each kind of damage, seeded into the file: an inspection tells it, and a rebuild mends what can be."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest
from tests.toy.notes import NOTE, TABLES, add, change, document

from pillarbox.store import Column, Document, Entry, Equal, Member, Select, SetIndex, Table, Text
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.wire.words import phrases


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[SQLiteStore]:
    store = SQLiteStore(folder, TABLES)
    store.create(1)
    with store.write(1) as unit:
        for at in range(4):
            add(unit, at=at, boxes=[1, 2], tags=["x"], name=f"note {at}", title="garden")
        unit.hold(unit.add_blob(b"octets", 0).number)
    yield store
    store.close()


DAMAGE = {
    "columns": "UPDATE \"i_Note\" SET name = 'other' WHERE number = 2",
    "missing columns": 'DELETE FROM "i_Note" WHERE number = 2',
    "columns of nothing": 'INSERT INTO "i_Note" (number) VALUES (99)',
    "a missing member": 'DELETE FROM "s_Note_box" WHERE number = 2 AND value = 1',
    "a member too many": 'INSERT INTO "s_Note_box" VALUES (9, 0, 2, 2)',
    "a member at another place": 'UPDATE "s_Note_box" SET place = 77 WHERE number = 2 AND value = 1',
    "totals": 'UPDATE "n_Note_box" SET total = total + 1 WHERE value = 1',
    "a total of nothing": 'INSERT INTO "n_Note_box" VALUES (99, 3)',
    "an object not in the log": "DELETE FROM change WHERE number = 2",
    "an object gone for the log": "UPDATE change SET destroyed = updated WHERE number = 2",
    "an object only in the log": "INSERT INTO change VALUES (1, 77, 1, 1, 1, NULL, 1)",
    "a held size": "UPDATE account SET held_size = 1",
    "a next number": "UPDATE account SET next_number = 1",
    "a sequence": "UPDATE account SET sequence = 1",
    "a state behind the log": "UPDATE account SET kinds = json_set(kinds, '$.Note[1]', 1)",
    "another group in the log": "UPDATE change SET grp = 99 WHERE number = 2",
    "a second document of nothing": "INSERT INTO \"a_Note\" VALUES (99, '{}')",
    "text of nothing": "INSERT INTO \"t_Note\" (rowid, title) VALUES (99, 'garden')",
    "a missing table": 'DROP TABLE "s_Note_tag"',
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_and_mended(store: SQLiteStore, folder: Path, damage: str) -> None:
    with store.read(1) as unit:
        assert list(unit.inspect(TABLES)) == []
    store.close()
    connection = apsw.Connection(str(folder / "accounts" / "1" / "account.db"))
    connection.execute(DAMAGE[damage])
    connection.close()

    again = SQLiteStore(folder, TABLES)
    with again.read(1) as unit:
        findings = list(unit.inspect(TABLES))
        assert findings
        assert {finding.account for finding in findings} == {1}
    with again.write(1) as unit:
        unit.rebuild(TABLES)
        assert list(unit.inspect(TABLES)) == []
    with again.read(1) as unit:
        assert list(unit.inspect(TABLES)) == []
        assert unit.page(NOTE, Select(Member("box", 1)), 0, 9) == [1, 2, 3, 4]
        assert unit.held_size() == 6
    with again.write(1) as unit:
        assert add(unit) not in (1, 2, 3, 4, 5)
    again.close()


def test_an_object_whose_text_is_missing_is_told(store: SQLiteStore, folder: Path) -> None:
    store.close()
    connection = apsw.Connection(str(folder / "accounts" / "1" / "account.db"))
    connection.execute('DELETE FROM "t_Note" WHERE rowid = 2')
    connection.close()
    again = SQLiteStore(folder, TABLES)
    with again.read(1) as unit:
        assert [finding.problem for finding in unit.inspect(TABLES)] == ["object 2 is not searchable"]
    again.close()


def _entry_with_more(document: object) -> Entry:
    entry = NOTE.entry(document)  # type: ignore[arg-type]
    return Entry({**entry.columns, "length": len(str(entry.columns["name"]))}, {**entry.sets, "even": {"yes"}})


def test_indexes_are_made_anew_when_the_declaration_has_more_of_them(store: SQLiteStore, folder: Path) -> None:
    with store.read(1) as unit:
        state = unit.state(NOTE)
    store.close()
    more = replace(
        NOTE,
        entry=_entry_with_more,
        columns=(*NOTE.columns, Column("length", "integer", sorted=True)),
        sets=(*NOTE.sets, SetIndex("even", "text", ordered_by="length")),
    )
    for _ in range(2):
        again = SQLiteStore(folder, [more])
        with again.read(1) as unit:
            assert unit.page(more, Select(Equal("length", 6)), 0, 9) == [1, 2, 3, 4]
            assert unit.count(more, Select(Member("even", "yes"))) == 4
            assert unit.page(more, Select(Text((), phrases("garden"))), 0, 9) == [1, 2, 3, 4]
            assert unit.state(more) == state
            assert list(unit.inspect([more])) == []
        with again.write(1) as unit:
            unit.update(more, 1, document(1, 0, "note 0", [1, 2], ["x"]), document(1, 0, "note 0", [1, 2], ["x"]))
            state = unit.state(more)
        again.close()
    before = SQLiteStore(folder, TABLES)
    with before.write(1) as unit:
        change(unit, 1, name="back")
        assert list(unit.inspect(TABLES)) == []
    before.close()


def test_indexes_are_made_anew_when_the_declaration_says_that_they_mean_something_else(
    store: SQLiteStore, folder: Path
) -> None:
    store.close()

    def shouted(document: Document) -> Entry:
        entry = NOTE.entry(document)
        return Entry({**entry.columns, "name": str(entry.columns["name"]).upper()}, entry.sets)

    again = SQLiteStore(folder, [replace(NOTE, entry=shouted, version=2)])
    with again.read(1) as unit:
        assert unit.page(NOTE, Select(Equal("name", "NOTE 0")), 0, 9) == [1]
        assert list(unit.inspect([replace(NOTE, entry=shouted)])) == []
    again.close()


def test_columns_are_written_by_their_names_whatever_their_order_in_the_file(store: SQLiteStore, folder: Path) -> None:
    store.close()
    connection = apsw.Connection(str(folder / "accounts" / "1" / "account.db"))
    connection.execute('DROP TABLE "i_Note"')
    connection.execute('CREATE TABLE "i_Note" (name TEXT, thread INTEGER, number INTEGER PRIMARY KEY, at INTEGER)')
    connection.close()
    again = SQLiteStore(folder, TABLES)
    with again.write(1) as unit:
        number = add(unit, at=7, name="seven")
        assert unit.page(NOTE, Select(Equal("name", "seven")), 0, 9) == [number]
        assert f"object {number}: its columns are not what its document says" not in [
            finding.problem for finding in unit.inspect([NOTE])
        ]
    again.close()


def test_text_of_other_fields_begins_empty_and_is_told(store: SQLiteStore, folder: Path) -> None:
    store.close()
    more = replace(NOTE, text=("title", "body", "sender"))
    again = SQLiteStore(folder, [more])
    with again.write(1) as unit:
        number = unit.fresh()
        unit.insert(more, number, document(number), text={"sender": "alice"})
        assert unit.page(more, Select(Text(("sender",), phrases("alice"))), 0, 9) == [number]
        assert len(list(unit.inspect([more]))) == 4
    again.close()


def test_a_type_that_gets_text_and_a_type_that_is_no_more_do_no_harm(tmp_path: Path) -> None:
    plain = Table("Leaf", lambda _: Entry({}, {}))
    store = SQLiteStore(tmp_path, [plain, NOTE])
    store.create(1)
    with store.write(1) as unit:
        unit.insert(plain, unit.fresh(), {})
        add(unit)
    store.close()
    with_text = replace(plain, text=("body",))
    store = SQLiteStore(tmp_path, [with_text])
    with store.write(1) as unit:
        unit.insert(with_text, unit.fresh(), {}, text={"body": "garden"})
        assert unit.count(with_text, Select(Text((), phrases("garden")))) == 1
        unit.delete(with_text, 1, {})
        assert list(unit.inspect([with_text])) == []
    store.close()
