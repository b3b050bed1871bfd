"""Full text: words as `wire.words` cuts them."""

from dataclasses import replace

import pytest
from tests.contracts.conftest import Opener
from tests.toy.notes import NOTE, add, change, drop

from pillarbox.store import AllOf, Filter, Member, Not, Order, Select, Store, Text
from pillarbox.wire.words import indexable, phrases


def numbers(store: Store, where: Filter) -> list[int]:
    with store.read(1) as unit:
        found = unit.page(NOTE, Select(where), 0, 100)
        assert unit.count(NOTE, Select(where)) == len(found)
        return found


def sought(text: str, *fields: str) -> Text:
    return Text(fields, phrases(text))


@pytest.mark.parametrize(
    ("text", "search", "holds"),
    [
        ("Plans for the garden", "garden", True),
        ("Plans for the garden", "GARDEN plans", True),
        ("Plans for the garden", "gard", False),
        ("Plans for the garden", '"the garden"', True),
        ("Plans for the garden", '"garden the"', False),
        ("Plans for the garden", "plans shed", False),
        ("Mail to bob@far.example", "bob@far.example", True),
        ("Mail to bob@far.example", "far.example", True),
        ("Mail to bob@far.example", "bob@example", False),
        ("Crème brûlée à la façon", "creme BRULEE", True),
        ("creme", "crème", True),
        ("Straße", "strasse", True),
        ("ﬁle", "file", True),
        ("Ἀθήνα", "αθηνα", True),
        ("東京都の庭", "東京", True),
        ("東京都の庭", "京都", True),
        ("東京都の庭", "東都", False),
        ("東京都の庭", "東京都の庭", True),
        ("東京都の庭", "東", True),
        ("東京都の庭", "京", True),
        ("東京都の庭", "庭", True),
        ("東京都の庭", "屋", False),
        ("the 東京 office", '"the 東"', True),
        ("the 東京 office", '"東京 office"', True),
        ("the 東京都 office", '"京都 office"', True),
        ("the 東京都 office", '"東京 office"', False),
        ("안녕하세요 여러분", '"안녕하세요 여러분"', True),
        ("안녕하세요 여러분", '"안녕 여러분"', False),
        ("안녕하세요 여러분", "여러", True),
        ("2026年5月10日", "5月", True),
        ("新年5月", "年5月", True),
        ("\ue001garden\ue002 \U000f0001plans", "garden plans", True),
        ("서울특별시", "특별", True),
        ("ภาษาไทย", "ไทย", True),
        ("sign up for C++ now", "c", True),
        ("NEAR the OR gate AND more", "near or and", True),
        ("NOT here", "not", True),
        ("a*b", "a*", True),
        ("word\u0000broken", "broken", True),
        ("हिन्दी में", "हिन्दी", True),
    ],
)
def test_a_phrase_is_found_as_it_was_cut(store: Store, text: str, search: str, *, holds: bool) -> None:
    with store.write(1) as unit:
        number = add(unit, body=text)
        other = add(unit, body="something else entirely")
    assert numbers(store, sought(search)) == ([number] if holds else [])
    assert numbers(store, Not(sought(search))) == ([other] if holds else [number, other])


def test_text_is_sought_in_the_fields_named_or_in_all(store: Store) -> None:
    with store.write(1) as unit:
        one = add(unit, title="garden", body="plans")
        other = add(unit, title="plans", body="garden")
    assert numbers(store, sought("garden", "title")) == [one]
    assert numbers(store, sought("garden", "body")) == [other]
    assert numbers(store, sought("garden", "title", "body")) == [one, other]
    assert numbers(store, sought("garden")) == [one, other]


def test_each_phrase_may_be_in_another_field(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, title="garden", body="plans")
    assert numbers(store, sought("garden plans")) == [number]
    assert numbers(store, sought('"garden plans"')) == []


def test_of_no_phrase_all_is_found(store: Store) -> None:
    """Ours: "the full text has every phrase" is true of everything where there is none."""
    with store.write(1) as unit:
        number = add(unit, body="plans")
    assert phrases("?!") == ()
    assert numbers(store, sought("?!")) == [number]
    assert numbers(store, sought("", "title")) == [number]


def test_text_goes_with_its_object_and_stays_while_it_changes(store: Store) -> None:
    with store.write(1) as unit:
        stays, goes = add(unit, body="garden"), add(unit, body="garden")
    with store.write(1) as unit:
        change(unit, stays, name="other")
        drop(unit, goes)
    assert numbers(store, sought("garden")) == [stays]


def test_text_is_one_condition_among_others(store: Store) -> None:
    with store.write(1) as unit:
        late = add(unit, body="garden", boxes=[1], at=2)
        early = add(unit, body="garden", boxes=[1], at=1)
        add(unit, body="garden", boxes=[2])
        add(unit, body="shed", boxes=[1])
    select = Select(AllOf((Member("box", 1), sought("garden"))), (Order("at"),))
    with store.read(1) as unit:
        assert unit.page(NOTE, select, 0, 9) == [early, late]
        assert unit.positions(NOTE, select, [late]) == {late: 1}


def test_an_object_without_text_is_found_by_none(store: Store) -> None:
    with store.write(1) as unit:
        number = unit.fresh()
        unit.insert(NOTE, number, {"thread": 1, "at": 1, "name": None, "boxes": [], "tags": []})
    assert numbers(store, sought("garden")) == []
    assert numbers(store, Not(sought("garden"))) == [number]
    with store.read(1) as unit:
        assert list(unit.inspect([NOTE])) == []


def test_the_text_of_an_object_can_be_given_again_and_nothing_is_logged(store: Store) -> None:
    with store.write(1) as unit:
        number, other = add(unit, body="garden"), add(unit, body="garden")
    with store.write(1) as unit:
        before = unit.state(NOTE)
        unit.index_text(NOTE, number, {"title": indexable("shed"), "body": ""})
        assert unit.state(NOTE) == before
    assert numbers(store, sought("garden")) == [other]
    assert numbers(store, sought("shed", "title")) == [number]
    with store.read(1) as unit:
        assert list(unit.inspect([NOTE])) == []
        assert unit.textless(NOTE, 9) == []


def test_of_a_type_that_gets_other_fields_every_object_is_without_text_until_it_is_given_again(opener: Opener) -> None:
    store = opener()
    store.create(1)
    with store.write(1) as unit:
        one, two = add(unit, body="garden"), add(unit, body="garden")
    store.close()
    more = replace(NOTE, text=("title", "body", "sender"))
    with opener([more]).write(1) as unit:
        assert unit.textless(more, 9) == [one, two]
        assert unit.textless(more, 1) == [one]
        unit.index_text(more, one, {"sender": "alice"})
        assert unit.textless(more, 9) == [two]
        assert unit.page(more, Select(Text(("sender",), phrases("alice"))), 0, 9) == [one]


def test_a_phrase_is_found_however_late_and_after_however_many_of_its_words(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit, body=f"{'the shed ' * 20_000} the garden {'x' * 3000} end")
    with store.read(1) as unit:
        for sought, found in (
            ('"the garden"', [number]),
            ('"garden the"', []),
            ("x" * 3000, [number]),
            ("x" * 2999, []),
            (f'"garden {"x" * 3000} end"', [number]),
        ):
            assert unit.page(NOTE, Select(Text((), phrases(sought))), 0, 9) == found, sought[:20]
        assert list(unit.inspect([NOTE])) == []
