"""What can be asked for, word by word; all of them mixed are in `properties/test_store_queries.py`."""

from collections.abc import Callable

import pytest
from tests.toy.notes import NOTE, add, change, drop

from pillarbox.store import (
    AllOf,
    Among,
    AnyOf,
    AtLeast,
    Below,
    Contains,
    Equal,
    Everything,
    Filter,
    InGroup,
    Member,
    MemberOutside,
    Not,
    Order,
    Quantity,
    Select,
    Store,
)

NAMES = ("apple", "PLUM", "", None, "a%b_c", "über")


@pytest.fixture
def found(store: Store) -> Callable[[Filter], list[str | None]]:
    """The names of the notes where a condition holds; each note is at the time of its place in NAMES but for None."""
    with store.write(1) as unit:
        for at, name in enumerate(NAMES):
            add(unit, name=name, at=None if name is None else at, tags=["odd"] if at % 2 else ["even", "two"])

    def found(where: Filter) -> list[str | None]:
        with store.read(1) as unit:
            numbers = unit.page(NOTE, Select(where), 0, 100)
            assert unit.count(NOTE, Select(where)) == len(numbers)
            assert unit.positions(NOTE, Select(where), numbers) == {number: at for at, number in enumerate(numbers)}
            # What it does not hold for is just the rest.
            rest = unit.page(NOTE, Select(Not(where)), 0, 100)
            assert sorted(numbers + rest) == unit.numbers(NOTE, 100)
            return [NAMES[number - 1] for number in numbers]

    return found


@pytest.mark.parametrize(
    ("where", "names"),
    [
        (Everything(), list(NAMES)),
        (AllOf(()), list(NAMES)),
        (AnyOf(()), []),
        (Equal("name", "apple"), ["apple"]),
        (Equal("name", "Apple"), []),
        (Equal("name", None), [None]),
        (Equal("name", ""), [""]),
        (Equal("at", 1), ["PLUM"]),
        (Equal("at", None), [None]),
        (Below("at", 2), ["apple", "PLUM"]),
        (AtLeast("at", 2), ["", "a%b_c", "über"]),
        (Below("name", "b"), ["apple", "PLUM", "", "a%b_c"]),
        (AtLeast("name", "b"), ["über"]),
        (Contains("name", "pp"), ["apple"]),
        (Contains("name", "%"), ["a%b_c"]),
        (Contains("name", "_"), ["a%b_c"]),
        (Contains("name", "PP"), []),
        (Contains("name", ""), ["apple", "PLUM", "", "a%b_c", "über"]),
        (Member("tag", "odd"), ["PLUM", None, "über"]),
        (Member("tag", "none"), []),
        (Member("box", 1), []),
        (MemberOutside("tag", ("even",)), list(NAMES)),
        (MemberOutside("tag", ("even", "two")), ["PLUM", None, "über"]),
        (MemberOutside("tag", ()), list(NAMES)),
        (MemberOutside("box", ()), []),
        (Among((1, 3, 99, 1)), ["apple", ""]),
        (Among(()), []),
        (AllOf((Member("tag", "odd"), Below("at", 4))), ["PLUM"]),
        (AnyOf((Equal("at", None), Equal("at", 0))), ["apple", None]),
        (Not(Not(Equal("at", None))), [None]),
        (Not(Below("at", 2)), ["", None, "a%b_c", "über"]),
        (Not(Contains("name", "p")), ["PLUM", "", None, "a%b_c", "über"]),
    ],
    ids=repr,
)
def test_a_condition_holds_where_it_says(
    found: Callable[[Filter], list[str | None]], where: Filter, names: list[str | None]
) -> None:
    assert found(where) == names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ((), ["b", None, "a", "b", "B"]),
        ((Order("name"),), [None, "B", "a", "b", "b"]),
        ((Order("name", descending=True),), ["b", "b", "a", "B", None]),
        ((Order("at"), Order("name")), [None, "b", "a", "b", "B"]),
        ((Order("at", descending=True), Order("name")), ["B", "a", "b", None, "b"]),
        ((Order(Member("tag", "x")),), ["b", "a", "B", None, "b"]),
        ((Order(Member("tag", "x"), descending=True),), ["b", None, "B", "a", "b"]),
        ((Order(Not(Equal("name", None)), descending=True), Order("at")), ["b", "a", "b", "B", None]),
    ],
    ids=repr,
)
def test_results_come_in_the_order_asked_for(store: Store, order: tuple[Order, ...], names: list[str | None]) -> None:
    with store.write(1) as unit:
        add(unit, name="b", at=0)
        add(unit, name=None, at=0, tags=["x"])
        add(unit, name="a", at=1)
        add(unit, name="b", at=1, tags=["x"])
        add(unit, name="B", at=2)
    all_names = ["b", None, "a", "b", "B"]
    with store.read(1) as unit:
        numbers = unit.page(NOTE, Select(order=order), 0, 10)
        assert [all_names[number - 1] for number in numbers] == names


