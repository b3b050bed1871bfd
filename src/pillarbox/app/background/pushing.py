"""Pushes to the URLs of clients, from the background worker."""

import asyncio
import secrets
import time

from pillarbox.app.house import House
from pillarbox.app.outgoing import guard
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.push import push_key
from pillarbox.jmap.push.webpush import Pacing, Post, WebPush
from pillarbox.net import Door
from pillarbox.net.outbound import Outbound
from pillarbox.settings import Snapshot, catalogue, host_name
from pillarbox.store import StoreError
from pillarbox.telemetry import Event, emit

__all__ = ["PUSHING", "pushed"]

PUSHING = (
    catalogue.HOSTNAME,
    catalogue.OUTBOUND_ALLOW_NETWORKS,
    catalogue.PUSH_ATTEMPTS,
    catalogue.PUSH_ATTEMPTS_INTERVAL,
    catalogue.PUSH_THROTTLE,
    catalogue.PUSH_TIMEOUT_REQUEST,
)
"""The settings that it works by."""

_AGAIN = 5.0
"""Seconds until it is tried again to read what could not be."""


async def pushed(built: House, door: Door) -> None:
    """Pushes what changes, for as long as it is not cancelled."""
    while True:
        try:
            await _pushed(built, door)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
        await asyncio.sleep(_AGAIN)


async def _pushed(built: House, door: Door) -> None:
    settings = built.settings
    key = await door.through(push_key, built.store, secrets.token_bytes)
    async with Outbound(guard(settings)) as outbound:
        post = Post(
            outbound,
            key,
            f"mailto:postmaster@{host_name(settings)}",
            settings[catalogue.PUSH_TIMEOUT_REQUEST].seconds,
            time.time,
            secrets.token_bytes,
        )
        await WebPush(built.store, REGISTRY, post, door.through, _pacing(settings), built.directory.reach).run()


def _pacing(settings: Snapshot) -> Pacing:
    return Pacing(
        settings[catalogue.PUSH_THROTTLE].seconds,
        settings[catalogue.PUSH_ATTEMPTS_INTERVAL].seconds,
        settings[catalogue.PUSH_ATTEMPTS],
    )
