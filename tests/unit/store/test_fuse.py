"""One that is away keeps nobody waiting but who tries whether it is back (adr/0061)."""

import pytest

from pillarbox.store import OutOfSpace, StoreError, Unavailable
from pillarbox.store.s3.fuse import Fuse


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def fuse(clock: Time) -> Fuse:
    return Fuse("a bucket", clock)


def fails(fuse: Fuse, clock: Time, seconds: float, problem: StoreError | None = None) -> None:
    def call() -> None:
        with fuse.passed():
            clock.now += seconds
            raise problem or Unavailable("no answer in time")

    with pytest.raises(StoreError):
        call()


def blown(fuse: Fuse) -> bool:
    """Whether a call that would succeed is not let through."""
    try:
        with fuse.passed():
            return False
    except Unavailable:
        return True


@pytest.mark.parametrize(("took", "rests"), [(0.01, 1.0), (10.0, 10.0), (45.0, 30.0)])
def test_it_rests_for_as_long_as_the_failure_took(fuse: Fuse, clock: Time, took: float, rests: float) -> None:
    fails(fuse, clock, took)
    clock.now += rests - 0.01
    assert blown(fuse)
    clock.now += 0.02
    assert not blown(fuse)
    assert not blown(fuse)


def test_only_one_tries_at_a_time(fuse: Fuse, clock: Time) -> None:
    fails(fuse, clock, 1.0)
    clock.now += 1.1
    with fuse.passed():
        assert blown(fuse)
    assert not blown(fuse)


def test_one_that_tries_in_vain_makes_it_rest_again(fuse: Fuse, clock: Time) -> None:
    fails(fuse, clock, 1.0)
    clock.now += 1.1
    fails(fuse, clock, 3.0)
    clock.now += 2.9
    assert blown(fuse)
    clock.now += 0.2
    assert not blown(fuse)


@pytest.mark.parametrize("answer", [StoreError("there is no such object"), OutOfSpace("507")])
def test_whoever_answers_is_there(fuse: Fuse, clock: Time, answer: StoreError) -> None:
    fails(fuse, clock, 1.0, answer)
    assert not blown(fuse)


def test_an_error_of_ours_changes_nothing(fuse: Fuse, clock: Time) -> None:
    fails(fuse, clock, 1.0)
    clock.now += 1.1
    with pytest.raises(ValueError, match="ours"), fuse.passed():
        raise ValueError("ours")
    assert not blown(fuse)
