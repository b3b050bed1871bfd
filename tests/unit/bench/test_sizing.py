"""Sizing: a multiplication of what was measured by what is assumed."""

from pathlib import Path
from typing import Any

import pytest
from bench.sizing import Use, rows, sized, work

PAGE = Path(__file__).parents[3] / "docs" / "administrators" / "sizing.md"
NAMES = ("inbox", "open", "mailboxes", "text-rare", "keyword", "move", "draft", "download", "lmtp")


@pytest.fixture
def report() -> dict[str, Any]:
    """A run in which each operation took us a millisecond of CPU, and the database a quarter of that."""
    one = {"cpu": 1000.0, "store's CPU µs a request": 250.0, "octets an answer": 10_000, "memory": 80_000_000}
    return {"stores": {"postgresql": dict.fromkeys(NAMES, one) | {"idle": {"value": 20.0}}}}


def test_a_rate_is_what_falls_into_the_busiest_hour(report: dict[str, Any]) -> None:
    (inbox, *_) = work(36_000, Use(active=0.5, busiest_hour=0.1, inbox=20), report)

    assert inbox.name == "inbox"
    assert inbox.rate == pytest.approx(10)


def test_cores_are_rates_by_cpu_with_room_to_spare(report: dict[str, Any]) -> None:
    use = Use(busy=0.5)
    rate = sum(one.rate for one in work(1_000_000, use, report))

    found = sized(1_000_000, use, report, disk=0, wal=0)

    assert found["cores of ours"] == pytest.approx(rate * 0.001 / 0.5)
    assert found["cores of the database"] == pytest.approx(rate * 0.00025 / 0.5)


def test_there_are_always_two_nodes(report: dict[str, Any]) -> None:
    found = sized(10, Use(workers=4, connections=10), report, disk=0, wal=0)

    assert found["nodes"] == 2
    assert found["connections to the database"] == 112


def test_a_table_says_what_it_assumes(report: dict[str, Any]) -> None:
    table = list(rows((1000, 1_000_000), Use(kept=7), report, disk=11_000, wal=36_000))

    assert table[0] == "| | 1,000 | 1,000,000 |"
    assert "| messages | 7,000 | 7,000,000 |" in table
    assert "| `kept` | 7 |" in table


def test_the_page_has_the_lines_and_the_assumptions_that_there_are(report: dict[str, Any]) -> None:
    page = PAGE.read_text("utf-8")

    lines = [line for line in rows((1000,), Use(), report, disk=0, wal=0) if line and "---" not in line]

    at = lines.index("| Assumption | |")
    assert [line for line in lines[1:at] if f"{line.rpartition(' | ')[0]} |" not in page] == []
    assert [line for line in lines[at:] if line not in page] == []
