"""When a certificate is ordered, and when again: all of it with given clocks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.toy.wanted import WANTED

from pillarbox.acme import due
from pillarbox.acme.schedule import again, renewal, retry_after, sought
from pillarbox.datatypes.server import IssuedCertificate, KeptCertificate
from pillarbox.settings import Duration, EabKey, Secret

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def issued(begins: datetime = NOW, life: timedelta = 90 * DAY, spread: float = 0.0) -> IssuedCertificate:
    return IssuedCertificate(
        WANTED.directory, WANTED.domains, "chain", Secret("key"), "CN=CA", begins, begins + life, spread
    )


def test_one_that_is_not_there_is_ordered_at_once() -> None:
    """Ours."""
    assert due(KeptCertificate("home"), WANTED, NOW) == NOW


def test_one_that_is_there_is_renewed_so_long_before_its_end() -> None:
    """The HTTP reference, section 12.3: `renew-before`."""
    kept = KeptCertificate("home", issued())

    assert due(kept, WANTED, NOW) == NOW + 60 * DAY
    assert due(kept, replace(WANTED, renew_before=Duration(10 * 86_400_000)), NOW) == NOW + 80 * DAY


def test_one_that_lives_shortly_is_renewed_when_a_third_of_its_life_is_left() -> None:
    """Ours: with `renew-before` beyond its life it would be ordered again and again."""
    assert renewal(issued(life=6 * DAY), WANTED) == NOW + 4 * DAY


def test_not_all_are_renewed_at_the_same_moment() -> None:
    """RFC 8555 has no word on it; issue 5 point 4: with jitter. It only makes a renewal earlier."""
    assert renewal(issued(spread=0.0), WANTED) == NOW + 60 * DAY
    assert renewal(issued(spread=0.5), WANTED) == NOW + 58.5 * DAY
    assert renewal(issued(spread=1.0), WANTED) == NOW + 57 * DAY


@pytest.mark.parametrize(
    "other", [{"domains": ("mail.home.example", "b.home.example")}, {"directory": "https://other.example/dir"}]
)
def test_another_one_is_wanted(other: dict[str, object]) -> None:
    """Ours: other names, or another authority, are not waited for until the old one ends."""
    kept = KeptCertificate("home", issued())

    assert due(kept, replace(WANTED, **other), NOW) == NOW  # type: ignore[arg-type]


def test_the_order_of_names_means_nothing() -> None:
    """Ours."""
    names = ("b.home.example", "a.home.example")
    kept = KeptCertificate("home", replace(issued(), names=names))

    assert due(kept, replace(WANTED, domains=names[::-1]), NOW) == NOW + 60 * DAY


def test_after_a_failure_it_is_waited() -> None:
    """Issue 5 point 4: back-off."""
    kept = KeptCertificate("home").failed("no", sought(WANTED), 1, NOW + timedelta(minutes=1))

    assert due(kept, WANTED, NOW) == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    "mended",
    [
        {"domains": ("www.home.example",)},
        {"challenge": "tls-alpn-01"},
        {"contacts": ("b@home.example",)},
        {"directory": "https://other.example/dir"},
        {"eab": EabKey("kid", Secret("key"))},
    ],
)
def test_whoever_mends_the_settings_does_not_wait(mended: dict[str, object]) -> None:
    """Ours: what failed was something else."""
    kept = KeptCertificate("home").failed("no", sought(WANTED), 9, NOW + DAY)

    assert due(kept, replace(WANTED, **mended), NOW) == NOW  # type: ignore[arg-type]


def test_one_that_is_wanted_now_is_ordered_now() -> None:
    """Ours: `pillarbox certificate renew`."""
    failed = KeptCertificate("home", issued()).failed("no", sought(WANTED), 9, NOW + DAY)

    assert due(replace(failed, is_hurried=True), WANTED, NOW) == NOW


def test_waits_double_up_to_a_day() -> None:
    """Issue 5 point 4: an authority is never asked again and again."""
    waits = [again(tries, 0.0, None, NOW) - NOW for tries in (1, 2, 3, 11, 12, 1000)]

    assert waits == [timedelta(minutes=one) for one in (1, 2, 4, 1024, 1440, 1440)]


def test_chance_makes_a_wait_longer_by_up_to_a_quarter() -> None:
    """Issue 5 point 4: with jitter."""
    assert again(3, 1.0, None, NOW) - NOW == timedelta(minutes=5)


def test_an_authority_is_left_alone_for_as_long_as_it_asks_to_be() -> None:
    """RFC 8555 section 6.6: a client of which too much was asked is told by Retry-After when to come again."""
    assert again(1, 0.0, timedelta(hours=3), NOW) - NOW == timedelta(hours=3)
    assert again(1, 0.0, timedelta(seconds=1), NOW) - NOW == timedelta(minutes=1)
    assert again(1, 0.0, timedelta(days=900), NOW) - NOW == timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta()),
        ("Sun, 01 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 01 Mar 2026 11:00:00 GMT", timedelta()),
        ("-1", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("9" * 4000, timedelta(seconds=999_999_999)),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, wait: timedelta | None) -> None:
    """RFC 9110 section 10.2.3."""
    assert retry_after(text, NOW) == wait
