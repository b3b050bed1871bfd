"""Queries answer the same when members are looked up one by one as when they are listed first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_store_queries import notes, ordered_members, selects, words
from tests.toy.failing import failing
from tests.toy.model import result
from tests.toy.notes import NOTE, TABLES

from pillarbox.store import Order, Select, Store
from pillarbox.store.sqlite import SQLiteStore

by_time = st.builds(
    Select, words, st.builds(Order, st.just("at"), st.booleans()).map(lambda order: (order,)), st.booleans()
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("looked-up")
    store = SQLiteStore(folder, TABLES)
    store.create(1)
    with pytest.MonkeyPatch.context() as patch:
        # As if every set were large, and every page small.
        patch.setattr("pillarbox.store.sqlite.compile._FEW", 0)
        yield store
    store.close()


@settings(max_examples=250, deadline=None)
@given(kept=notes, select=by_time | selects | ordered_members)
def test_a_page_and_its_total_are_those_of_the_model(store: Store, kept: list[dict[str, Any]], select: Select) -> None:
    with failing(store.write(1)) as unit:
        model: dict[int, dict[str, Any]] = {}
        for note in kept:
            number = unit.fresh()
            unit.insert(NOTE, number, note)
            model[number] = note
        expected = result(model, select)
        assert unit.page(NOTE, select, 0, 0) == []
        assert unit.page(NOTE, select, 0, 2) == expected[:2]
        assert unit.count(NOTE, select) == len(expected)
