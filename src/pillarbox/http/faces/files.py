"""Static files: those of the folder `web`, read once. No path that is asked for ever reaches the file system.

Pages have paths of their own, what they are made of is below `/static`. Modules and styles that belong together must be
of one version, so browsers ask each time whether what they have is still that of the server.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pillarbox.http.exchange import Exchange
from pillarbox.http.headers import PAGE, SIGN_IN_PAGE
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup

__all__ = ["account", "device", "front", "login", "show", "static"]

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
"""By the end of a name; what has none of these is not served."""
_FRONT = "index.html"
_AUTHORIZE = "sign-in/authorize.html"
_CACHED = (b"cache-control", b"public, max-age=3600")
_ASKED_AFTER = (b"cache-control", b"public, no-cache")
_IS_OF_A_FAMILY = frozenset({".css", ".js"})
_FOR_NOBODY_ELSE = (
    (b"cache-control", b"no-store"),
    *SIGN_IN_PAGE,
)
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
    """What pages are made of; the pages themselves are where their paths are."""
    folder = exchange.parts.get("folder")
    name = exchange.parts["name"] if folder is None else f"{folder}/{exchange.parts['name']}"
    found = _files().get(name)
    if found is None or (folder is not None and name.endswith(".html")):
        raise Problem(404, "there is nothing at this path")
    await _sent(exchange, found)


async def login(_: Setup, exchange: Exchange) -> None:
    """The page where people sign in; `next` is the path on this server that they go to then."""
    await _page(exchange, "sign-in/login.html")


async def device(_: Setup, exchange: Exchange) -> None:
    """The page where the code is entered that a device shows (RFC 8628 section 3.3)."""
    await _page(exchange, "sign-in/device.html")


async def account(_: Setup, exchange: Exchange) -> None:
    """The page where people look after how they sign in."""
    await _page(exchange, "account/account.html")


async def show(exchange: Exchange, status: int = 200) -> None:
    """Answers with the page that asks whether a client may, whatever its request is worth.

    The page asks `POST /auth/authorize` about its query, and tells what is wrong with it in the reader's language; the
    status is for who reads no page.
    """
    await _page(exchange, _AUTHORIZE, status)


async def _page(exchange: Exchange, name: str, status: int = 200) -> None:
    form = _fitting(exchange, _files()[name])
    await exchange.answer(status, form.headers, form.octets)


async def _sent(exchange: Exchange, file: _File) -> None:
    form = _fitting(exchange, file)
    if _is_known(exchange, form.etag, file.modified):
        await exchange.begin(304, [one for one in form.headers if not one[0].startswith(b"content-")])
        await exchange.end()
        return
    await exchange.answer(200, form.headers, form.octets)


def _fitting(exchange: Exchange, file: _File) -> _Form:
    """The form that the client takes."""
    if file.small is not None and _takes_gzip(exchange.header(b"accept-encoding")):
        return file.small
    return file.plain


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
    web = files("pillarbox") / "web"
    for entry in web.iterdir():
        if entry.is_dir():
            yield from ((f"{entry.name}/{one.name}", _file(one)) for one in entry.iterdir() if _is_served(one))
        elif _is_served(entry):
            yield entry.name, _file(entry)


def _is_served(entry: Traversable) -> bool:
    return Path(entry.name).suffix in _TYPES


def _file(entry: Traversable) -> _File:
    octets, modified = entry.read_bytes(), int(entry.stat().st_mtime) if isinstance(entry, Path) else 0
    suffix = Path(entry.name).suffix
    always = (
        (b"content-type", _TYPES[suffix].encode()),
        (b"vary", b"Accept-Encoding"),
        *_about(entry.name, suffix, modified),
    )
    small = gzip.compress(octets, 9, mtime=0)
    return _File(
        _form(octets, always),
        _form(small, (*always, (b"content-encoding", b"gzip"))) if len(small) < len(octets) else None,
        modified,
    )


def _about(name: str, suffix: str, modified: int) -> tuple[tuple[bytes, bytes], ...]:
    """How long a file may be kept by whom, and what it may do."""
    if suffix == ".html" and name != _FRONT:
        return _FOR_NOBODY_ELSE
    kept = _ASKED_AFTER if suffix in _IS_OF_A_FAMILY else _CACHED
    return (b"last-modified", formatdate(modified, usegmt=True).encode()), kept, *PAGE


def _form(octets: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> _Form:
    etag = b'"%s"' % hashlib.sha256(octets).hexdigest()[:24].encode()
    return _Form(octets, etag, (*headers, (b"etag", etag)))
