"""The browser that somebody signs in with: its secret while they try, its session once they have, and its name."""

import re
import secrets

from pillarbox.access import PERSON, Principal
from pillarbox.access.permission import AUTHENTICATE
from pillarbox.datatypes.server import BROWSER
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.page import place, put
from pillarbox.http.guard.session import authority_of, cookie, cookie_value, session_proof
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.browser import ATTEMPT_LIFE
from pillarbox.signin.oauth import SIGN_IN, Beginning
from pillarbox.telemetry import Event, emit

__all__ = ["admitted", "attempting", "clear_attempt", "known_attempt", "sign_in"]

_NAME = b"pillarbox-attempt"
_VALUE = re.compile(r"[A-Za-z0-9_-]{32}")

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that a browser says: each later one claims to be several of them."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def admitted(principal: Principal | None) -> Principal:
    """Somebody who may sign in with a browser. Raises Problem 403."""
    if principal is None or principal.kind != PERSON or AUTHENTICATE not in principal.permissions:
        raise Problem(403, f"this account may not be used so: it lacks the permission {AUTHENTICATE}")
    return principal


def attempting(exchange: Exchange) -> tuple[str, tuple[bytes, bytes]]:
    """The secret of a browser in which somebody tries to sign in, and the cookie that has it keep that."""
    secret = known_attempt(exchange) or secrets.token_urlsafe(24)
    return secret, cookie(exchange, secret, int(ATTEMPT_LIFE), _NAME)


def known_attempt(exchange: Exchange) -> str:
    """The secret that it was given before; empty if it has none."""
    value = cookie_value(exchange, _NAME) or ""
    return value if _VALUE.fullmatch(value) else ""


def clear_attempt(exchange: Exchange) -> tuple[bytes, bytes]:
    """The header that has it forgotten."""
    return cookie(exchange, "", 0, _NAME)


async def sign_in(setup: Setup, exchange: Exchange, principal: Principal, methods: tuple[str, ...]) -> None:
    """They are in: a session of its own, in place of whatever was there before, so that nobody can have laid it."""
    authority, before = authority_of(setup), await session_proof(setup, exchange)
    agent = (exchange.header(b"user-agent") or b"")[:512].decode("latin-1")
    beginning = Beginning(
        principal.number,
        SIGN_IN,
        BROWSER,
        None,
        methods,
        authority.clock(),
        _named(agent),
        place(exchange),
        agent,
    )
    grant = await setup.door.through(authority.grants.begin, beginning)
    if before is not None and before.credential is not None:
        await setup.door.through(authority.grants.end, before.principal.number, before.credential, place(exchange))
    if setup.tally is not None:
        await setup.door.through(setup.tally.signed_in, exchange.client)
    emit(Event.AUTH_SUCCESS, account=principal.number, kind="session", client=exchange.client.address)
    token = authority.grants.session(grant)
    session = cookie(exchange, token, authority.policy.lives.session)
    await put(exchange, 200, {"signedIn": True}, session, clear_attempt(exchange))


def _named(agent: str) -> str:
    """What people would call it."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "Browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} ({system})" if system else browser
