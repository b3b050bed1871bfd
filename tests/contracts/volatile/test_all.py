"""What holds for all that processes share and may lose."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.toy.clock import Clock
from tests.toy.volatile import patiently

from pillarbox.store import Unavailable, Volatile
from pillarbox.store.volatile import MAX_KEY


def test_one_key_may_be_used_for_everything(one: Volatile, clock: Clock) -> None:
    """Ours."""
    assert one.take(b"key", 1, clock())
    assert one.hit(b"key", 1, 60, clock()).allowed
    assert one.keep(b"key", b"x", clock() + 60, clock())
    one.mark(b"key", clock() + 60, clock())

    assert one.redeem(b"key", clock()) == b"x"
    assert one.marked(b"key", clock()) == clock() + 60
    assert not one.hit(b"key", 1, 60, clock()).allowed


CALLS: dict[str, Callable[[Volatile, bytes], object]] = {
    "take": lambda volatile, key: volatile.take(key, 1, 0.0),
    "give_back": lambda volatile, key: volatile.give_back(key, 1),
    "hit": lambda volatile, key: volatile.hit(key, 1, 60, 0.0),
    "keep": lambda volatile, key: volatile.keep(key, b"", 1.0, 0.0),
    "redeem": lambda volatile, key: volatile.redeem(key, 0.0),
    "mark": lambda volatile, key: volatile.mark(key, 1.0, 0.0),
    "marked": lambda volatile, key: volatile.marked(key, 0.0),
}


each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@each_call
def test_a_key_is_as_long_as_allowed_and_no_longer(one: Volatile, call: Callable[[Volatile, bytes], object]) -> None:
    """Ours."""
    call(one, b"\xff" * MAX_KEY)
    with pytest.raises(ValueError, match="octets"):
        call(one, b"\xff" * (MAX_KEY + 1))


@each_call
def test_what_is_closed_is_not_available(one: Volatile, call: Callable[[Volatile, bytes], object]) -> None:
    """Ours."""
    one.close()
    one.close()
    with pytest.raises(Unavailable):
        call(one, b"key")


def test_threads_at_once_take_exactly_what_there_is(one: Volatile, clock: Clock) -> None:
    """Ours."""
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda _: patiently(lambda: one.take(b"key", 50, clock())), range(100))

    assert sum(answers) == 50
