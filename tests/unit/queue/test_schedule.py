"""When something is tried next (RFC 5321 section 4.5.4.1)."""

from datetime import UTC, datetime, timedelta

from pillarbox.queue import Schedule

NOW = datetime(2026, 5, 1, tzinfo=UTC)
END = NOW + timedelta(days=5)


def wait(tries: int, chance: float = 0.5, now: datetime = NOW) -> float | None:
    again = Schedule((60.0, 600.0), 86_400.0, 432_000.0).next(tries, now, END, chance)
    return None if again is None else (again - now).total_seconds()


def test_waits_grow_and_the_last_one_stays() -> None:
    """RFC 5321 section 4.5.4.1: a delay before each retry."""
    assert [wait(tries) for tries in (1, 2, 3, 100)] == [60, 600, 600, 600]


def test_chance_moves_a_wait_by_a_tenth() -> None:
    """Ours: what failed together does not come back together."""
    assert wait(1, 0.0) == 54
    assert wait(1, 1.0) == 66


def test_there_is_a_last_attempt_at_the_end_and_none_after_it() -> None:
    """RFC 5321 section 4.5.4.1: the give-up time."""
    assert wait(5, now=END - timedelta(seconds=10)) == 10
    assert wait(5, now=END) is None


def test_lateness_is_told_after_a_while_or_never() -> None:
    """RFC 3461 section 5.2.5."""
    late = Schedule((60.0,), 100.0, 1000.0)
    assert [late.is_late(NOW, NOW + timedelta(seconds=passed)) for passed in (99, 100)] == [False, True]
    assert not Schedule((60.0,), None, 1000.0).is_late(NOW, END)
