"""Results as people, programs and the documentation read them."""

import json

from bench.budget import LINES
from bench.figure import Figure
from bench.report import Outcome, Report, cells, page

LINE = {line.name: line for line in LINES}
INBOX = Outcome(LINE["inbox"], Figure(1800.0, [1700.0, 1800.0, 1900.0], wall=1600.0, cpu=512.0, floor=12_000.0))
OPEN = Outcome(LINE["open"], Figure(1000.0, wall=1000.0))
TLS = Outcome(LINE["idle-tls"], why="the server has no TLS listener")
FAILED = Outcome(LINE["lmtp"], why="LMTP: 451", failed=True)
REPORT = Report(
    {"cores": "2"},
    10_000,
    {"sqlite": {outcome.line.name: outcome for outcome in (INBOX, OPEN, TLS, FAILED)}},
)


def test_a_figure_stands_beside_floor_cost_and_verdict() -> None:
    """Ours."""
    assert cells(INBOX) == ["1,800 /s", "15%", "512 µs", "met"]


def test_a_missed_budget_is_said() -> None:
    """Ours."""
    assert cells(OPEN)[3] == "missed"


def test_what_cannot_be_measured_is_no_figure_and_no_failure() -> None:
    """Ours."""
    assert cells(TLS) == ["–", "", "", "not yet"]
    assert REPORT.failed == ["lmtp"]


def test_what_was_not_asked_for_is_empty() -> None:
    """Ours."""
    assert cells(None) == ["", "", "", ""]


def test_programs_read_the_figure_and_its_rounds() -> None:
    """Ours."""
    told = json.loads(REPORT.json)["stores"]["sqlite"]

    assert told["inbox"] == {
        "result": "met",
        "unit": "/s",
        "budget": "≥ 1,500, ≥ 10% of the floor",
        "value": 1800.0,
        "rounds": [1700.0, 1800.0, 1900.0],
        "wall": 1600.0,
        "cpu": 512.0,
        "floor": 12_000.0,
    }
    assert told["lmtp"]["why"] == "LMTP: 451"
    assert "value" not in told["lmtp"]


def test_a_page_has_a_row_for_each_line() -> None:
    """Ours."""
    written = page(json.loads(REPORT.json))

    assert "| inbox view | ≥ 1,500 /s, ≥ 10% of the floor | 1,800 /s | 1,600 /s | 15% | 512 µs | met |" in written
    assert "| idle event source, TLS | ≤ 45 kB | – | | | | not yet: the server has no TLS listener |" in written
    assert "| LMTP delivery of 5 kB to four accounts | ≥ 400 /s | – | | | | FAILED: LMTP: 451 |" in written
    assert "| cores | 2 |" in written
