"""Requests of ours to servers of others, and their answers.

    OutboundError
    ├── Refused        we do not send there: the URL, or where its host is
    └── Unreachable    no answer, or none that is HTTP; later there may be one

Nothing is followed, stored or unpacked: a redirect is an answer like any other, which its caller does not take for
success; there are no cookies, no proxies from the environment, and an answer is asked for as it is.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import httpcore

from pillarbox.net.guard import BadURL, Guard, destination
from pillarbox.net.outbound.connecting import Forbidden, Guarded, Resolve, resolved
from pillarbox.net.outbound.trust import trusting

__all__ = ["Answer", "Outbound", "OutboundError", "Refused", "Unreachable"]

_AGENT = "Pillarbox"
_CONNECTIONS = 100
_KEPT = 20
_KEPT_SECONDS = 15.0
"""How many connections there are at most, and how many are kept for how long after an answer."""


class OutboundError(Exception):
    """There is no answer; `known` says why, for the log alone."""

    def __init__(self, known: str) -> None:
        super().__init__(known)
        self.known = known


class Refused(OutboundError):
    """The server does not send there."""


class Unreachable(OutboundError):
    """Nobody answered, or not in HTTP, or not in time, or the certificate is not theirs.

    `was_asked` unless it is certain that the request did not reach anybody.
    """

    def __init__(self, known: str, *, was_asked: bool) -> None:
        super().__init__(known)
        self.was_asked = was_asked


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its header fields by lower-case name, the last of each; and its octets, as far as they were wanted."""

    status: int
    fields: Mapping[str, str]
    octets: bytes
    is_whole: bool
    """Whether these are all the octets there were."""


class Outbound:
    """A client that connects to what the guard lets through; used on one event loop, for the length of its block.

    `connecting` is how many seconds a name and its addresses may take. An answer's head has 100 kB at most, httpcore's
    bound.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        schemes: Sequence[str] = ("https",),
        resolve: Resolve = resolved,
        trust: ssl.SSLContext | None = None,
        connecting: float = 10.0,
    ) -> None:
        self._schemes = schemes
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or trusting(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_KEPT,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=Guarded(guard, resolve, connecting),
        )

    async def __aenter__(self) -> "Outbound":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()

    async def send(
        self,
        method: str,
        url: str,
        fields: Mapping[str, str],
        body: bytes = b"",
        *,
        seconds: float,
        most: int,
    ) -> Answer:
        """The answer to a request, of which no more than `most` octets are taken.

        The whole of it, from the name of the host to the last octet, takes no more than `seconds`. Raises Refused,
        Unreachable.
        """
        try:
            to = destination(url, self._schemes)
        except BadURL as problem:
            raise Refused(str(problem)) from None
        target = httpcore.URL(scheme=to.scheme, host=to.host, port=to.port, target=to.target)
        asked = {"User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "identity", **fields}
        try:
            async with (
                asyncio.timeout(seconds),
                self._pool.stream(method, target, headers=list(asked.items()), content=body) as answer,
            ):
                octets, is_whole = await _taken(answer, most)
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                return Answer(answer.status, told, octets, is_whole)
        except Forbidden as problem:
            raise Refused(problem.known) from None
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as problem:
            was_asked = not isinstance(problem, httpcore.ConnectError | httpcore.ConnectTimeout)
            known = f"{to.origin}: {str(problem) or type(problem).__name__}"
            raise Unreachable(known, was_asked=was_asked) from problem
        except TimeoutError:
            raise Unreachable(f"{to.origin}: no whole answer in {seconds:g} seconds", was_asked=True) from None


async def _taken(answer: httpcore.Response, most: int) -> tuple[bytes, bool]:
    """What was read of an answer, and whether it was all. The rest is left, and its connection closed."""
    octets = bytearray()
    async for piece in answer.aiter_stream():
        octets += piece[: most + 1 - len(octets)]
        if len(octets) > most:
            return bytes(octets[:most]), False
    return bytes(octets), True
