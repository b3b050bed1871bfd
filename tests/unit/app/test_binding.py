"""Listeners are bound with the options that the settings have, and one that cannot be costs itself alone."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pillarbox.app.supervisor import binding
from pillarbox.app.supervisor.binding import Opened, bound, released
from pillarbox.net import CannotBind
from pillarbox.settings import Listener, snapshot
from pillarbox.telemetry import Event


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "_PATIENCE", 0.1)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the log is told."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(binding, "emit", lambda event, **fields: found.append({"event": event, **fields}))
    return found


def listeners(**more: str) -> tuple[Listener, ...]:
    """One, `web`, with further settings; its address is a free one."""
    pairs = {"protocol": "http", "bind": "127.0.0.1:0"} | {key.replace("_", "-"): text for key, text in more.items()}
    settings, problems = snapshot({f"server.listener.web.{key}": text for key, text in pairs.items()})
    assert problems == []
    return settings.listeners


@contextmanager
def opened(found: tuple[Listener, ...]) -> Iterator[list[Opened]]:
    made = list(bound(found).opened)
    try:
        yield made
    finally:
        released(made)


def test_sockets_have_the_options_that_are_written() -> None:
    """The settings reference, listeners: `socket.*`. Connections have those of the socket that accepts them."""
    options = {
        "socket.ttl": "33",
        "socket.tos": "16",
        "socket.linger": "1500ms",
        "socket.nodelay": "false",
        "socket.reuse-port": "true",
        "socket.recv-buffer-size": "20000",
        "socket.send-buffer-size": "30000",
    }
    with opened(listeners(**options)) as (web,):
        (listening,) = web.sockets
        listening.setblocking(True)
        with socket.create_connection(listening.getsockname()) as _:
            connection, _ = listening.accept()
        with connection:
            for one in (listening, connection):
                assert one.getsockopt(socket.IPPROTO_IP, socket.IP_TTL) == 33
                assert one.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 16
                assert struct.unpack("ii", one.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)) == (1, 2)
                assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
                # The system takes twice as much, for what it needs itself (socket(7)).
                assert one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == 40000
                assert one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 60000
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == 1


def test_over_ipv6_options_are_those_of_ipv6() -> None:
    """The settings reference, listeners: `socket.ttl` and `socket.tos`."""
    with opened(listeners(bind="[::1]:0", **{"socket.ttl": "33", "socket.tos": "16"})) as (web,):
        (listening,) = web.sockets
        assert listening.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) == 33
        assert listening.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS) == 16


def test_without_any_written_addresses_are_used_again_and_packets_sent_at_once() -> None:
    """The settings reference, listeners: the defaults."""
    with opened(listeners()) as (web,):
        (listening,) = web.sockets
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 1
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == 0
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_an_address_that_is_taken_costs_itself_alone(told: list[dict[str, Any]]) -> None:
    """The settings reference, listeners: it is logged, and the others are served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        both = {"bind.0000": f"127.0.0.1:{port}", "bind.0001": "127.0.0.1:0", "protocol": "http"}
        settings, _ = snapshot({f"server.listener.web.{key}": text for key, text in both.items()})
        with opened(settings.listeners) as (web,):
            assert len(web.sockets) == 1
        made = bound(settings.listeners)
        released(made.opened)
        assert [(id_, "something else listens there" in why) for id_, why in made.failed] == [("web", True)]

    assert [(one["event"], one["listener"]) for one in told] == [(Event.NETWORK_BIND_ERROR, "web")] * 2


def test_if_nothing_can_be_listened_on_that_is_an_error(told: list[dict[str, Any]]) -> None:
    """Ours."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotBind, match="something else listens there"):
            bound(listeners(bind=f"127.0.0.1:{port}"))

    assert len(told) == 1
