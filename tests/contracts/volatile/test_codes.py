"""Codes are redeemed once (RFC 6749 section 4.1.2); marks are there until their time."""

import pytest
from tests.contracts.volatile.conftest import Together
from tests.toy.clock import Clock

from pillarbox.store import Unavailable, Volatile
from pillarbox.store.volatile import MAX_CODE, MAX_CODES


def test_a_code_is_redeemed_once(one: Volatile, other: Volatile, clock: Clock) -> None:
    """RFC 6749 section 4.1.2: the client must not use a code more than once."""
    octets = bytes(range(256))
    assert one.keep(b"code", octets, clock() + 60, clock())

    assert other.redeem(b"code", clock()) == octets
    assert other.redeem(b"code", clock()) is None
    assert one.redeem(b"code", clock()) is None


def test_a_code_is_not_redeemed_after_its_time(one: Volatile, clock: Clock) -> None:
    """RFC 6749 section 4.1.2: a code expires."""
    one.keep(b"code", b"x", clock() + 60, clock())
    clock.now += 60

    assert one.redeem(b"code", clock()) is None


def test_a_code_that_waits_is_not_replaced(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    one.keep(b"code", b"first", clock() + 60, clock())

    assert not other.keep(b"code", b"second", clock() + 60, clock())
    assert other.redeem(b"code", clock()) == b"first"


def test_a_code_s_key_is_free_after_its_time(one: Volatile, clock: Clock) -> None:
    """Ours."""
    one.keep(b"code", b"first", clock() + 60, clock())
    clock.now += 60

    assert one.keep(b"code", b"second", clock() + 60, clock())
    assert one.redeem(b"code", clock()) == b"second"


def test_a_code_is_as_large_as_allowed_and_no_larger(one: Volatile, clock: Clock) -> None:
    """Ours."""
    assert one.keep(b"code", b"x" * MAX_CODE, clock() + 60, clock())
    assert one.redeem(b"code", clock()) == b"x" * MAX_CODE
    with pytest.raises(ValueError, match="octets"):
        one.keep(b"code", b"x" * (MAX_CODE + 1), clock() + 60, clock())


def test_more_codes_than_can_be_kept_drive_out_none(one: Volatile, clock: Clock) -> None:
    """Ours: or whoever asks for many would end the sign-ins of others."""
    for at in range(MAX_CODES):
        one.keep(b"%d" % at, b"x", clock() + 60, clock())
    with pytest.raises(Unavailable):
        one.keep(b"one more", b"x", clock() + 60, clock())
    assert one.redeem(b"0", clock()) == b"x"

    assert one.keep(b"one more", b"x", clock() + 60, clock())
    clock.now += 60
    assert one.keep(b"later", b"x", clock() + 60, clock())


def test_processes_at_once_redeem_each_code_once(one: Volatile, together: Together, clock: Clock) -> None:
    """RFC 6749 section 4.1.2."""
    for at in range(100):
        one.keep(b"%d" % at, b"x", clock() + 60, clock())

    assert sum(together("redeem")) == 100


def test_a_mark_is_there_until_its_time(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    assert other.marked(b"key", clock()) is None
    until = clock() + 60
    one.mark(b"key", until, clock())
    assert other.marked(b"key", clock()) == until
    assert other.marked(b"another", clock()) is None
    clock.now += 60

    assert other.marked(b"key", clock()) is None


def test_the_last_mark_counts(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours: a ban may be made shorter."""
    one.mark(b"key", clock() + 60, clock())
    other.mark(b"key", clock() + 30, clock())

    assert one.marked(b"key", clock()) == clock() + 30


def test_a_mark_can_be_taken_away(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    one.mark(b"key", clock() + 60, clock())
    other.mark(b"key", clock(), clock())

    assert one.marked(b"key", clock()) is None
