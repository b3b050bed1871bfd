"""Static files: those of the folder `web`, read once. No path that is asked for ever reaches the file system."""

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from pillarbox.http.exchange import Exchange
from pillarbox.http.headers import PAGE
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup

__all__ = ["front", "static"]

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
"""By the end of a name; what has none of these is not served."""
_FRONT = "index.html"
_CACHED = (b"cache-control", b"public, max-age=3600")
_GZIP = re.compile(rb"(?:^|,)\s*(?:gzip|x-gzip|\*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?(?=,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Form:
    """A file's octets in one coding, and the header fields of their own (RFC 9110 section 8.8.3.3)."""

    octets: bytes
    etag: bytes
    headers: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class _File:
    plain: _Form
    small: _Form | None
    """Compressed, if that is smaller."""
    modified: int
    """In seconds since 1970."""


async def front(_: Setup, exchange: Exchange) -> None:
    """The page that who opens the server's address in a browser sees."""
    await _sent(exchange, _files()[_FRONT])


async def static(_: Setup, exchange: Exchange) -> None:
    """What pages are made of."""
    found = _files().get(exchange.parts["name"])
    if found is None:
        raise Problem(404, "there is nothing at this path")
    await _sent(exchange, found)


async def _sent(exchange: Exchange, file: _File) -> None:
    form = file.small if file.small is not None and _takes_gzip(exchange.header(b"accept-encoding")) else file.plain
    if _is_known(exchange, form.etag, file.modified):
        await exchange.begin(304, [one for one in form.headers if not one[0].startswith(b"content-")])
        await exchange.end()
        return
    await exchange.answer(200, form.headers, form.octets)


def _is_known(exchange: Exchange, etag: bytes, modified: int) -> bool:
    """Whether the client has it already (RFC 9110 section 13.2.2); an ETag is asked about before a date."""
    if (known := exchange.header(b"if-none-match")) is not None:
        tags = {tag.strip().removeprefix(b"W/") for tag in known.split(b",")}
        return known.strip() == b"*" or etag in tags
    if (since := exchange.header(b"if-modified-since")) is None:
        return False
    try:
        return modified <= parsedate_to_datetime(since.decode("ascii")).timestamp()
    # A date that is none is passed over (section 13.1.3).
    except (ValueError, OverflowError):
        return False


def _takes_gzip(accepted: bytes | None) -> bool:
    """Whether the client wants that coding (RFC 9110 section 12.5.3); what it says of it by name goes first."""
    found = {
        match[0].strip(b", \t").partition(b";")[0].strip().lower(): float(match[1] or 1)
        for match in _GZIP.finditer(accepted or b"")
    }
    quality = found.get(b"gzip", found.get(b"x-gzip", found.get(b"*", 0.0)))
    return quality > 0


@cache
def _files() -> Mapping[str, _File]:
    """All of them by name."""
    return dict(_read())


def _read() -> Iterator[tuple[str, _File]]:
    for entry in (files("pillarbox") / "web").iterdir():
        suffix = Path(entry.name).suffix
        if suffix not in _TYPES:
            continue
        octets = entry.read_bytes()
        modified = int(entry.stat().st_mtime) if isinstance(entry, Path) else 0
        always = (
            (b"content-type", _TYPES[suffix].encode()),
            (b"last-modified", formatdate(modified, usegmt=True).encode()),
            _CACHED,
            (b"vary", b"Accept-Encoding"),
            *PAGE,
        )
        small = gzip.compress(octets, 9, mtime=0)
        yield (
            entry.name,
            _File(
                _form(octets, always),
                _form(small, (*always, (b"content-encoding", b"gzip"))) if len(small) < len(octets) else None,
                modified,
            ),
        )


def _form(octets: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> _Form:
    etag = b'"%s"' % hashlib.sha256(octets).hexdigest()[:24].encode()
    return _Form(octets, etag, (*headers, (b"etag", etag)))