def test_of_several_columns_the_first_that_is_there_counts(store: Store) -> None:
    with store.write(1) as unit:
        one, two, three, four = (
            add(unit, thread=thread, at=at) for thread, at in ((9, 3), (2, None), (0, 4), (5, None))
        )
    with store.read(1) as unit:
        for descending, numbers in ((False, [two, one, three, four]), (True, [four, three, one, two])):
            order = Order(("at", "thread"), descending=descending)
            assert unit.page(NOTE, Select(order=(order,)), 0, 10) == numbers


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("where", [Everything(), Member("box", 1), AllOf((Member("box", 1), Not(Equal("name", "x"))))])
def test_ties_are_broken_by_number_in_the_direction_of_the_last_order(
    store: Store, where: Filter, *, descending: bool
) -> None:
    with store.write(1) as unit:
        late = [add(unit, at=7, boxes=[1]) for _ in range(3)]
        early = [add(unit, at=1, boxes=[1]) for _ in range(3)]
        never = [add(unit, at=None, boxes=[1]) for _ in range(2)]
    expected = never + early + late
    select = Select(where, (Order("at", descending=descending),))
    with store.read(1) as unit:
        assert unit.page(NOTE, select, 0, 10) == (expected[::-1] if descending else expected)
        assert unit.positions(NOTE, select, late + never) == {
            number: at for at, number in enumerate(expected[::-1] if descending else expected) if number not in early
        }


@pytest.mark.parametrize("where", [Member("box", 1), AllOf((Member("box", 1), Not(Equal("name", "x"))))])
def test_without_an_order_results_come_by_number(store: Store, where: Filter) -> None:
    with store.write(1) as unit:
        numbers = [add(unit, at=at, boxes=[1]) for at in (3, 1, 2)]
    with store.read(1) as unit:
        assert unit.page(NOTE, Select(where), 0, 10) == numbers
        assert unit.positions(NOTE, Select(where), numbers[1:]) == {numbers[1]: 1, numbers[2]: 2}


def test_groups_are_told_with_their_objects_in_order_of_a_column(store: Store) -> None:
    with store.write(1) as unit:
        late, early, never = (add(unit, thread=7, at=at) for at in (5, 2, None))
        alike = [add(unit, thread=3, at=4) for _ in range(3)]
        add(unit, thread=9)
    with store.read(1) as unit:
        assert unit.groups(NOTE, [7, 3, 7, 100], "at") == {7: [never, early, late], 3: alike}
        assert unit.groups(NOTE, [], "at") == {}
        # More than are read at once.
        assert unit.groups(NOTE, range(8, 1000), "at").keys() == {9}


def test_the_least_group_of_those_with_a_value_is_found(store: Store) -> None:
    with store.write(1) as unit:
        assert unit.first_group(NOTE, "tag", ["x"]) is None
        add(unit, thread=9, tags=["x"])
        add(unit, thread=4, tags=["y", "z"])
        add(unit, thread=2, tags=["other"])
        assert unit.first_group(NOTE, "tag", ["x", "z"]) == 4
        assert unit.first_group(NOTE, "tag", ["x"]) == 9
        assert unit.first_group(NOTE, "tag", ["nobody's"]) is None
        assert unit.first_group(NOTE, "tag", []) is None


