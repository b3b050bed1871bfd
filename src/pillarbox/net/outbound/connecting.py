"""The way to a host: its name is resolved once, its addresses are judged, and a judged one is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias

import httpcore

from pillarbox.net.guard import Guard

__all__ = ["Forbidden", "Guarded", "Resolve", "resolved"]

Resolve: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host, by preference. Raises OSError."""

_TRIED = 4
"""Addresses of one name that are tried; each gets its part of the time."""


class Forbidden(Exception):
    """All addresses of the host are refused; `known` is for the log alone, as it tells what a name stands for here."""

    def __init__(self, known: str) -> None:
        super().__init__(known)
        self.known = known


async def resolved(host: str) -> Sequence[str]:
    """The addresses that the system knows for a host. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Guarded(httpcore.AsyncNetworkBackend):
    """What httpcore connects by: TCP to those addresses of a host that the guard lets through, and nothing else."""

    def __init__(self, guard: Guard, resolve: Resolve, patience: float) -> None:
        self._guard = guard
        self._resolve = resolve
        self._patience = patience
        self._below = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's; `patience` is the same for all
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection. Raises Forbidden; httpcore.ConnectError and ConnectTimeout."""
        addresses = await self._addresses(host)
        problem: Exception | None = None
        for address in addresses:
            try:
                return await self._below.connect_tcp(
                    address, port, self._patience / len(addresses), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem or httpcore.ConnectError(f"{host} has no address")

    async def _addresses(self, host: str) -> Sequence[str]:
        try:
            async with asyncio.timeout(self._patience):
                found = await self._resolve(host)
        except (OSError, UnicodeError) as problem:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {str(problem) or 'it took too long'}") from problem
        allowed = [address for address in found if self._guard.lets(address)]
        if found and not allowed:
            raise Forbidden(f"{host} is at {', '.join(found[:_TRIED])}, which no one else may send this server to")
        return allowed[:_TRIED]
