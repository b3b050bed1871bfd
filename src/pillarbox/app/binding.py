"""Listeners, bound: as root if need be, before there is anything else."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from pillarbox.net import CannotBind, bound_tcp, bound_unix
from pillarbox.settings import Address, Listener, TcpAddress

__all__ = ["Opened", "bound", "paths", "released"]

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


def bound(listeners: Sequence[Listener]) -> list[Opened]:
    """Sockets for all of them. Raises net.CannotBind."""
    return [Opened(one, [_patiently(one, address) for address in one.binds]) for one in listeners]


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


def _patiently(listener: Listener, address: Address) -> socket:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return _bound(listener, address)
        except CannotBind as problem:
            if not problem.is_taken or time.monotonic() > until:
                raise
        time.sleep(0.05)


def _bound(listener: Listener, address: Address) -> socket:
    if not isinstance(address, TcpAddress):
        return bound_unix(Path(address.path), listener.backlog)
    if listener.protocol == "lmtp" and address.port == _SMTP_PORT:
        raise CannotBind(
            f"listener {listener.id}: LMTP must not be spoken on port 25 (RFC 2033 section 5); choose another, as 24"
        )
    return bound_tcp(str(address.host), address.port, listener.backlog)


def _told(bound: socket) -> str:
    name = bound.getsockname()
    if isinstance(name, str):
        return name
    host, port = name[0], name[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
