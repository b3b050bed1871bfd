"""What processes share and may lose: every volatile store keeps this (`tests.toy.volatile.OPENERS`)."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.toy.clock import Clock
from tests.toy.volatile import OPENERS, patiently, prepare

from pillarbox.store import Hit, Unavailable, Volatile
from pillarbox.store.volatile import LEASE, MAX_CODE, MAX_CODES, MAX_KEY, WANTED

HOUR = 3600.0

Open = Callable[[], Volatile]


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.neighbour if name == "postgres" else ()) for name in OPENERS]
)
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        prepare(tmp_path, request.getfixturevalue("postgres"))
    return str(request.param)


@pytest.fixture
def opens(name: str, tmp_path: Path) -> Iterator[Open]:
    """Opens one and the same, as if each time in another process."""
    opened: list[Volatile] = []

    def open_one() -> Volatile:
        opened.append(OPENERS[name](tmp_path))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def one(opens: Open) -> Volatile:
    return opens()


@pytest.fixture
def other(opens: Open, one: Volatile) -> Volatile:
    return opens()


@pytest.fixture
def clock() -> Clock:
    return Clock()


Together = Callable[[str], list[int]]


@pytest.fixture
def together(name: str, tmp_path: Path, clock: Clock, one: Volatile) -> Iterator[Together]:
    """Four processes do a hundred of something at once, and are then killed; how often each was granted it."""
    started: list[subprocess.Popen[str]] = []

    def run(what: str) -> list[int]:
        started.extend(
            subprocess.Popen(
                [sys.executable, "-m", "tests.toy.volatile", name, str(tmp_path), str(clock()), what],
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[2],
            )
            for _ in range(4)
        )
        for process in started:
            assert _line(process) == "ready"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        counted = [int(_line(process)) for process in started]
        for process in started:
            process.kill()
            process.wait()
        return counted

    yield run
    for process in started:
        process.kill()
        process.communicate()


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


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


# Codes


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


# Marks


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


# All of it


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
