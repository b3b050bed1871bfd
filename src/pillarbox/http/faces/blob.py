"""Uploads and downloads (RFC 8620 sections 6.1 and 6.2)."""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from pillarbox.access import Actor, Grant
from pillarbox.datatypes.core import note_upload, reached, room_for, whole_id
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.range import wanted_range
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.jmap import Service
from pillarbox.objects import MethodError, granted
from pillarbox.store import BlobReader, Staged, StoreError, retried

__all__ = ["download", "upload"]

_JSON = (b"content-type", b"application/json; charset=utf-8")
_FOREVER = (b"cache-control", b"private, immutable, max-age=31536000")
# What is downloaded was written by strangers: shown on our origin, it must be able to do nothing there.
_SANDBOX = (b"content-security-policy", b"sandbox; default-src 'none'")
# Nor may a page of another site have it for a script or a picture: the browser adds a password that it knows, and the
# page chooses the type. With a ticket, whoever made the page was given it.
_OURS_ALONE = (b"cross-origin-resource-policy", b"same-origin")
_NAME = r"[A-Za-z0-9!#$&^_.+-]{1,127}"
_VALUE = r"""(?:[A-Za-z0-9!#$%&'*+.^_`|~-]+|"[ !#-\[\]-~]*")"""
# RFC 6838 section 4.2, with parameters as RFC 9110 section 5.6.6 has them, but for backslashes.
_TYPE = re.compile(rf"{_NAME}/{_NAME}(?: *; *{_NAME}={_VALUE}){{0,16}}")
_PIECE = 1 << 18
_AT_ONCE = 1 << 20


async def upload(setup: Setup, exchange: Exchange) -> None:
    """Octets in, a blobId out. What was sent half is dropped."""
    account_id = exchange.parts["accountId"]
    grant = _granted(exchange, account_id, to_write=True)
    type_ = (exchange.header(b"content-type") or b"application/octet-stream").decode("latin-1").strip()
    if _TYPE.fullmatch(type_) is None:
        raise Problem(400, "the content type is no media type")
    limits = setup.service.limits
    detail = f"an upload has no more than {limits.upload} octets"
    too_large = Problem(413, detail, "urn:ietf:params:jmap:error:limit", more={"limit": "maxSizeUpload"})
    exchange.refuse_by_length(limits.upload, too_large)
    owner = exchange.entry.principal.number
    async with setup.turns.turn(owner, "maxConcurrentUpload"):
        with ExitStack() as stack:
            # The store may ask a network away whether there is such an account.
            staging = setup.service.store.stage(grant.number)
            staged = await setup.door.for_account(owner, stack.enter_context, staging)
            waiting, more = bytearray(), True
            while more:
                piece, more = await exchange.piece()
                waiting += piece
                if staged.size + len(waiting) > limits.upload:
                    raise too_large
                if len(waiting) >= _AT_ONCE:
                    full, waiting = waiting, bytearray()
                    await setup.door.for_account(owner, staged.write, full)
            actor = exchange.entry.actor
            blob_id = await setup.door.for_account(owner, _kept, setup.service, actor, grant, staged, waiting)
    answer = {"accountId": account_id, "blobId": blob_id, "type": type_, "size": staged.size}
    await exchange.answer(201, (_JSON, (b"cache-control", b"no-store")), orjson.dumps(answer))


def _kept(service: Service, actor: Actor, grant: Grant, staged: Staged, last: bytearray) -> str:
    if last:
        staged.write(last)
    now = service.clock()

    def attempt() -> str:
        staged.complete()
        with service.store.write(grant.number) as unit:
            blob = unit.keep_blob(staged, int(now.timestamp()) + service.limits.upload_life)
            note_upload(unit, actor, grant, blob, now)
            room_for(unit, [blob], service.limits)
            return whole_id(blob.number)

    return retried(attempt)


