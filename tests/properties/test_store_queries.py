"""Whatever is asked of a store, it answers as the plain model does (`tests.toy.model`)."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.conftest import NewStore
from tests.toy.failing import failing
from tests.toy.model import result
from tests.toy.notes import NOTE, TABLES, document

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
    Text,
)
from pillarbox.wire.words import indexable, phrases

numbers = st.integers(-3, 4)
texts = st.text("aB%_é\u0000😀", max_size=3)
tags = st.sampled_from(["x", "y", "%", ""])
boxes = st.integers(1, 3)

notes = st.lists(
    st.builds(
        document,
        thread=st.integers(1, 4),
        at=st.none() | numbers,
        name=st.none() | texts,
        boxes=st.sets(boxes),
        tags=st.sets(tags),
    ),
    min_size=1,
    max_size=12,
)

words: st.SearchStrategy[Filter] = st.one_of(
    st.just(Everything()),
    st.builds(Equal, st.just("at"), st.none() | numbers),
    st.builds(Equal, st.just("name"), st.none() | texts),
    st.builds(Below, st.just("at"), numbers),
    st.builds(AtLeast, st.just("at"), numbers),
    st.builds(Contains, st.just("name"), texts),
    st.builds(Member, st.just("box"), boxes),
    st.builds(Member, st.just("tag"), tags),
    st.builds(MemberOutside, st.just("box"), st.lists(boxes, max_size=2).map(tuple)),
    st.builds(MemberOutside, st.just("tag"), st.lists(tags, max_size=2).map(tuple)),
    st.builds(InGroup, st.sampled_from(Quantity), st.just("box"), boxes),
    st.builds(InGroup, st.sampled_from(Quantity), st.just("tag"), tags),
    st.builds(Among, st.lists(st.integers(1, 12)).map(tuple)),
)
filters: st.SearchStrategy[Filter] = st.recursive(
    words,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
columns = st.sampled_from(["at", "name", "thread", ("at", "thread")])
orders = st.lists(st.builds(Order, columns | words, st.booleans()), max_size=2)
selects = st.builds(Select, filters, orders.map(tuple), st.booleans())
# What an index answers by itself, more often than chance would have it.
ordered_members = st.builds(
    Select,
    st.builds(Member, st.just("box"), boxes)
    | st.builds(lambda box, rest: AllOf((Member("box", box), rest)), boxes, filters),
    st.builds(Order, st.just("at"), st.booleans()).map(lambda order: (order,)),
    st.booleans(),
)

# But for vowel signs of New Tai Lue, which SQLite's tables take for marks.
letters = st.characters(exclude_categories=["Cs"]).filter(lambda character: not "\u19b0" <= character <= "\u19c9")


@pytest.fixture(scope="module")
def store(new_store: NewStore) -> Iterator[Store]:
    with new_store(TABLES) as store:
        yield store


@settings(max_examples=250, deadline=None)
@given(
    kept=notes, select=selects | ordered_members, changed=notes, window=st.tuples(numbers.map(abs), numbers.map(abs))
)
def test_pages_counts_and_positions_are_those_of_the_model(
    store: Store, kept: list[dict[str, Any]], select: Select, changed: list[dict[str, Any]], window: tuple[int, int]
) -> None:
    store.create(1)
    # Undone at its end: the next example finds an empty store.
    with failing(store.write(1)) as unit:
        model: dict[int, dict[str, Any]] = {}
        for note in kept:
            number = unit.fresh()
            unit.insert(NOTE, number, note)
            model[number] = note
        for number, note in zip(list(model), changed, strict=False):
            if note["name"] == "":
                unit.delete(NOTE, number, model.pop(number))
            else:
                new = {**note, "thread": model[number]["thread"]}
                unit.update(NOTE, number, model[number], new)
                model[number] = new
        expected = result(model, select)
        offset, limit = window
        assert unit.page(NOTE, select, 0, 100) == expected
        assert unit.page(NOTE, select, offset, limit) == expected[offset : offset + limit]
        assert unit.count(NOTE, select) == len(expected)
        places = {number: at for at, number in enumerate(expected)}
        assert unit.positions(NOTE, select, [*model, 999]) == places
        for number in model:
            assert unit.positions(NOTE, select, [number]) == {n: at for n, at in places.items() if n == number}
        assert list(unit.inspect([NOTE])) == []


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(letters, max_size=12), min_size=1, max_size=4), st.data())
def test_a_text_is_found_by_each_of_its_words(store: Store, parts: list[str], data: st.DataObject) -> None:
    store.create(1)
    whole = " ".join(parts)
    sought = phrases(data.draw(st.sampled_from(parts)))
    with failing(store.write(1)) as unit:
        unit.insert(NOTE, 1, document(1), text={"body": indexable(whole)})
        assert unit.page(NOTE, Select(Text((), sought)), 0, 9) == [1]
        assert unit.page(NOTE, Select(Text(("body",), sought)), 0, 9) == [1]
