"""Browsers in which somebody has signed in: known by a cookie, and only where a page of ours asks (RFC 6265).

A cookie comes along whoever had the browser ask. So what it lets do is done for pages of this server alone: they ask in
JSON, which no form of another site can, and the browser says that they are ours.
"""

import re

from pillarbox.access import Ended, Proof
from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import Authority

__all__ = [
    "authority_of",
    "check_asker",
    "check_origin",
    "clear_cookie",
    "cookie",
    "cookie_token",
    "cookie_value",
    "required_proof",
    "session_proof",
]

_NAME = b"pillarbox-session"
# What begins so is taken from a page with TLS alone, for this host and every path, whatever sets it (RFC 6265bis
# section 4.1.3.2).
_PREFIX = b"__Host-"
_VALUE = re.compile(rb"[A-Za-z0-9_-]{1,2048}")
_LONGEST = 16_384
_JSON = b"application/json"


def authority_of(setup: Setup) -> Authority:
    """The authorization server. Raises Problem 404 where there is none."""
    if setup.oauth is None:
        raise Problem(404, "there is no authorization server here")
    return setup.oauth


async def session_proof(setup: Setup, exchange: Exchange) -> Proof | None:
    """Who has signed in with this browser, if anybody. Raises store.StoreError."""
    token = cookie_token(exchange)
    if token is None:
        return None
    sessions = authority_of(setup).sessions
    proof = sessions.remembered(token)
    if proof is None:
        try:
            if sessions.is_outdated(token):
                proof = await setup.door.through(sessions.confirmed, token)
            proof = proof or await setup.door.through(sessions.verified, token)
        except Ended:
            return None
    return proof


async def required_proof(setup: Setup, exchange: Exchange) -> Proof:
    """The same; raises Problem 401 if nobody has, without a challenge that a browser would answer by itself."""
    proof = await session_proof(setup, exchange)
    if proof is None:
        raise Problem(401, "sign in first", headers=((b"www-authenticate", b'Bearer realm="Pillarbox"'),))
    return proof


def check_origin(exchange: Exchange, base: str) -> None:
    """Raises Problem 403 unless a page of this server asks; 415 unless it asks in JSON, where there is a body."""
    if not _is_ours(exchange, base):
        raise Problem(403, "this is for pages of this server alone")
    if exchange.method in ("POST", "PUT", "PATCH"):
        _check_type(exchange, _JSON)


def check_asker(exchange: Exchange, base: str, media_type: bytes = _JSON) -> None:
    """Raises Problem 415 for what a page of another site can have a browser send, with the password that this may know.

    A browser to which somebody gave their password for Basic sends it along whoever has it ask (RFC 7617 section 4).
    For JSON, as for all but text and forms, it asks us first whether it may (WHATWG Fetch, "CORS-preflight fetch"). Who
    has no browser may say anything.
    """
    is_browser = exchange.header(b"origin") is not None or exchange.header(b"sec-fetch-site") is not None
    if is_browser and not _is_ours(exchange, base):
        _check_type(exchange, media_type)


def _is_ours(exchange: Exchange, base: str) -> bool:
    """Whether a browser says that a page of this server asks."""
    site = exchange.header(b"sec-fetch-site")
    if site is not None:
        return site == b"same-origin"
    # Browsers send neither to a server in the clear that is not this machine; who has no browser may say anything.
    here = exchange.client.scheme.encode() + b"://" + (exchange.header(b"host") or b"")
    return exchange.header(b"origin") in (base.encode(), here)


def _check_type(exchange: Exchange, media_type: bytes) -> None:
    sent = (exchange.header(b"content-type") or b"").split(b";")[0].strip().lower()
    if sent != media_type:
        raise Problem(415, f"the content type is {media_type.decode()}")


def cookie_token(exchange: Exchange) -> str | None:
    """The token of a session, if there is one."""
    return cookie_value(exchange, _NAME)


def cookie_value(exchange: Exchange, name: bytes) -> str | None:
    """What is in the cookie of a name of ours; of several none, for one of them is not ours."""
    wanted = _full(exchange, name)
    found: list[bytes] = []
    for field, value in exchange.headers:
        if field == b"cookie" and len(value) <= _LONGEST:
            for pair in value.split(b";"):
                key, equals, token = pair.strip().partition(b"=")
                if equals and key == wanted:
                    found.append(token)
    if len(found) != 1 or not _VALUE.fullmatch(found[0]):
        return None
    return found[0].decode()


def cookie(exchange: Exchange, token: str, seconds: int, name: bytes = _NAME) -> tuple[bytes, bytes]:
    """The header that has a browser keep a session's token for so long, or something else under another name."""
    secure = b" Secure;" if exchange.client.is_secure else b""
    text = b"%s=%s; Path=/; Max-Age=%d;%s HttpOnly; SameSite=Strict"
    return b"set-cookie", text % (_full(exchange, name), token.encode(), seconds, secure)


def clear_cookie(exchange: Exchange) -> tuple[bytes, bytes]:
    """The header that has a browser forget it."""
    return cookie(exchange, "", 0)


def _full(exchange: Exchange, name: bytes) -> bytes:
    return _PREFIX + name if exchange.client.is_secure else name
