"""What processes share and may lose: every volatile store keeps this (`tests.toy.volatile.OPENERS`)."""

from tests.contracts.volatile.conftest import Open, Together
from tests.toy.clock import Clock

from pillarbox.store import Hit, Volatile
from pillarbox.store.volatile import LEASE, WANTED

HOUR = 3600.0


def taken(volatile: Volatile, now: float, most: int = 2, key: bytes = b"key") -> int:
    """How many slots could still be had, which then are."""
    count = 0
    while volatile.take(key, most, now):
        count += 1
    return count


# Counts


def test_all_together_have_no_more_slots_than_there_are(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    assert one.take(b"key", 2, clock())
    assert other.take(b"key", 2, clock())

    assert not one.take(b"key", 2, clock())
    assert not other.take(b"key", 2, clock())


def test_each_key_has_its_own_slots(one: Volatile, clock: Clock) -> None:
    """Ours."""
    assert taken(one, clock(), key=b"key") == 2
    assert taken(one, clock(), key=b"key\0") == 2


def test_a_slot_given_back_is_anybody_s(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    taken(one, clock())
    one.give_back(b"key", 1)

    assert taken(other, clock()) == 1


def test_nobody_gives_back_what_is_another_s(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    taken(one, clock())
    other.give_back(b"key", 2)
    assert taken(other, clock()) == 0

    one.give_back(b"key", 99)
    assert taken(other, clock()) == 2


def test_who_does_not_renew_has_lost_its_slots_in_the_end(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours: as after a crash."""
    taken(one, clock())
    clock.now += LEASE - 1
    assert taken(other, clock()) == 0
    clock.now += 1

    assert taken(other, clock()) == 2
    assert not one.renew(clock())


def test_who_renews_keeps_its_slots(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    taken(one, clock())
    for _ in range(3):
        clock.now += LEASE - 1
        assert one.renew(clock())

    assert taken(other, clock()) == 0


def test_who_was_taken_for_dead_begins_anew(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    taken(one, clock())
    clock.now += LEASE
    taken(other, clock(), most=1)
    one.leave()

    assert taken(one, clock()) == 1
    assert one.renew(clock())


def test_a_clock_that_is_set_back_makes_no_lease_longer(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours: else the slots of who died before it would be gone for as long as it was set back."""
    taken(one, clock())
    clock.now -= HOUR

    assert taken(other, clock()) == 2


def test_who_leaves_gives_back_everything(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    taken(one, clock(), key=b"a")
    taken(one, clock(), key=b"b")
    one.leave()

    assert taken(other, clock(), key=b"a") == taken(other, clock(), key=b"b") == 2


def test_who_closes_has_left(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    taken(one, clock())
    one.close()

    assert taken(other, clock()) == 2


def test_who_has_slots_sees_that_others_want_some_and_how_poor_they_are(
    one: Volatile, other: Volatile, opens: Open, clock: Clock
) -> None:
    """Ours."""
    assert one.take(b"key", 3, clock())
    assert one.take(b"key", 3, clock())
    assert other.take(b"key", 3, clock())
    assert one.wanted(clock()) == {}

    assert not other.take(b"key", 3, clock())
    assert one.wanted(clock()) == {b"key": 1}
    assert other.wanted(clock()) == {}

    third = opens()
    assert not third.take(b"key", 3, clock())
    assert one.wanted(clock()) == other.wanted(clock()) == {b"key": 0}
    assert third.wanted(clock()) == {}


def test_what_was_wanted_is_so_no_more_once_it_was_taken(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    taken(one, clock())
    assert not other.take(b"key", 2, clock())
    one.give_back(b"key", 1)
    assert other.take(b"key", 2, clock())

    assert one.wanted(clock()) == {}


def test_what_was_wanted_is_so_no_more_after_a_while(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    taken(one, clock())
    assert not other.take(b"key", 2, clock())
    clock.now += WANTED

    assert one.wanted(clock()) == {}


def test_processes_at_once_take_exactly_what_there_is(together: Together) -> None:
    """Ours: a hundred slots, and four hundred who want one."""
    assert sum(together("take")) == 100


def test_the_slots_of_killed_processes_come_back(together: Together, one: Volatile, clock: Clock) -> None:
    """Ours."""
    together("take")
    assert taken(one, clock(), most=100) == 0
    clock.now += LEASE

    assert taken(one, clock(), most=100) == 100


# Rates


def test_so_many_hits_are_allowed_until_the_window_ends(one: Volatile, other: Volatile, clock: Clock) -> None:
    """Ours."""
    ends = clock() + 60
    assert one.hit(b"key", 2, 60, clock()) == Hit(allowed=True, left=1, ends=ends)
    clock.now += 20
    assert other.hit(b"key", 2, 60, clock()) == Hit(allowed=True, left=0, ends=ends)
    clock.now += 20
    assert one.hit(b"key", 2, 60, clock()) == Hit(allowed=False, left=0, ends=ends)
    clock.now += 20
    assert one.hit(b"key", 2, 60, clock()) == Hit(allowed=True, left=1, ends=ends + 60)


def test_what_is_refused_is_not_counted(one: Volatile, clock: Clock) -> None:
    """Ours: who goes on trying does not put off the end."""
    for _ in range(5):
        one.hit(b"key", 2, 60, clock())

    assert one.hit(b"key", 3, 60, clock()).allowed


def test_each_key_has_a_window_of_its_own(one: Volatile, clock: Clock) -> None:
    """Ours."""
    assert one.hit(b"a", 1, 60, clock()).allowed
    assert one.hit(b"b", 1, 60, clock()).allowed


def test_a_rate_of_nothing_allows_nothing(one: Volatile, clock: Clock) -> None:
    """Ours."""
    assert one.hit(b"key", 0, 60, clock()) == Hit(allowed=False, left=0, ends=clock() + 60)


def test_a_clock_that_is_set_back_makes_no_window_longer(one: Volatile, clock: Clock) -> None:
    """Ours."""
    one.hit(b"key", 1, 60, clock())
    clock.now -= HOUR

    assert one.hit(b"key", 1, 60, clock()).allowed


def test_processes_at_once_are_allowed_exactly_the_rate(together: Together) -> None:
    """Ours."""
    assert sum(together("hit")) == 100
