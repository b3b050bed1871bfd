"""The event source: state changes, told as they happen (RFC 8620 section 7.3)."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

import orjson

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.ending import Ending
from pillarbox.http.guard.admission import LASTING
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.jmap import Subscription
from pillarbox.store import Unavailable

__all__ = ["listen"]

_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # nginx would keep events until its buffer is full.
    (b"x-accel-buffering", b"no"),
)
_TYPES = re.compile(r"\*|[A-Za-z0-9]{1,64}(,[A-Za-z0-9]{1,64}){0,63}")
MIN_PING, MAX_PING = 5, 900
_RENEWAL = LASTING / 4
"""Seconds between two times that a ticket is made good again."""
_LOOK = 30.0
"""At least so often, in seconds, it is looked whether the client may still listen."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the client asked for: which types, how often a ping, in seconds, and whether one event is enough."""

    types: frozenset[str] | None
    ping: int
    once: bool


async def listen(setup: Setup, exchange: Exchange) -> None:
    """Events for as long as the client listens, may listen, and the server runs; or until the first one."""
    asked = _asked(exchange)
    if exchange.method == "HEAD":
        await exchange.answer(200, _HEADERS, b"")
        return
    await _renew(setup, exchange)
    service = setup.service
    with Subscription(service.store, service.registry, exchange.entry.actor, asked.types) as subscription:
        last = exchange.header(b"last-event-id")
        # No name for them: a stream that waits would keep all states for nothing.
        subscription.begin(
            await setup.door.through(subscription.current), last.decode("latin-1") if last is not None else None
        )
        await exchange.begin(200, _HEADERS)
        # So that the client, and whatever stands in between, sees an answer before the first event.
        await exchange.more(b": listening\n\n")
        await _told(setup, exchange, subscription, asked)
    await exchange.end()


async def _told(setup: Setup, exchange: Exchange, subscription: Subscription, asked: _Asked) -> None:
    """Tells events until the client has gone, or the server stops."""
    ending = Ending.by(setup.stopping)
    ending.add(subscription.end)
    # No more tasks than these: with four of them a stream that waits took 26 kB.
    beside = [asyncio.create_task(exchange.gone())]
    beside[0].add_done_callback(lambda _: subscription.end())
    if exchange.is_by_ticket:
        beside.append(asyncio.create_task(_renewed(setup, exchange)))
    try:
        await _events(setup, exchange, subscription, asked)
    finally:
        ending.remove(subscription.end)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _events(setup: Setup, exchange: Exchange, subscription: Subscription, asked: _Asked) -> None:
    loop, ping = asyncio.get_running_loop(), asked.ping
    next_ping = loop.time() + ping
    while True:
        left = max(0.0, next_ping - loop.time()) if ping else _LOOK
        change = await subscription.news(min(left, _LOOK))
        if subscription.has_ended:
            return
        # A password that was changed ends what it once opened; who has other accounts now is to listen to these.
        entry = await setup.gate.entry(exchange.authorization, exchange.client)
        if not subscription.is_of(entry.actor):
            return
        if change is not None:
            event_id, data = change
            await exchange.more(b"id: %s\nevent: state\ndata: %s\n\n" % (event_id.encode(), data))
            if asked.once:
                return
            next_ping = loop.time() + ping
            await subscription.pause(setup.throttle)
        elif ping and loop.time() >= next_ping:
            await exchange.more(b"event: ping\ndata: %s\n\n" % orjson.dumps({"interval": ping}))
            next_ping = loop.time() + ping


async def _renew(setup: Setup, exchange: Exchange) -> None:
    """A browser comes again with the URL it has, so the ticket in it is to be good for that."""
    ticket, authorization = exchange.ticket, exchange.authorization
    if exchange.is_by_ticket and ticket is not None and authorization is not None:
        with suppress(Unavailable):
            await setup.tickets.renew(ticket, authorization)


async def _renewed(setup: Setup, exchange: Exchange) -> None:
    while True:
        await asyncio.sleep(_RENEWAL)
        await _renew(setup, exchange)


def _asked(exchange: Exchange) -> _Asked:
    """Raises Problem 400."""
    query = exchange.query()
    types = query.get("types", "*")
    if _TYPES.fullmatch(types) is None:
        raise Problem(400, "types is * or a list of type names")
    close_after = query.get("closeafter", "no")
    if close_after not in ("state", "no"):
        raise Problem(400, "closeafter is state or no")
    wanted = None if types == "*" else frozenset(types.split(","))
    return _Asked(wanted, _ping(query.get("ping", "0")), close_after == "state")


def _ping(text: str) -> int:
    """The interval in seconds that is kept, 0 for none. Raises Problem 400."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Problem(400, "ping is a number of seconds")
    seconds = int(text)
    return min(max(seconds, MIN_PING), MAX_PING) if seconds else 0
