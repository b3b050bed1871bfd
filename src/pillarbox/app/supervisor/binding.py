"""Listeners, bound: as root if need be, before there is anything else."""

import socket as socket_
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from pillarbox.net import REUSE_ADDRESS, CannotBind, Option, bound_tcp, bound_unix
from pillarbox.settings import Address, Listener, SocketRules, TcpAddress
from pillarbox.telemetry import Event, emit

__all__ = ["Bound", "Opened", "bound", "paths", "released"]

_SMTP_PORT = 25
_PATIENCE = 2.0
"""Seconds that an address may still be taken: workers of a server that was killed close it as soon as they see that."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A listener with the sockets that are bound for it."""

    listener: Listener
    sockets: Sequence[socket]

    @property
    def addresses(self) -> list[str]:
        """Where it can be reached, for people."""
        return [_told(bound) for bound in self.sockets]


@dataclass(frozen=True, slots=True)
class Bound:
    """What came of listeners: those that are `opened`, and of each address that is not, the listener's id and why."""

    opened: Sequence[Opened]
    failed: Sequence[tuple[str, str]]


def bound(listeners: Sequence[Listener]) -> Bound:
    """Sockets for all of them; a listener of which no address can be listened on is left out.

    What cannot is told in the log. Raises net.CannotBind, the first there was, if nothing can.
    """
    until = time.monotonic() + _PATIENCE
    failures: list[tuple[str, CannotBind]] = []
    opened = [one for one in (_opened(each, until, failures) for each in listeners) if one.sockets]
    if failures and not opened:
        raise failures[0][1]
    return Bound(opened, [(id_, str(problem)) for id_, problem in failures])


def _opened(listener: Listener, until: float, failures: list[tuple[str, CannotBind]]) -> Opened:
    sockets = []
    for address in listener.binds:
        try:
            sockets.append(_patiently(listener, address, until))
        except CannotBind as problem:
            failures.append((listener.id, problem))
            emit(Event.NETWORK_BIND_ERROR, listener=listener.id, known=str(problem))
    return Opened(listener, sockets)


def released(opened: Sequence[Opened]) -> None:
    """Closes the sockets, and removes the names of those in the file system; nothing happens the second time."""
    for each in (each for one in opened for each in one.sockets):
        if each.fileno() == -1:
            continue
        name = each.getsockname()
        if isinstance(name, str):
            # Who may not remove it leaves it: it is replaced at the next start.
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)
        each.close()


def paths(opened: Sequence[Opened]) -> list[Path]:
    """Of the sockets that have one."""
    names = (each.getsockname() for one in opened for each in one.sockets)
    return [Path(name) for name in names if isinstance(name, str)]


def _patiently(listener: Listener, address: Address, until: float) -> socket:
    while True:
        try:
            return _bound(listener, address)
        except CannotBind as problem:
            if not problem.is_taken or time.monotonic() > until:
                raise
        time.sleep(0.05)


def _bound(listener: Listener, address: Address) -> socket:
    rules = listener.sockets
    if not isinstance(address, TcpAddress):
        return bound_unix(Path(address.path), listener.backlog, list(_of_any(rules)))
    if listener.protocol == "lmtp" and address.port == _SMTP_PORT:
        raise CannotBind(
            f"listener {listener.id}: LMTP must not be spoken on port 25 (RFC 2033 section 5); choose another, as 24"
        )
    options = [*_of_any(rules), *_of_tcp(rules, is_ipv6=address.host.version == 6)]
    return bound_tcp(str(address.host), address.port, listener.backlog, options)


def _of_any(rules: SocketRules) -> Iterator[Option]:
    """Options of all sockets (socket(7))."""
    if rules.linger is not None:
        # Two C ints; what is more than nothing is at least a second.
        seconds = min(-(-rules.linger.milliseconds // 1000), 0xFFFF)
        yield socket_.SOL_SOCKET, socket_.SO_LINGER, struct.pack("ii", 1, seconds)
    if rules.send_buffer is not None:
        yield socket_.SOL_SOCKET, socket_.SO_SNDBUF, rules.send_buffer
    if rules.receive_buffer is not None:
        yield socket_.SOL_SOCKET, socket_.SO_RCVBUF, rules.receive_buffer


def _of_tcp(rules: SocketRules, *, is_ipv6: bool) -> Iterator[Option]:
    """Options of sockets of the Internet (ip(7), ipv6(7), tcp(7))."""
    if rules.reuses_address:
        yield REUSE_ADDRESS
    if rules.reuses_port:
        yield socket_.SOL_SOCKET, socket_.SO_REUSEPORT, 1
    if rules.ttl is not None:
        yield (
            (socket_.IPPROTO_IPV6, socket_.IPV6_UNICAST_HOPS, rules.ttl)
            if is_ipv6
            else (socket_.IPPROTO_IP, socket_.IP_TTL, rules.ttl)
        )
    if rules.tos is not None:
        yield (
            (socket_.IPPROTO_IPV6, socket_.IPV6_TCLASS, rules.tos)
            if is_ipv6
            else (socket_.IPPROTO_IP, socket_.IP_TOS, rules.tos)
        )
    yield socket_.IPPROTO_TCP, socket_.TCP_NODELAY, int(rules.is_undelayed)


def _told(bound: socket) -> str:
    name = bound.getsockname()
    if isinstance(name, str):
        return name
    host, port = name[0], name[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