async def download(setup: Setup, exchange: Exchange) -> None:
    """A blob's octets, or a range of them, as the type that was asked for."""
    parts = exchange.parts
    type_ = exchange.query().get("accept") or "application/octet-stream"
    if _TYPE.fullmatch(type_) is None:
        raise Problem(400, "accept is no media type")
    grant = _granted(exchange, parts["accountId"], to_write=False)
    etag = f'"{parts["blobId"]}"'.encode("ascii", "replace")
    found = await setup.door.through(_opened, setup.service, exchange.entry.actor, grant, parts["blobId"])
    if found is None:
        raise Problem(404, "the account has no such blob")
    headers = [
        (b"etag", etag),
        _FOREVER,
        _SANDBOX,
        (b"content-disposition", _disposition(parts.get("name", ""))),
        (b"accept-ranges", b"bytes"),
    ]
    if not exchange.is_by_ticket:
        headers.append(_OURS_ALONE)
    try:
        if _is_known(exchange.header(b"if-none-match"), etag):
            await exchange.begin(304, headers)
            await exchange.end()
            return
        asked = None if exchange.header(b"if-range") not in (None, etag) else exchange.header(b"range")
        wanted = wanted_range(asked, found.size)
        headers.append((b"content-type", type_.encode()))
        if wanted is None:
            first, length, status = 0, found.size, 200
        else:
            (first, length), status = wanted, 206
            headers.append((b"content-range", b"bytes %d-%d/%d" % (first, first + length - 1, found.size)))
        headers.append((b"content-length", b"%d" % length))
        if exchange.method == "HEAD":
            length = 0
        # Before the answer begins: what cannot be read now is to be asked for again.
        beginning = await _read(setup, found, first, length)
        await exchange.begin(status, headers)
        await _send(setup, exchange, found, first, length, beginning)
    finally:
        found.close()


@dataclass(slots=True)
class _Found:
    """A blob to be sent: in memory, or to be read piece by piece."""

    size: int
    octets: bytes | None
    reader: BlobReader | None

    def piece(self, first: int, length: int) -> bytes:
        if self.octets is not None:
            return self.octets[first : first + length]
        if self.reader is None:
            return b""
        self.reader.seek(first)
        return self.reader.read(length)

    def close(self) -> None:
        if self.reader is not None:
            self.reader.close()


def _opened(service: Service, actor: Actor, grant: Grant, blob_id: str) -> _Found | None:
    with service.store.read(grant.number) as unit:
        octets = reached(unit, actor, grant, blob_id, service.clock())
        if octets is None:
            return None
        if not octets.whole or octets.blob.size <= _AT_ONCE:
            data = octets.read(unit)
            return _Found(len(data), data, None)
        return _Found(octets.blob.size, None, unit.open(octets.blob))


async def _read(setup: Setup, found: _Found, first: int, length: int) -> bytes:
    """A piece of at most that length. Raises StoreError."""
    if found.octets is not None or not length:
        return found.piece(first, length)
    piece = await setup.door.through(found.piece, first, min(_PIECE, length))
    if not piece:
        raise StoreError("a blob is shorter than it should be")
    return piece


async def _send(setup: Setup, exchange: Exchange, found: _Found, first: int, length: int, beginning: bytes) -> None:
    end, piece = first + length, beginning
    while (first := first + len(piece)) < end:
        await exchange.more(piece)
        piece = await _read(setup, found, first, end - first)
    await exchange.end(piece)


def _is_known(header: bytes | None, etag: bytes) -> bool:
    """Whether an If-None-Match has this tag; weak and strong ones compare alike (RFC 9110 section 13.1.2)."""
    known = [one.strip().removeprefix(b"W/") for one in (header or b"").split(b",")]
    return etag in known or known == [b"*"]


def _granted(exchange: Exchange, account_id: str, *, to_write: bool) -> Grant:
    try:
        grant = granted(exchange.entry.actor, account_id, to_write=to_write)
    except MethodError as error:
        if error.type == "accountReadOnly":
            raise Problem(403, "the account may only be read") from None
        raise Problem(404, "there is no such account") from None
    if grant.is_server:
        raise Problem(404, "there are no blobs in this account")
    return grant


def _disposition(name: str) -> bytes:
    """The name in both spellings of RFC 6266, without anything that could end the header or leave a folder."""
    if not name:
        return b"attachment"
    name = "".join(character if character.isprintable() and character not in "/\\" else "_" for character in name)
    plain = "".join(character if character.isascii() and character not in '"%' else "_" for character in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode()
