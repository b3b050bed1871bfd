"""Budgets, and that each line of them is measured."""

import pytest
from bench.budget import LINES, Budget, Verdict
from bench.figure import Figure
from bench.load import FILTERS
from bench.profile import HOT
from bench.rows import ROWS

from pillarbox.datatypes import REGISTRY


def test_each_line_of_the_budget_is_measured_and_nothing_else() -> None:
    """Ours."""
    assert {line.name for line in LINES} == set(ROWS)
    assert len({line.name for line in LINES}) == len(LINES)


def test_each_condition_of_an_email_query_is_measured() -> None:
    """Ours: a new one must not be slow unseen."""
    assert set(FILTERS) == set(REGISTRY["Email"].conditions)


def test_each_profile_is_of_a_line() -> None:
    """Ours."""
    assert set(HOT) <= set(ROWS)


@pytest.mark.parametrize(
    ("budget", "figure", "verdict"),
    [
        (Budget(least=100), Figure(100.0), Verdict.MET),
        (Budget(least=100), Figure(99.9), Verdict.MISSED),
        (Budget(most=50), Figure(50.0), Verdict.MET),
        (Budget(most=50), Figure(50.1), Verdict.MISSED),
        (Budget(share=0.2), Figure(20.0, floor=100.0), Verdict.MET),
        (Budget(share=0.2), Figure(19.0, floor=100.0), Verdict.MISSED),
        (Budget(least=10, share=0.2), Figure(19.0, floor=100.0), Verdict.MISSED),
        (Budget(), Figure(1.0), Verdict.NONE),
    ],
)
def test_all_bounds_of_a_budget_have_to_hold(budget: Budget, figure: Figure, verdict: Verdict) -> None:
    """Ours."""
    assert budget.judges(figure) is verdict


def test_a_share_without_a_floor_is_not_met() -> None:
    """Ours: what was not measured is not passed."""
    assert Budget(share=0.2).judges(Figure(1e9)) is Verdict.MISSED


@pytest.mark.parametrize(
    ("milliseconds", "messages", "verdict"),
    [
        (4.0, 10_000, Verdict.MET),
        (6.0, 10_000, Verdict.OPEN),
        (51.0, 10_000, Verdict.MISSED),
        (49.0, 100_000, Verdict.MET),
        (51.0, 100_000, Verdict.MISSED),
        (400.0, 1_000_000, Verdict.OPEN),
        (501.0, 1_000_000, Verdict.MISSED),
    ],
)
def test_a_budget_for_another_number_of_messages_is_judged_only_where_that_tells(
    milliseconds: float, messages: int, verdict: Verdict
) -> None:
    """Ours: a time grows as the account does at most."""
    assert Budget(most=50, messages=100_000).judges(Figure(milliseconds, messages=messages)) is verdict


def test_a_budget_reads_as_a_sentence() -> None:
    """Ours."""
    assert str(Budget(least=1500, share=0.1)) == "≥ 1,500, ≥ 10% of the floor"
    assert str(Budget(most=50, messages=100_000)) == "≤ 50, at 100,000"
    assert str(Budget()) == "–"
