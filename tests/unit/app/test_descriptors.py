"""Room for connections."""

import resource
from ipaddress import IPv4Address

import pytest

from pillarbox.app import descriptors
from pillarbox.settings import Listener, TcpAddress

LISTENERS = [
    Listener("http", "http", (TcpAddress(IPv4Address("127.0.0.1"), 0),), 900, 10),
    Listener("lmtp", "lmtp", (TcpAddress(IPv4Address("127.0.0.1"), 0),), 101, 10),
]


class Limits:
    """What the system grants, for a test."""

    def __init__(self, soft: int, hard: int) -> None:
        self.soft, self.hard = soft, hard

    def get(self, _which: int) -> tuple[int, int]:
        return self.soft, self.hard

    def set(self, _which: int, limits: tuple[int, int]) -> None:
        assert limits[1] <= self.hard
        self.soft, self.hard = limits


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Limits:
    """256 and a few are taken by what is no connection."""
    limits = Limits(1024, 4096)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    return limits


def test_connections_are_divided_among_the_workers(limits: Limits) -> None:
    limits.soft = 4096

    assert descriptors.shares(LISTENERS, 2) == {"http": 450, "lmtp": 51}


def test_the_limit_is_raised_to_what_one_worker_needs(limits: Limits) -> None:
    descriptors.make_room(LISTENERS, 1)

    assert limits.soft == 900 + 101 + 2 + 3 * descriptors.POOL + 64
    assert descriptors.shares(LISTENERS, 1) == {"http": 900, "lmtp": 101}


def test_a_limit_that_is_high_enough_stays(limits: Limits) -> None:
    descriptors.make_room(LISTENERS, 4)

    assert (limits.soft, limits.hard) == (1024, 4096)


def test_what_the_system_does_not_grant_is_told_and_shared(limits: Limits, capsys: pytest.CaptureFixture[str]) -> None:
    limits.hard = 700

    descriptors.make_room(LISTENERS, 1)

    assert limits.soft == 700
    assert "server.cramped" in capsys.readouterr().err
    shares = descriptors.shares(LISTENERS, 1)
    assert sum(shares.values()) <= 700 - 258
    assert shares["http"] > shares["lmtp"] > 40


def test_no_limit_is_enough(limits: Limits) -> None:
    limits.soft = resource.RLIM_INFINITY

    assert descriptors.shares(LISTENERS, 1) == {"http": 900, "lmtp": 101}


def test_each_listener_takes_one_connection_at_least(limits: Limits) -> None:
    limits.soft = limits.hard = 100

    assert descriptors.shares(LISTENERS, 1) == {"http": 1, "lmtp": 1}
