"""The ledgers in docs/rfc are whole, and what they name is there (docs/rfc/README.md)."""

import ast
import importlib
import tomllib
from collections import Counter
from functools import cache, reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEDGERS = sorted((ROOT / "docs" / "rfc").glob("*.toml"))
FIELDS = {"section", "level", "says", "status", "by", "test"}
LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "stated"}
STATUSES = {"kept", "partly", "not yet", "not ours"}
CLAIMED = {"kept", "partly"}

Row = dict[str, Any]

each_ledger = pytest.mark.parametrize("ledger", LEDGERS, ids=lambda path: path.stem)


def test_there_are_ledgers() -> None:
    """Ours: the tests below must not pass for want of files."""
    assert {"8620", "8621"} <= {path.stem for path in LEDGERS}


@each_ledger
def test_every_row_is_complete(ledger: Path) -> None:
    """Ours: docs/rfc/README.md says which fields a row has, and which words they take."""
    wrong = [
        f"{name(row)}: {fault}"
        for row in rows(ledger)
        for fault in (
            *(f"{field} is missing or no string" for field in FIELDS if not isinstance(row.get(field), str)),
            *(f"there is no field {field}" for field in row.keys() - FIELDS),
            *([] if row.get("level") in LEVELS else [f"level is none of {sorted(LEVELS)}"]),
            *([] if row.get("status") in STATUSES else [f"status is none of {sorted(STATUSES)}"]),
            *([] if row.get("says") else ["says is empty"]),
        )
    ]
    assert not wrong, told(ledger, wrong)


@each_ledger
def test_rows_are_in_order_of_section(ledger: Path) -> None:
    """Ours: a reader follows the RFC and the ledger side by side."""
    wrong = [
        f"{name(after)} stands behind section {before['section']}"
        for before, after in pairwise(rows(ledger))
        if place(after) < place(before)
    ]
    assert not wrong, told(ledger, wrong)


@each_ledger
def test_no_row_is_there_twice(ledger: Path) -> None:
    """Ours: section and says together identify a row."""
    wrong = [row for row, times in Counter(map(name, rows(ledger))).items() if times > 1]
    assert not wrong, told(ledger, wrong)


@each_ledger
def test_a_row_names_function_and_test_just_if_it_claims_something(ledger: Path) -> None:
    """Ours: a claim without a test is a hope; a test without a claim was forgotten."""
    wrong = [
        f"{name(row)}: {row['status']}, by = {row['by']!r}, test = {row['test']!r}"
        for row in rows(ledger)
        if not bool(row["by"]) == bool(row["test"]) == (row["status"] in CLAIMED)
    ]
    assert not wrong, told(ledger, wrong)


@each_ledger
def test_functions_that_are_named_exist(ledger: Path) -> None:
    """Ours: `by` is module:name, and can be imported."""
    wrong = [f"{name(row)}: there is no {row['by']}" for row in rows(ledger) if row["by"] and not exists(row["by"])]
    assert not wrong, told(ledger, wrong)


@each_ledger
def test_tests_that_are_named_exist(ledger: Path) -> None:
    """Ours: `test` is file::function, or file::Class::function, under tests/."""
    wrong = [
        f"{name(row)}: there is no {row['test']}"
        for row in rows(ledger)
        if row["test"] and row["test"] not in defined_in(row["test"].partition("::")[0])
    ]
    assert not wrong, told(ledger, wrong)


@cache
def rows(ledger: Path) -> list[Row]:
    """The rows of one file."""
    return list(tomllib.loads(ledger.read_text("utf-8"))["row"])


def name(row: Row) -> str:
    """What identifies a row, for a reader and in its file."""
    return f"{row.get('section')} {row.get('says')!r}"


def place(row: Row) -> list[int]:
    """The row's section, to be compared: 4.10 comes after 4.9."""
    return [int(part) for part in row["section"].split(".")]


def exists(by: str) -> bool:
    """Whether `module:name` can be imported."""
    module, colon, qualified = by.partition(":")
    try:
        reduce(getattr, qualified.split("."), importlib.import_module(module))
    except (ImportError, AttributeError):
        return False
    return bool(colon)


@cache
def defined_in(file: str) -> frozenset[str]:
    """Every test of a file, as pytest would be told it; none if there is no such file."""
    path = ROOT / file
    if not file.startswith("tests/") or not path.is_file():
        return frozenset()
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found.add(f"{file}::{node.name}")
            case ast.ClassDef():
                found.update(
                    f"{file}::{node.name}::{part.name}"
                    for part in node.body
                    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
                )
            case _:
                pass
    return frozenset(test for test in found if test.rpartition("::")[2].startswith("test"))


def told(ledger: Path, wrong: list[str]) -> str:
    """What pytest prints: the file, and each row that is wrong on a line."""
    return "\n  ".join([f"docs/rfc/{ledger.name}:", *wrong])
