"""Wrong passwords: who tries too many is held up first, and banned last (adr/0041)."""

import base64

import pytest
from tests.driver import JMAP, Home, Reply, like

from pillarbox.http import BanPolicy
from pillarbox.settings import Duration, Rate

MINUTE, DAY = Duration(60_000), Duration(86_400_000)
THIEF, OTHER = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def guarded(home: Home) -> Home:
    """Where three wrong passwords a minute are looked at, and ten a day are too many."""
    home.ban_policy = BanPolicy(failures=Rate(3, MINUTE), auth=Rate(10, DAY))
    home.build()
    return home


def signs_in(home: Home, name: str, password: str, peer: str | None = THIEF) -> Reply:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return home.web.sends("GET", "/.well-known/jmap", {"Authorization": f"Basic {pair}"}, peer=peer)


def fails(home: Home, name: str, times: int, peer: str | None = THIEF) -> Reply:
    """The answer to the last of so many wrong passwords, each another one and with patience."""
    for number in range(times):
        reply = signs_in(home, name, f"guess {number} from {peer}", peer)
        home.clock.now += 61 if number % 3 == 2 else 0
    return reply


def test_after_some_failures_no_more_are_looked_at(guarded: Home, alice: JMAP) -> None:
    """Ours; RFC 6585 section 4."""
    replies = [signs_in(guarded, alice.name, f"guess {number}") for number in range(4)]

    assert [one.status for one in replies] == [401, 401, 401, 429]
    assert replies[3].headers["retry-after"] == "60"
    assert replies[3].headers["ratelimit-policy"] == '"sign-in";q=3;w=60'
    assert replies[3].json() == like(status=429, title="Too Many Requests")


def test_who_guesses_right_after_that_has_not_guessed(guarded: Home, alice: JMAP) -> None:
    """Ours: a thief learns nothing from an answer that does not depend on the password."""
    for number in range(3):
        signs_in(guarded, alice.name, f"guess {number}")

    assert signs_in(guarded, alice.name, alice.password).status == 429


def test_the_time_is_up_after_a_while(guarded: Home, alice: JMAP) -> None:
    """Ours: as Retry-After said."""
    for number in range(4):
        signs_in(guarded, alice.name, f"guess {number}")
    guarded.clock.now += 61

    assert signs_in(guarded, alice.name, alice.password).status == 200


def test_who_is_in_stays_in(guarded: Home, alice: JMAP) -> None:
    """Ours: others may be behind the same address."""
    signs_in(guarded, alice.name, alice.password)
    for number in range(9):
        signs_in(guarded, alice.name, f"guess {number}")

    assert signs_in(guarded, alice.name, alice.password).status == 200


def test_a_name_under_attack_is_not_locked(guarded: Home, alice: JMAP) -> None:
    """Ours: or anybody could lock anybody out, by knowing their name."""
    for number in range(30):
        signs_in(guarded, alice.name, "guess", f"203.0.113.{number}")

    assert signs_in(guarded, alice.name, alice.password, OTHER).status == 200


def test_on_a_name_under_attack_there_is_one_try_a_minute(guarded: Home, alice: JMAP) -> None:
    """Ours: whoever has failed, from however many addresses, has to be patient; its owner has not failed."""
    for number in range(10):
        signs_in(guarded, alice.name, "guess", f"203.0.113.{number}")

    assert [signs_in(guarded, alice.name, f"guess {number}", OTHER).status for number in (1, 2)] == [401, 429]
    guarded.clock.now += 61
    assert signs_in(guarded, alice.name, alice.password, OTHER).status == 200


def test_in_each_network_of_a_site_there_is_no_new_beginning(guarded: Home, alice: JMAP) -> None:
    """RFC 6177 section 2: a site may have 65,536 networks of IPv6; all of a /48 have ten addresses' worth of tries."""
    replies = [signs_in(guarded, f"name{number}", "guess", f"2001:db8:7:{number}::1") for number in range(31)]

    assert [one.status for one in replies] == [401] * 30 + [429]
    assert signs_in(guarded, alice.name, alice.password, "2001:db8:8::1").status == 200


def test_who_goes_on_for_long_is_banned(guarded: Home, alice: JMAP) -> None:
    """Ours: with a reason, what was seen, and an end."""
    fails(guarded, alice.name, 10)
    reply = signs_in(guarded, alice.name, alice.password)

    assert reply.status == 403
    assert reply.json() == like(type="about:blank", title="Forbidden")
    assert "banned until" in reply.json()["detail"]
    (ban,) = guarded.banned()
    assert (ban.network, ban.reason) == (f"{THIEF}/32", "auth")
    assert "10/1d wrong passwords" in ban.evidence
    assert alice.name in ban.evidence
    assert signs_in(guarded, alice.name, alice.password, OTHER).status == 200


def test_names_that_nobody_has_count_as_well(guarded: Home) -> None:
    """Ours: or names could be guessed for nothing."""
    for number in range(10):
        fails(guarded, f"name{number}@home.example", 1)
        guarded.clock.now += 61

    assert [one.network for one in guarded.banned()] == [f"{THIEF}/32"]


def test_a_device_with_a_password_of_before_is_not_banned(guarded: Home, alice: JMAP) -> None:
    """Ours: it tries the same one again and again, and its owner would be locked out with it."""
    for _ in range(30):
        signs_in(guarded, alice.name, "last year's")
        guarded.clock.now += 61

    assert guarded.banned() == []


def test_what_is_told_of_a_name_is_short_and_one_line(guarded: Home) -> None:
    """Ours: the log and the list of bans are read by people."""
    fails(guarded, "x" * 300 + "\n\x1b[31m@home.example", 1)
    fails(guarded, "\x1b[31m\nban.made" + "x" * 300, 9)
    guarded.clock.now += 61
    fails(guarded, "\x1b[31m\nban.made" + "x" * 300, 9)

    (ban,) = guarded.banned()
    assert ban.evidence.isprintable()
    assert len(ban.evidence) < 150


def test_whoever_is_on_this_machine_is_never_banned(guarded: Home, alice: JMAP) -> None:
    """Ours: the administrator may be who mistypes."""
    fails(guarded, alice.name, 40, "127.0.0.1")
    fails(guarded, alice.name, 40, "::1")
    fails(guarded, alice.name, 40, None)

    assert guarded.banned() == []


def test_without_the_shared_counts_nobody_is_held_up_or_banned(guarded: Home, alice: JMAP) -> None:
    """Ours: limits fail open (adr/0024)."""
    guarded.shelf.is_down = True

    assert {signs_in(guarded, alice.name, f"guess {number}").status for number in range(30)} == {401}
    assert guarded.banned() == []
    assert signs_in(guarded, alice.name, alice.password).status == 200
