"""What is written as TOML is read by Python as it was, whatever stands in it."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from pillarbox.wire.toml import toml

keys = some.text(some.characters(exclude_categories=["Cs"]), max_size=8)
texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
plain = texts | some.booleans() | some.integers(-(2**63), 2**63 - 1)
values = plain | some.lists(texts, max_size=20) | some.lists(some.integers(0, 9), max_size=3)
objects = some.dictionaries(keys, values, max_size=4)


@given(members=objects, table=objects, several=some.lists(objects, min_size=1, max_size=3))
def test_a_document_is_read_as_it_was_written(members: Any, table: Any, several: Any) -> None:
    """TOML 1.0, as Python's own parser reads it."""
    document = {f"a{name}": value for name, value in members.items()} | {"table": table, "several": several}
    written = toml(document)

    assert tomllib.loads(written) == document
    assert toml(tomllib.loads(written)) == written
