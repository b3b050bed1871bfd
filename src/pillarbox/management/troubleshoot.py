"""Looking for what keeps mail from being sent: the way to somebody's servers, told while it is tried (section 17)."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import orjson

from pillarbox.access import BadAddress, domain_of, normal
from pillarbox.management.endpoint import Answer, Endpoint, Parameter, Request, Stream
from pillarbox.management.refusal import NotFound, TooMany, Unsupported
from pillarbox.management.shape import Integer, Text
from pillarbox.net import Guard
from pillarbox.settings import Snapshot, catalogue, host_name

if TYPE_CHECKING:
    from pillarbox.net.outbound import Answer as Fetched
    from pillarbox.queue import Stage

__all__ = ["ENDPOINTS"]

_PATHS = "/api/troubleshoot/"
"""How the paths begin that a token is for."""
_SECONDS = 30
"""How long a step may take, if nothing else is said."""
_MOST_SECONDS = 60
_MOST_AT_ONCE = 8
"""Tests that one process makes at the same time."""
_POLICY = 64 * 1024
"""Octets of an MTA-STS policy that are read (RFC 8461 section 3.3)."""
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})+")


class _Running:
    """How many tests this process makes now."""

    count = 0


def _token(request: Request) -> Answer:
    if request.ticket is None:
        raise Unsupported("a token is for who asks over HTTP with credentials")
    return Answer(request.ticket(_PATHS))


def _delivery(request: Request) -> Answer:
    target = _target(request.parts["target"])
    if _Running.count >= _MOST_AT_ONCE:
        raise TooMany("so many tests are under way that another one has to wait")
    seconds = request.query.get("timeout", _SECONDS)
    return Answer(Stream(partial(_events, request.office.settings(), target, seconds), "text/event-stream"))


def _target(given: str) -> str:
    """An address in its one form, or a domain. Raises NotFound for what is neither."""
    with suppress(BadAddress):
        target = normal(given) if "@" in given else domain_of(given)
        if _DOMAIN.fullmatch(domain_of(target)) is not None and not re.search(r'[<>"\\\x7f-\x9f]', target):
            return target
    raise NotFound(given[:80])


async def _events(settings: Snapshot, target: str, seconds: float) -> AsyncIterator[bytes]:
    """Each stage as it comes, as an event (HTML section 9.2)."""
    # With all that speaks to other servers, which nobody else who manages waits for.
    from pillarbox.net.outbound import Outbound  # noqa: PLC0415
    from pillarbox.queue import Probe, resolver_of  # noqa: PLC0415

    stages: asyncio.Queue[Stage | None] = asyncio.Queue()
    guard = Guard(settings[catalogue.OUTBOUND_ALLOW_NETWORKS])

    host, port = host_name(settings), settings[catalogue.QUEUE_PORT]

    async def fetch(url: str) -> "Fetched":
        # Made where it is needed: to read whom the system trusts takes a while.
        async with Outbound(guard, connecting=seconds) as outbound:
            return await outbound.send("GET", url, {}, seconds=seconds, most=_POLICY)

    probe = Probe(resolver_of(settings), guard, fetch, host, port, seconds, stages.put_nowait)
    _Running.count += 1
    task = asyncio.create_task(probe.run(target))
    task.add_done_callback(lambda _: stages.put_nowait(None))
    try:
        while (stage := await stages.get()) is not None:
            yield b"event: event\ndata: %s\n\n" % orjson.dumps([stage])
        await task
    finally:
        _Running.count -= 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/troubleshoot/token",
        "troubleshoot",
        _token,
        "What a browser's `EventSource`, which sends no credentials, puts into the URL of a test as `token`: good for "
        "one, to be begun within a minute.",
        answer=Text(64),
    ),
    Endpoint(
        "GET",
        "/api/troubleshoot/delivery/{target}",
        "troubleshoot",
        _delivery,
        "Tries the way to the mail servers of an address or a domain, and tells each step as it is made, as events of "
        "the kind `event` with a list of one stage. No message is sent.",
        parameters=(
            Parameter("timeout", Integer(1, _MOST_SECONDS), "Seconds for each step; 30, if it is not given."),
            Parameter("token", Text(64), "In place of credentials."),
        ),
        answer=None,
        media_type="text/event-stream",
        takes_tickets=_PATHS,
        example="/api/troubleshoot/delivery/john@example.net?timeout=10",
    ),
)
