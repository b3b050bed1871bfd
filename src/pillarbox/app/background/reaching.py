"""The server asks for itself under its own URL, and tells if somebody else answers; from the background worker."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from pillarbox.app.house import House
from pillarbox.app.public import public_url
from pillarbox.datatypes.push import push_key
from pillarbox.net import ANYWHERE, PROBE, Door, Recognition
from pillarbox.net.outbound import Answer, Outbound, OutboundError
from pillarbox.settings import Declared, EvaluationError, Snapshot, catalogue
from pillarbox.store import Store, StoreError
from pillarbox.telemetry import Event, emit
from pillarbox.upkeep import Tried, Trouble, candidates, judged

__all__ = ["REACHING", "checked", "reached", "recognition", "watched"]

REACHING: Sequence[Declared[object]] = (
    catalogue.HOSTNAME,
    catalogue.HSTS,
    catalogue.HTTP_URL,
    catalogue.LISTENERS,
    catalogue.TRUSTED_PROXIES,
    catalogue.USE_X_FORWARDED,
)
"""The settings that it works by."""

_SOON = 3.0
"""Seconds after which it is tried first."""
_LATER = 15.0
"""Seconds after which it is tried again before anything is told: a proxy may be started after this server."""
_SECONDS = 8.0
_MOST = 16 * 1024

Ask: TypeAlias = Callable[[str], Awaitable[Answer]]
"""GETs a URL. Raises net.outbound.OutboundError."""


def recognition(store: Store) -> Recognition:
    """What servers on this store know themselves by. Raises store.StoreError."""
    return Recognition(push_key(store, secrets.token_bytes).private)


async def watched(built: House, door: Door) -> None:
    """Tells, some time after it begins, if the URL that clients are told does not lead here."""
    for pause in (_SOON, _LATER):
        await asyncio.sleep(pause)
        try:
            found = await checked(built, door)
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)
            break
        if not found:
            break
    else:
        for one in found:
            emit(Event.SERVER_ASTRAY, setting=one.place, text=one.problem)
    await asyncio.Event().wait()


async def checked(built: House, door: Door) -> list[Trouble]:
    """What is wrong with the way here. Raises store.StoreError."""
    known = await door.through(recognition, built.store)
    # What the operator wrote down may be in any network, as this server is.
    async with Outbound(ANYWHERE, schemes=("https", "http")) as outbound:

        async def ask(url: str) -> Answer:
            return await outbound.send("GET", url, {}, seconds=_SECONDS, most=_MOST)

        return await reached(built.settings, known, ask)


async def reached(settings: Snapshot, known: Recognition, ask: Ask) -> list[Trouble]:
    """What is wrong with the URL that clients of the public listener are told, and which one is right."""
    try:
        url = public_url(settings)
    except EvaluationError as problem:
        told = f"it gives no URL for a client of the public listener that says nothing: {problem}"
        return [Trouble("server", catalogue.HTTP_URL.key, told, "remark")]
    if url is None:
        return []
    first = await _tried(url, known, ask)
    others = await asyncio.gather(*(_tried(other, known, ask) for other in candidates(settings, first)))
    is_written = settings[catalogue.HTTP_URL].text != catalogue.HTTP_URL.default
    return list(judged(first, others, is_written=is_written))


async def _tried(url: str, known: Recognition, ask: Ask) -> Tried:
    question = known.question()
    try:
        answer = await ask(url.rstrip("/") + PROBE.format(question=question))
    except OutboundError as problem:
        return Tried(url, is_here=False, what=problem.known)
    if answer.status in (301, 302, 303, 307, 308):
        location = answer.fields.get("location", "")
        return Tried(url, is_here=False, what=f"it is redirected to {_shown(location)}", moved_to=_origin(location))
    told = _document(answer.octets) if answer.status == 200 else {}
    if not known.proves(question, told.get("proof")):
        return Tried(url, is_here=False, what=f"who answers there ({answer.status}) is another server")
    scheme, peer = told.get("scheme"), told.get("peer")
    return Tried(
        url,
        is_here=True,
        scheme=scheme if isinstance(scheme, str) else None,
        peer=peer if isinstance(peer, str) else None,
        is_unheeded=told.get("isUnheeded") is True,
    )


def _document(octets: bytes) -> dict[str, object]:
    try:
        found = json.loads(octets)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _origin(location: str) -> str | None:
    try:
        parts = urlsplit(location)
        is_one = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if is_one else None


def _shown(text: str) -> str:
    # The question is in it, which nobody needs to read.
    origin = _origin(text)
    return origin if origin is not None else repr(text[:100])