@pytest.mark.parametrize("collapsed", [False, True])
@pytest.mark.parametrize("where", [Everything(), Member("box", 1)])
def test_a_page_is_a_part_of_the_whole(store: Store, where: Filter, *, collapsed: bool) -> None:
    with store.write(1) as unit:
        for at in range(20):
            add(unit, at=at % 7, boxes=[1], thread=at // 3)
    select = Select(where, (Order("at"),), one_of_group=collapsed)
    with store.read(1) as unit:
        whole = unit.page(NOTE, select, 0, 100)
        assert len(whole) == unit.count(NOTE, select) == (7 if collapsed else 20)
        for offset in range(25):
            for limit in (0, 1, 5, 2**31):
                assert unit.page(NOTE, select, offset, limit) == whole[offset : offset + limit]
        assert unit.page(NOTE, select, 2**31, 2**31) == []


@pytest.mark.parametrize("where", [Everything(), Member("box", 1)])
def test_positions_are_those_in_the_whole(store: Store, where: Filter) -> None:
    with store.write(1) as unit:
        inside = [add(unit, at=at % 5, boxes=[1], thread=at // 2) for at in range(40)]
        outside = add(unit, at=3) if where != Everything() else 10**9
    for collapsed in (False, True):
        select = Select(where, (Order("at", descending=True),), one_of_group=collapsed)
        with store.read(1) as unit:
            whole = {number: at for at, number in enumerate(unit.page(NOTE, select, 0, 100))}
            assert unit.positions(NOTE, select, [*inside, outside]) == whole
            for number in [*inside, outside]:
                expected = {number: whole[number]} if number in whole else {}
                assert unit.positions(NOTE, select, [number]) == expected
            assert unit.positions(NOTE, select, []) == {}


def test_one_of_a_group_is_its_first_in_the_order_among_those_selected(store: Store) -> None:
    with store.write(1) as unit:
        a1, b1 = add(unit, thread=1, at=1, boxes=[1]), add(unit, thread=2, at=2, boxes=[1])
        a2, b2 = add(unit, thread=1, at=3, boxes=[2]), add(unit, thread=2, at=0, boxes=[2])
    with store.read(1) as unit:
        newest = (Order("at", descending=True),)
        assert unit.page(NOTE, Select(order=newest, one_of_group=True), 0, 9) == [a2, b1]
        assert unit.page(NOTE, Select(Member("box", 1), newest, one_of_group=True), 0, 9) == [b1, a1]
        assert unit.page(NOTE, Select(Member("box", 2), (Order("at"),), one_of_group=True), 0, 9) == [b2, a2]
        assert unit.positions(NOTE, Select(order=newest, one_of_group=True), [a1, b2, b1]) == {b1: 1}


def test_a_group_has_a_value_in_all_or_some_of_its_objects(store: Store) -> None:
    with store.write(1) as unit:
        whole = [add(unit, thread=1, tags=["x"]) for _ in range(2)]
        partly = [add(unit, thread=2, tags=["x"]), add(unit, thread=2, tags=["y"])]
        without = [add(unit, thread=3)]
        gone = add(unit, thread=1)
        drop(unit, gone)
    with store.read(1) as reading:

        def numbers(condition: Filter) -> list[int]:
            return reading.page(NOTE, Select(condition), 0, 9)

        assert numbers(InGroup(Quantity.ALL, "tag", "x")) == whole
        assert numbers(InGroup(Quantity.SOME, "tag", "x")) == whole + partly
        assert numbers(Not(InGroup(Quantity.ALL, "tag", "x"))) == partly + without
        assert numbers(Not(InGroup(Quantity.SOME, "tag", "x"))) == without
        assert numbers(InGroup(Quantity.ALL, "tag", "z")) == []


def test_what_clients_write_is_a_value_and_never_a_part_of_the_question(store: Store) -> None:
    bad = '\'; DROP TABLE "d_Note"; -- " ) OR 1 \u0000 ?'
    with store.write(1) as unit:
        number = add(unit, name=bad, tags=[bad])
    with store.read(1) as unit:
        for where in (Equal("name", bad), Contains("name", bad[3:]), Member("tag", bad)):
            assert unit.page(NOTE, Select(where), 0, 9) == [number]
        assert unit.page(NOTE, Select(MemberOutside("tag", (bad,))), 0, 9) == []


def test_a_large_question_is_answered(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, at=3)
    where: Filter = Equal("at", 3)
    for _ in range(32):
        where = Not(AllOf((where, Everything())))
    many = AnyOf(tuple(Equal("at", at) for at in range(450)))
    with store.read(1) as unit:
        assert unit.page(NOTE, Select(AllOf((where, many, Among(tuple(range(100_000)))))), 0, 9) == [number]


def test_a_value_may_be_long(store: Store) -> None:
    long = "é" * 5000
    with store.write(1) as unit:
        one, other = add(unit, tags=[long]), add(unit, tags=[long + "x"])
        assert unit.once(long.encode(), 10, 0)
        assert not unit.once(long.encode(), 10, 0)
    with store.read(1) as unit:
        assert unit.page(NOTE, Select(Member("tag", long)), 0, 9) == [one]
        assert unit.page(NOTE, Select(Member("tag", long + "x")), 0, 9) == [other]
        assert list(unit.inspect([NOTE])) == []
    with store.write(1) as unit:
        change(unit, one, tags=[])
    with store.read(1) as unit:
        assert unit.page(NOTE, Select(Member("tag", long)), 0, 9) == []


def test_numbers_have_63_bits_and_text_has_every_character(store: Store) -> None:
    least, most = -(2**63) + 1, 2**63 - 1
    with store.write(1) as unit:
        first = add(unit, at=most, name="a\u0000b", boxes=[most], tags=["\u0000"])
        second = add(unit, at=least, name="a", boxes=[most, least], tags=["\U0001f370"])
        third = add(unit, at=None, name="a\uffff", boxes=[most])
    with store.read(1) as unit:
        assert unit.page(NOTE, Select(Member("box", most), (Order("at"),)), 0, 9) == [third, second, first]
        assert unit.positions(NOTE, Select(Member("box", most), (Order("at"),)), [first]) == {first: 2}
        assert unit.page(NOTE, Select(AtLeast("at", most)), 0, 9) == [first]
        assert unit.page(NOTE, Select(order=(Order("name"),)), 0, 9) == [second, first, third]
        assert unit.page(NOTE, Select(Contains("name", "\u0000")), 0, 9) == [first]
        assert unit.page(NOTE, Select(Member("tag", "\u0000")), 0, 9) == [first]
        assert unit.page(NOTE, Select(Member("tag", "\U0001f370")), 0, 9) == [second]
        assert list(unit.inspect([NOTE])) == []
