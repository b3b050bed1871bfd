"""What is written down of certificates, and when an authority is asked: with one of the tests' own."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from tests.toy.clock import Clock
from tests.toy.wanted import WANTED

from pillarbox.acme import Renewing
from pillarbox.acme.refused import Refused
from pillarbox.datatypes.server import (
    IssuedCertificate,
    KeptCertificate,
    certificate,
    certificates,
    hasten,
    keep_certificate,
)
from pillarbox.settings import Authority, Secret
from pillarbox.store import Store, Unavailable, Writing

T = TypeVar("T")

DAY = timedelta(days=1)


class Desk:
    """Gives certificates of 90 days, or says what it was told to say instead."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.orders: list[str] = []
        self.says: list[BaseException] = []

    async def issue(self, wanted: Authority) -> IssuedCertificate:
        self.orders.append(wanted.id)
        if self.says:
            raise self.says.pop(0)
        now = self._now()
        return IssuedCertificate(
            wanted.directory, wanted.domains, "chain", Secret("key"), "CN=CA", now, now + 90 * DAY, 0.0
        )


async def at_once(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return call(*args, **kwargs)


class Home:
    """A server that wants certificates, and its authority."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self._clock = clock
        self.desk = Desk(self.now)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def passes(self, time: timedelta) -> None:
        self._clock.now += time.total_seconds()

    def looks(self, wanted: Iterable[Authority] = (WANTED,)) -> timedelta:
        """One look of the background worker; how long it waits until the next."""
        renewing = Renewing(self.store, list(wanted), at_once, self.now, lambda: 0.0, self.desk.issue)
        return asyncio.run(renewing.look())

    @property
    def kept(self) -> KeptCertificate:
        return certificate(self.store, "home")


@pytest.fixture
def server(store: Store, clock: Clock) -> Home:
    return Home(store, clock)


def test_it_is_had_once_and_renewed_before_it_ends(server: Home) -> None:
    """Issue 5 point 4: renewal."""
    server.looks()
    server.looks()
    assert server.desk.orders == ["home"]
    first = server.kept.issued
    assert first is not None

    server.passes(60 * DAY - timedelta(hours=1))
    server.looks()
    assert server.desk.orders == ["home"]

    server.passes(timedelta(hours=1))
    server.looks()
    assert server.desk.orders == ["home", "home"]
    second = server.kept.issued
    assert second is not None
    assert second.ends - first.ends == 60 * DAY


def test_nothing_is_looked_at_more_often_than_it_must(server: Home) -> None:
    """Ours: and no more seldom, since a clock may be set."""
    assert server.looks() == timedelta(minutes=10)
    assert server.looks([]) == timedelta(minutes=10)


def test_a_refusal_is_written_down_and_waited_for(server: Home) -> None:
    """Issue 5 point 4: back-off; the one in use stays."""
    server.looks()
    server.desk.says += [Refused("too many"), Refused("still too many", timedelta(hours=2))]
    server.passes(61 * DAY)

    assert server.looks() == timedelta(minutes=1)
    assert (server.kept.tries, server.kept.failure) == (1, "too many")
    assert server.kept.issued is not None
    server.looks()
    assert server.desk.orders == ["home"] * 2

    server.passes(timedelta(minutes=1))
    server.looks()
    assert (server.kept.tries, server.kept.failure) == (2, "still too many")
    assert server.kept.next_attempt == server.now() + timedelta(hours=2)

    server.passes(timedelta(hours=2))
    server.looks()
    assert (server.kept.tries, server.kept.failure) == (0, "")
    assert server.desk.orders == ["home"] * 4


def test_an_attempt_that_a_crash_ends_is_waited_for_as_well(server: Home) -> None:
    """Ours: a server that is started again and again asks nobody again and again."""
    server.desk.says += [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        server.looks()

    server.looks()

    assert server.desk.orders == ["home"]
    assert (server.kept.tries, server.kept.failure) == (1, "it was interrupted")


def test_one_that_cannot_be_had_stops_no_other(server: Home) -> None:
    """Ours."""
    server.desk.says += [Refused("no"), ZeroDivisionError(), Unavailable("busy")]
    others = [replace(WANTED, id=f"other {number}") for number in range(3)]

    server.looks([WANTED, *others])

    kept = {one.authority: one for one in certificates(server.store)}
    assert {id_: (one.issued is not None, one.failure) for id_, one in kept.items()} == {
        "home": (False, "no"),
        "other 0": (False, "a bug ended the attempt"),
        "other 1": (False, "it was interrupted"),
        "other 2": (True, ""),
    }


def test_mended_settings_are_tried_at_once_and_from_the_beginning(server: Home) -> None:
    """Ours."""
    server.desk.says += [Refused("no")] * 5
    for _ in range(4):
        server.looks()
        server.passes(DAY)
    assert server.kept.tries == 4

    server.desk.says = [Refused("no")]
    mended = replace(WANTED, domains=("www.home.example",))
    server.looks([mended])

    assert server.kept.tries == 1


def test_an_administrator_need_not_wait(server: Home) -> None:
    """Ours: `pillarbox certificate renew`."""
    server.looks()

    hasten(server.store, "home")
    server.looks()
    server.looks()

    assert server.desk.orders == ["home", "home"]


def test_who_hastens_one_takes_nothing_back(server: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: a server that runs may put a new certificate there between a command's looking and writing."""
    server.looks()
    assert server.kept.issued is not None
    newer = replace(server.kept.issued, chain="newer")
    write = server.store.write

    @contextmanager
    def late(account: int) -> Iterator[Writing]:
        monkeypatch.undo()
        keep_certificate(server.store, server.kept.succeeded(newer))
        with write(account) as unit:
            yield unit

    monkeypatch.setattr(server.store, "write", late)
    hasten(server.store, "home")

    assert server.kept.issued == newer
    assert server.kept.is_hurried


def test_the_same_name_in_other_letters_is_another(server: Home) -> None:
    """Ours: ids are texts, compared as they are."""
    server.looks([WANTED, replace(WANTED, id="HOME")])

    assert [one.authority for one in certificates(server.store)] == ["HOME", "home"]


def test_what_an_authority_says_is_one_line_without_control_characters() -> None:
    """Ours: its words come to a terminal."""
    assert Refused("no\r\n\x1b[2Jway\u202e back").told == "no [2Jway back"
    assert len(Refused("x" * 100_000).told) == 500
