"""The page about HTTP has every setting of it."""

import re

import pytest
from tests.docs.page import DOCS, blocks

from pillarbox.settings import catalogue

PAGE = DOCS / "administrators" / "http.md"
LINES = [line for setting in catalogue.CATALOGUE for line in setting.described() if line.key.startswith("server.http.")]


@pytest.mark.parametrize("key", sorted(line.key for line in LINES))
def test_every_setting_is_there_with_an_example(key: str) -> None:
    """Issue: one page with every HTTP setting, its default and an example."""
    tables = re.compile(r"^\[(server\.http[a-z.-]*)\]$(.*?)(?=^\[|\Z)", re.DOTALL | re.MULTILINE)
    written = {
        f"{table}.{name}"
        for block in blocks(PAGE)
        if block.language == "toml"
        for table, body in tables.findall(block.text)
        for name in re.findall(r"^([a-z-]+) = ", body, re.MULTILINE)
    }

    assert f"`{key}`" in PAGE.read_text("utf-8")
    assert key in written


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.key)
def test_defaults_are_those_of_the_settings(line: object) -> None:
    """Issue: with its default; the tables of the page say it in the words of docs/settings.md."""
    rows = dict(re.findall(r"^\| `(server\.http\.[a-z.-]+)` \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE))
    key, default = line.key, line.default  # type: ignore[attr-defined]

    assert rows.get(key, default) == default
