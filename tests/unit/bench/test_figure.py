"""The arithmetic of the benchmark."""

import pytest
from bench.figure import Figure, a_core, middle, percentile


def test_the_middle_is_not_moved_by_one_that_is_far_off() -> None:
    """Ours."""
    assert middle([10.0, 11.0, 900.0]) == 11.0


def test_of_an_even_number_the_middle_is_between_two() -> None:
    """Ours."""
    assert middle([1.0, 2.0, 4.0, 9.0]) == 3.0


def test_nothing_has_no_middle() -> None:
    """Ours."""
    with pytest.raises(ValueError, match="nothing was measured"):
        middle([])


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, expected: int) -> None:
    """Ours: the nearest rank, in whatever order the values come."""
    assert percentile([float(value) for value in range(100, 0, -1)], share) == expected


def test_the_percentile_of_one_value_is_that_value() -> None:
    """Ours."""
    assert percentile([7.0], 0.99) == 7.0


def test_a_core_that_waits_is_not_credited_for_it() -> None:
    """Ours: a durable write that waits for the disk is as slow as it is."""
    assert a_core(1000, wall_seconds=2.0, cpu_seconds=0.5) == 500.0


def test_two_cores_are_charged_for_both() -> None:
    """Ours."""
    assert a_core(1000, wall_seconds=1.0, cpu_seconds=2.0) == 500.0


def test_the_share_of_the_floor_is_told_where_there_is_one() -> None:
    """Ours."""
    assert Figure(50.0, floor=200.0).share == 0.25
    assert Figure(50.0).share is None
