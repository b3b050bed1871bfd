"""Two versions of the program at once, as while a server is upgraded under a command or a worker that still runs."""

from tests.contracts.conftest import Opener
from tests.toy.notes import NOTE, TABLES, add, change

from pillarbox.store import Column, Entry, Equal, Member, Select, SetIndex, Table
from pillarbox.store.table import Document


def _entry(document: Document) -> Entry:
    entry = NOTE.entry(document)
    at = entry.columns["at"]
    assert isinstance(at, int)
    return Entry({**entry.columns, "age": -at}, {**entry.sets, "year": {at}})


LATER = Table(
    "Note",
    _entry,
    columns=(*NOTE.columns, Column("age", "integer", sorted=True)),
    sets=(*NOTE.sets, SetIndex("year", "integer", ordered_by="age")),
    text=NOTE.text,
    group=NOTE.group,
)
"""Notes as a later version indexes them: with how old they are, which their time tells."""


def test_what_an_earlier_version_goes_on_to_write_is_found_by_a_later_one(opener: Opener) -> None:
    """Ours: indexes are those of whoever wrote last, or are made anew."""
    earlier = opener()
    earlier.create(1)
    with earlier.write(1) as unit:
        first = add(unit, at=1)
    later = opener(tables=(LATER, TABLES[1]))
    with later.read(1) as unit:
        assert unit.page(LATER, Select(Equal("age", -1)), 0, 9) == [first]

    with earlier.write(1) as unit:
        second = add(unit, at=2)
        change(unit, first, at=3)

    with later.read(1) as unit:
        assert unit.page(LATER, Select(Equal("age", -2)), 0, 9) == [second]
        assert unit.page(LATER, Select(Member("year", 3)), 0, 9) == [first]
        assert list(unit.inspect([LATER])) == []


def test_what_a_later_version_has_written_is_found_by_an_earlier_one(opener: Opener) -> None:
    earlier = opener()
    earlier.create(1)
    with earlier.write(1) as unit:
        first = add(unit, at=1, boxes=[7])
    later = opener(tables=(LATER, TABLES[1]))
    with later.write(1) as unit:
        number = unit.fresh()
        unit.insert(LATER, number, {"thread": 5, "at": 2, "name": None, "boxes": [7], "tags": []}, text={})

    with earlier.read(1) as unit:
        assert unit.page(NOTE, Select(Member("box", 7)), 0, 9) == [first, number]
        assert list(unit.inspect([NOTE])) == []
