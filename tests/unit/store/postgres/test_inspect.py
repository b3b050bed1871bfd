"""Each kind of damage, seeded into the database: an inspection tells it, and a rebuild mends what can be."""

from dataclasses import replace

import pytest
from tests.neighbour.postgres import Cluster
from tests.toy.clock import Clock
from tests.toy.notes import NOTE, TABLES, add, change, unneeded
from tests.unit.store.postgres.conftest import Opens

from pillarbox.store import (
    Blob,
    Column,
    Document,
    Entry,
    Equal,
    Member,
    Order,
    Select,
    SetIndex,
    StoreError,
    Text,
    Unavailable,
)
from pillarbox.store.postgres import Place, PostgresStore
from pillarbox.wire.words import indexable, phrases

LARGE = bytes(range(256)) * 3000


@pytest.fixture
def filled(store: PostgresStore) -> PostgresStore:
    with store.write(1) as unit:
        for at in range(4):
            add(unit, at=at, boxes=[1, 2], tags=["x"], name=f"note {at}", title="garden")
        unit.hold(unit.add_blob(b"octets", 0).number)
    return store


DAMAGE = {
    "columns": "UPDATE \"i_Note\" SET name = 'other' WHERE number = 2",
    "missing columns": 'DELETE FROM "i_Note" WHERE number = 2',
    "columns of nothing": 'INSERT INTO "i_Note" (account_id, number) VALUES (1, 99)',
    "a missing member": 'DELETE FROM "s_Note_box" WHERE number = 2 AND value = 1',
    "a member too many": 'INSERT INTO "s_Note_box" VALUES (1, 9, 0, 2, 2)',
    "a member at another place": 'UPDATE "s_Note_box" SET place = 77 WHERE number = 2 AND value = 1',
    "a member of another group": 'UPDATE "s_Note_box" SET grp = 77 WHERE number = 2 AND value = 1',
    "totals": 'UPDATE "n_Note_box" SET total = total + 1 WHERE value = 1',
    "a total of nothing": 'INSERT INTO "n_Note_box" VALUES (1, 99, 3)',
    "an object not in the log": "DELETE FROM change WHERE number = 2",
    "an object gone for the log": "UPDATE change SET destroyed = updated WHERE number = 2",
    "an object only in the log": "INSERT INTO change VALUES (1, 1, 77, 1, 1, 1, NULL, 1)",
    "a held size": "UPDATE account SET held_size = 1",
    "a next number": "UPDATE account SET next_number = 1",
    "a sequence": "UPDATE account SET sequence = 1",
    "another group in the log": "UPDATE change SET grp = 99 WHERE number = 2",
    "a second document of nothing": "INSERT INTO \"a_Note\" VALUES (1, 99, '{}')",
    "text of nothing": "INSERT INTO \"t_Note\" (account_id, number, words, is_cut) VALUES (1, 99, 'agarden', FALSE)",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_and_mended(filled: PostgresStore, postgres: Cluster, place: Place, damage: str) -> None:
    with filled.read(1) as unit:
        assert list(unit.inspect(TABLES)) == []
    postgres.sql(place, DAMAGE[damage])
    with filled.read(1) as unit:
        findings = list(unit.inspect(TABLES))
        assert findings
        assert {finding.account for finding in findings} == {1}
    with filled.write(1) as unit:
        unit.rebuild(TABLES)
        assert list(unit.inspect(TABLES)) == []
    with filled.read(1) as unit:
        assert list(unit.inspect(TABLES)) == []
        assert unit.page(NOTE, Select(Member("box", 1)), 0, 9) == [1, 2, 3, 4]
        assert unit.held_size() == 6
    with filled.write(1) as unit:
        assert add(unit) not in (1, 2, 3, 4, 5)


def test_documents_of_a_type_that_the_account_does_not_know_are_told(
    filled: PostgresStore, postgres: Cluster, place: Place
) -> None:
    """Ours: or whoever asks for them would be told that there are none."""
    postgres.sql(place, "UPDATE account SET kinds = '{}'")
    with filled.read(1) as unit:
        (finding,) = [one for one in unit.inspect(TABLES) if one.place == "file"]
    assert finding.problem == "it has documents of Note, and does not know that type any more"


def test_an_object_whose_text_is_missing_is_told(filled: PostgresStore, postgres: Cluster, place: Place) -> None:
    postgres.sql(place, 'DELETE FROM "t_Note" WHERE number = 2')
    with filled.read(1) as unit:
        assert [finding.problem for finding in unit.inspect(TABLES)] == ["object 2 is not searchable"]


@pytest.mark.parametrize(
    "damage", ["DELETE FROM piece WHERE at > 0", "UPDATE piece SET octets = overlay(octets PLACING '\\x00' FROM 5)"]
)
def test_octets_that_are_missing_or_not_what_they_were_are_told(
    store: PostgresStore, postgres: Cluster, place: Place, damage: str
) -> None:
    with store.write(1) as unit:
        blob = unit.add_blob(LARGE, 0)
    postgres.sql(place, damage)
    with store.read(1) as unit:
        told = unit.verify(blob)
    assert told is not None
    assert f"blob {blob.number} " in told


def test_octets_that_are_missing_are_no_passing_failure(store: PostgresStore, postgres: Cluster, place: Place) -> None:
    with store.write(1) as unit:
        blob = unit.add_blob(LARGE, 0)
    postgres.sql(place, "DELETE FROM piece WHERE at > 0")
    with store.read(1) as unit:
        reader = unit.open(blob)
        with pytest.raises(StoreError) as raised:
            unit.octets(blob, 0, len(LARGE))
        assert not isinstance(raised.value, Unavailable)
    with pytest.raises(StoreError):
        reader.read(len(LARGE))


def test_octets_of_no_blob_are_told_and_swept(store: PostgresStore, postgres: Cluster, place: Place) -> None:
    postgres.sql(place, "INSERT INTO piece VALUES (1, 77, 0, 'octets')")
    with store.read(1) as unit:
        assert [finding.place for finding in unit.inspect([])] == ["blobs"]
    assert store.sweep(1, lambda _: True) == 0
    assert store.sweep(1, unneeded) == 1
    assert store.sweep(1, lambda _: pytest.fail("there is nothing to ask about")) == 0
    with store.read(1) as unit:
        assert list(unit.inspect([])) == []


def test_octets_of_a_large_blob_that_was_dropped_stay_for_those_who_read_them_and_then_go(
    store: PostgresStore, clock: Clock
) -> None:
    """For an hour: a download is not given a connection for as long as it takes."""
    with store.write(1) as unit:
        blob = unit.add_blob(LARGE, 0)
    with store.read(1) as unit:
        reader = unit.open(blob)
    with store.write(1) as unit:
        unit.collect(10)
    with store.read(1) as unit:
        assert list(unit.inspect([])) == []
    assert store.sweep(1, unneeded) == 0
    clock.now += 3601
    assert store.sweep(1, unneeded) == 1
    with pytest.raises(StoreError):
        reader.read(1)


def test_text_that_is_more_than_can_be_searched_is_kept_cut_and_counted(store: PostgresStore) -> None:
    """A delivery never fails for it."""
    many = " ".join(f"word{number}x{'y' * 20}" for number in range(60_000))
    with store.write(1) as unit:
        cut, whole = add(unit, title="garden", body=f"shed {many}"), add(unit, title="garden")
    with store.read(1) as unit:
        assert unit.page(NOTE, Select(Text(("title",), phrases("garden"))), 0, 9) == [cut, whole]
        (finding,) = unit.inspect([NOTE])
        assert finding.problem.startswith("1 objects have more words than can be searched")


def _entry_with_more(document: Document) -> Entry:
    entry = NOTE.entry(document)
    return Entry({**entry.columns, "length": len(str(entry.columns["name"]))}, {**entry.sets, "even": {"yes"}})


MORE = replace(
    NOTE,
    entry=_entry_with_more,
    columns=(*NOTE.columns, Column("length", "integer", sorted=True)),
    sets=(*NOTE.sets, SetIndex("even", "text", ordered_by="length")),
)


def test_indexes_are_made_anew_when_the_declaration_has_more_of_them(opens: Opens, postgres: Cluster) -> None:
    place = postgres.database()
    first = opens(place)
    first.create(1)
    with first.write(1) as unit:
        for at in range(4):
            add(unit, at=at, boxes=[1, 2], tags=["x"], name=f"note {at}", title="garden")
        state = unit.state(NOTE)
    for _ in range(2):
        again = opens(place, [MORE])
        with again.read(1) as unit:
            assert unit.page(MORE, Select(Equal("length", 6)), 0, 9) == [1, 2, 3, 4]
            assert unit.count(MORE, Select(Member("even", "yes"))) == 4
            assert unit.page(MORE, Select(Text((), phrases("garden"))), 0, 9) == [1, 2, 3, 4]
            assert unit.state(MORE) == state
            assert list(unit.inspect([MORE])) == []
    with opens(place).write(1) as unit:
        change(unit, 1, name="back")
        assert list(unit.inspect(TABLES)) == []


def test_a_column_may_become_one_of_another_type_and_be_sorted(opens: Opens, postgres: Cluster) -> None:
    place = postgres.database()
    first = opens(place)
    first.create(1)
    long = "a" * 5000
    with first.write(1) as unit:
        one, two, three = add(unit, at=7, name=long), add(unit, at=None, name=long + "b"), add(unit, at=1)

    def other(document: Document) -> Entry:
        entry = NOTE.entry(document)
        return Entry({**entry.columns, "at": None if entry.columns["at"] is None else "later"}, entry.sets)

    columns = (Column("at", "text", sorted=True), NOTE.columns[1], Column("name", "text", sorted=True))
    changed = replace(NOTE, entry=other, columns=columns)
    with opens(place, [changed]).write(1) as unit:
        assert unit.page(changed, Select(Equal("at", "later")), 0, 9) == [one, three]
        assert unit.page(changed, Select(order=(Order("name"),)), 0, 9) == [three, one, two]
        assert unit.page(changed, Select(Equal("name", long)), 0, 9) == [one]
        assert unit.page(changed, Select(Equal("name", "a" * 600)), 0, 9) == []
        assert list(unit.inspect([changed])) == []


def test_text_of_another_type_of_fields_is_not_searched(opens: Opens, postgres: Cluster) -> None:
    place = postgres.database()
    first = opens(place)
    first.create(1)
    with first.write(1) as unit:
        add(unit, title="garden")
    turned = replace(NOTE, text=("body", "title"))
    with opens(place, [turned]).write(1) as unit:
        assert unit.page(turned, Select(Text(("body",), phrases("garden"))), 0, 9) == []
        unit.index_text(turned, 1, {"title": indexable("garden")})
        assert unit.page(turned, Select(Text(("title",), phrases("garden"))), 0, 9) == [1]


def test_a_blob_number_is_not_given_again_after_its_octets_are_all_that_is_left(store: PostgresStore) -> None:
    with store.write(1) as unit:
        blob = unit.add_blob(LARGE, 0)
    with store.write(1) as unit:
        unit.collect(10)
        unit.rebuild([])
        assert unit.add_blob(b"other", 0).number > blob.number
        assert unit.blob(blob.number) is None
        with pytest.raises(StoreError):
            unit.octets(Blob(blob.number, 5), 0, 5)
