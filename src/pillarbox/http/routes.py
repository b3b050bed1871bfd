"""Every route in one table: path, methods, handler, what is asked of who comes, and what an answer costs.

A path is literal parts and placeholders in braces, each one segment; a slash at the end makes no difference. Parts are
compared as they were sent, then decoded. No other spelling leads to a route, or what access control says of the usual
one could be got around.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from pillarbox.access.permission import AUTHENTICATE, MANAGE_PASSWORDS, permission_of
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces import (
    account,
    acme,
    autoconfig,
    blob,
    eventsource,
    files,
    handshake,
    health,
    jmap,
    metrics,
    oauth,
    probe,
    ticket,
    websocket,
    wellknown,
)
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup

__all__ = ["ROUTES", "Cost", "Credential", "Handler", "Limit", "Route", "at", "found"]

Handler: TypeAlias = Callable[[Setup, Exchange], Awaitable[None]]


class Credential(Enum):
    """What a route asks of whoever comes."""

    NONE = "none"
    ACCOUNT = "account"
    OWN = "own"
    """Credentials that its handler asks for, which are no account's."""


class Limit(Enum):
    """Whose number of requests one more is counted with."""

    NONE = "none"
    ANONYMOUS = "anonymous"
    """That of the client's address."""
    ACCOUNT = "account"
    """That of the account; of the client's address as long as it is not known."""


class Cost(Enum):
    """What an answer takes."""

    MEMORY = "memory"
    """It is there already, or made of what is in memory."""
    STORE = "store"
    """The engine and the store are at work for it."""
    STREAM = "stream"
    """It goes on for as long as the client listens: how long that was says nothing of the server."""


@dataclass(frozen=True, slots=True)
class Route:
    """One resource; `name` is what the log and metrics call its class of requests."""

    name: str
    path: str
    methods: Mapping[str, Handler]
    credential: Credential
    limit: Limit
    cost: Cost
    doc: str
    permission: str | None = None
    """What whoever comes with an account has to hold; who lacks it is refused (403)."""
    is_ours_alone: bool = False
    """Whether it is for pages of this server, and those of no other site may read an answer."""
    takes_tickets: bool = False
    """Whether a ticket in its URL is as good as credentials."""
    socket: Handler | None = None
    """What speaks on a WebSocket that begins here."""

    @property
    def allowed(self) -> str:
        """The methods that there are, as Allow lists them (RFC 9110 section 10.2.1)."""
        return ", ".join([*self.methods, *(["HEAD"] if "GET" in self.methods else []), "OPTIONS"])


def _account(name: str, path: str, methods: Mapping[str, Handler], cost: Cost, doc: str, **more: Any) -> Route:
    asked = {"permission": AUTHENTICATE, **more}
    return Route(name, path, methods, Credential.ACCOUNT, Limit.ACCOUNT, cost, doc, **asked)


def _open(
    name: str, path: str, methods: Mapping[str, Handler], doc: str, limit: Limit = Limit.ANONYMOUS, **more: Any
) -> Route:
    return Route(name, path, methods, Credential.NONE, limit, Cost.MEMORY, doc, **more)


def _oauth(name: str, path: str, methods: Mapping[str, Handler], doc: str, **more: Any) -> Route:
    return Route(name, path, methods, Credential.NONE, Limit.ANONYMOUS, Cost.STORE, doc, **more)


def _page(path: str, methods: Mapping[str, Handler], doc: str) -> Route:
    """For the pages of this server, by the cookie of a session."""
    return Route("sign-in", path, methods, Credential.OWN, Limit.ANONYMOUS, Cost.STORE, doc, is_ours_alone=True)


def _changing(path: str, methods: Mapping[str, Handler], doc: str) -> Route:
    """The same, for whoever may change how they sign in, and has signed in a short while ago."""
    return replace(_page(path, methods, doc), name="account", permission=MANAGE_PASSWORDS)


_UPLOAD, _DOWNLOAD = permission_of("Blob", "upload"), permission_of("Blob", "get")

ROUTES: Sequence[Route] = (
    _account(
        "session",
        "/.well-known/jmap",
        {"GET": jmap.session},
        Cost.MEMORY,
        "The JMAP session (RFC 8620 section 2).",
    ),
    _account("jmap", "/jmap", {"POST": jmap.api}, Cost.STORE, "JMAP requests (RFC 8620 section 3.1)."),
    _account(
        "upload",
        "/jmap/upload/{accountId}",
        {"POST": blob.upload},
        Cost.STORE,
        "Uploads (RFC 8620 section 6.1).",
        permission=_UPLOAD,
    ),
    _account(
        "download",
        "/jmap/download/{accountId}/{blobId}/{name}",
        {"GET": blob.download},
        Cost.STORE,
        "Downloads (RFC 8620 section 6.2); `accept` is the media type to answer with.",
        permission=_DOWNLOAD,
        takes_tickets=True,
    ),
    _account(
        "download",
        "/jmap/download/{accountId}/{blobId}",
        {"GET": blob.download},
        Cost.STORE,
        "Downloads where the name that the URL is made with is empty.",
        permission=_DOWNLOAD,
        takes_tickets=True,
    ),
    _account(
        "eventsource",
        "/jmap/eventsource",
        {"GET": eventsource.listen},
        Cost.STREAM,
        "Push (RFC 8620 section 7.3), with `types`, `closeafter` and `ping`.",
        takes_tickets=True,
    ),
    _account(
        "websocket",
        "/jmap/ws",
        {"GET": handshake.plain},
        Cost.STREAM,
        "JMAP over a WebSocket (RFC 8887).",
        takes_tickets=True,
        socket=websocket.talk,
    ),
    _account("ticket", "/jmap/ticket", {"POST": ticket.mint}, Cost.MEMORY, "Credentials for one URL, for browsers."),
    Route(
        "acme",
        "/.well-known/acme-challenge/{token}",
        {"GET": acme.challenge},
        Credential.NONE,
        Limit.NONE,
        Cost.STORE,
        "What an authority comes to see for a certificate (RFC 8555 section 8.3).",
    ),
    _open(
        "autoconfig",
        "/.well-known/autoconfig/mail/config-v1.1.xml",
        {"GET": autoconfig.configuration},
        "What a mail program is to be set up with (draft-ietf-mailmaint-autoconfig); `emailaddress` says for whom.",
    ),
    _open("autoconfig", "/.well-known/mail-v1.xml", {"GET": autoconfig.configuration}, "The same."),
    _open("autoconfig", "/mail/config-v1.1.xml", {"GET": autoconfig.configuration}, "The same."),
    _open(
        "autodiscover",
        "/autodiscover/autodiscover.xml",
        {"POST": autoconfig.discovery},
        "What Outlook asks for (Autodiscover).",
    ),
    _open(
        "mta-sts",
        "/.well-known/mta-sts.txt",
        {"GET": wellknown.mta_sts},
        "The MTA-STS policy, if there is one (RFC 8461 section 3.2).",
    ),
    _page(
        "/auth/session",
        {"GET": account.session.tell, "POST": account.session.begin, "DELETE": account.session.end},
        "For the pages: who has signed in, signing in by name and password, signing out.",
    ),
    _page("/auth/session/second-factor", {"POST": account.second_factor.prove}, "The second factor by a code."),
    _page("/auth/session/passkey/options", {"POST": account.passkey.prove_options}, "What a passkey is to sign."),
    _page("/auth/session/passkey", {"POST": account.passkey.prove}, "Signing in by a passkey (WebAuthn)."),
    _page("/auth/session/confirm", {"POST": account.session.confirm}, "Proving once more who one is."),
    _page("/auth/account", {"GET": account.overview.tell}, "How somebody signs in, and what is signed in."),
    _changing("/auth/account/password", {"POST": account.password.change}, "Another password."),
    _changing(
        "/auth/account/totp",
        {"POST": account.totp.begin, "PUT": account.totp.confirm, "DELETE": account.totp.remove},
        "Two-step verification (RFC 6238): begun, confirmed by a code, ended.",
    ),
    _changing("/auth/account/recovery-codes", {"POST": account.totp.renew}, "Other recovery codes."),
    _changing(
        "/auth/account/passkeys/options", {"POST": account.passkey.add_options}, "What a passkey is to be made of."
    ),
    _changing("/auth/account/passkeys", {"POST": account.passkey.add}, "One more passkey."),
    _changing("/auth/account/passkeys/{id}", {"DELETE": account.passkey.remove}, "One passkey less."),
    _changing("/auth/account/app-passwords", {"POST": account.app_passwords.add}, "One more app password."),
    _changing("/auth/account/app-passwords/{id}", {"DELETE": account.app_passwords.remove}, "One less."),
    _changing("/auth/account/grants/{id}", {"DELETE": account.grants.end}, "An app or browser is let in no more."),
    _account(
        "account",
        "/api/account/auth",
        {"GET": account.reference.tell, "POST": account.reference.change},
        Cost.STORE,
        "The same for programs: the main password asked for by Basic where it, or the second factor, is changed.",
        permission=MANAGE_PASSWORDS,
    ),
    _open("front", "/", {"GET": files.front}, "A page for who opens the address in a browser.", Limit.NONE),
    _open("static", "/static/{name}", {"GET": files.static}, "What that page is made of.", Limit.NONE),
    _open("static", "/static/{folder}/{name}", {"GET": files.static}, "What the other pages are made of.", Limit.NONE),
    _open("page", "/login", {"GET": files.login}, "The page where people sign in.", Limit.NONE, is_ours_alone=True),
    _open(
        "page",
        "/authorize",
        {"GET": files.device},
        "The page for a device's code (RFC 8628 section 3.3).",
        Limit.NONE,
        is_ours_alone=True,
    ),
    _open(
        "page", "/account", {"GET": files.account}, "The page about how one signs in.", Limit.NONE, is_ours_alone=True
    ),
    *(
        _open(
            "oauth-metadata",
            path,
            {"GET": oauth.metadata.authorization_server},
            "What the authorization server can do (RFC 8414).",
        )
        for path in ("/.well-known/oauth-authorization-server", "/.well-known/oauth-authorization-server/{issuer}")
    ),
    *(
        _open(
            "oauth-metadata",
            path,
            {"GET": oauth.metadata.openid},
            "The same, for OpenID Connect (Discovery section 4).",
        )
        for path in (
            "/.well-known/openid-configuration",
            "/.well-known/openid-configuration/{issuer}",
            "/{issuer}/.well-known/openid-configuration",
        )
    ),
    *(
        _open(
            "oauth-metadata",
            path,
            {"GET": oauth.metadata.protected_resource},
            "Whose tokens are taken here (RFC 9728).",
        )
        for path in (
            "/.well-known/oauth-protected-resource",
            "/.well-known/oauth-protected-resource/{resource}",
            "/.well-known/oauth-protected-resource/{folder}/{resource}",
        )
    ),
    _oauth(
        "oauth-authorize",
        "/authorize/code",
        {"GET": oauth.authorization.begin, "POST": oauth.authorization.resubmit},
        "Where a client sends people who are to let it in (RFC 6749 section 3.1).",
        is_ours_alone=True,
    ),
    _oauth(
        "oauth-authorize",
        "/auth/authorize",
        {"POST": oauth.authorization.look},
        "For that page: what a request needs.",
        is_ours_alone=True,
    ),
    _oauth(
        "oauth-authorize",
        "/auth/authorize/decision",
        {"POST": oauth.authorization.decide},
        "For that page: what was decided.",
        is_ours_alone=True,
    ),
    _oauth("oauth-token", "/auth/token", {"POST": oauth.token.give}, "Tokens (RFC 6749 section 3.2)."),
    _oauth("oauth-device", "/auth/device", {"POST": oauth.device.begin}, "Codes for a device (RFC 8628 section 3.1)."),
    _oauth(
        "oauth-device",
        "/auth/device/lookup",
        {"POST": oauth.device.look},
        "For the page: which device has a code.",
        is_ours_alone=True,
    ),
    _oauth(
        "oauth-device",
        "/auth/device/decision",
        {"POST": oauth.device.decide},
        "For the page: what was decided.",
        is_ours_alone=True,
    ),
    Route(
        "oauth-introspect",
        "/auth/introspect",
        {"POST": oauth.introspection.look},
        Credential.OWN,
        Limit.ANONYMOUS,
        Cost.STORE,
        "What a token is good for (RFC 7662): accounts ask of their own, clients with a secret of theirs.",
    ),
    _oauth("oauth-revoke", "/auth/revoke", {"POST": oauth.revocation.end}, "The end of a token (RFC 7009)."),
    _account(
        "oauth-userinfo",
        "/auth/userinfo",
        {"GET": oauth.userinfo.tell, "POST": oauth.userinfo.tell},
        Cost.MEMORY,
        "Who has let a client in (OpenID Connect Core section 5.3).",
        permission=None,
    ),
    _oauth("oauth-jwks", "/auth/jwks.json", {"GET": oauth.jwks.keys}, "The public keys of ID tokens (RFC 7517)."),
    Route(
        "oauth-register",
        "/auth/register",
        {"POST": oauth.registration.register},
        Credential.OWN,
        Limit.ANONYMOUS,
        Cost.STORE,
        "Registration of clients (RFC 7591): by anybody for programs, by those with the permission for all.",
    ),
    Route(
        "oauth-register",
        "/auth/register/{clientId}",
        {"GET": oauth.registration.tell, "PUT": oauth.registration.change, "DELETE": oauth.registration.remove},
        Credential.OWN,
        Limit.ANONYMOUS,
        Cost.STORE,
        "One registration (RFC 7592), with the token that it was answered with.",
    ),
    _oauth(
        "oauth-logout",
        "/auth/logout",
        {"GET": oauth.logout.leave, "POST": oauth.logout.leave},
        "Signing out at a client's wish (RP-Initiated Logout).",
        is_ours_alone=True,
    ),
    _account(
        "oauth-code",
        "/api/oauth",
        {"POST": oauth.code.make},
        Cost.STORE,
        "Codes for clients, for pages that have the password itself.",
    ),
    _open("robots", "/robots.txt", {"GET": wellknown.robots}, "For crawlers, to which nothing is open.", Limit.NONE),
    _open("live", "/healthz/live", {"GET": health.live}, "Whether this process answers.", Limit.NONE),
    Route(
        "ready",
        "/healthz/ready",
        {"GET": health.ready},
        Credential.NONE,
        Limit.NONE,
        Cost.STORE,
        "Whether it can serve, else 503 with the parts that are not ready.",
    ),
    _open(
        "check",
        probe.PROBE,
        {"GET": probe.probe},
        "For the server's own question whether its URL leads here; nothing is there for others.",
        Limit.NONE,
    ),
    Route(
        "metrics",
        "/metrics/prometheus",
        {"GET": metrics.prometheus},
        Credential.OWN,
        Limit.ANONYMOUS,
        Cost.MEMORY,
        "What is counted, for Prometheus, if it is enabled.",
    ),
)

_LITERAL = {route.path.encode().strip(b"/"): route for route in ROUTES if "{" not in route.path}
_SPLIT = [(route, route.path.encode().strip(b"/").split(b"/")) for route in ROUTES if "{" in route.path]
_NO_PARTS: Mapping[str, str] = {}


def found(exchange: Exchange) -> tuple[Route, Handler]:
    """The route of a request's path and its handler; what placeholders stood for is put into the exchange.

    Raises Problem 404, or 405 with the methods that there are.
    """
    route = at(exchange)
    return route, _handler(route, exchange.method) if exchange.socket is None else _talker(route)


def at(exchange: Exchange) -> Route:
    """The route of a request's path, whatever its method; its name and what placeholders mean go into the exchange.

    Raises Problem 404.
    """
    sent = exchange.raw_path
    if not sent.startswith(b"/"):
        raise _nothing()
    path = sent[1:-1] if len(sent) > 2 and sent.endswith(b"/") else sent[1:]
    route = _LITERAL.get(path)
    if route is not None:
        exchange.route, exchange.parts = route.name, _NO_PARTS
        return route
    given = path.split(b"/")
    for route, parts in _SPLIT:
        if len(parts) == len(given) and all(
            part == one or (part.startswith(b"{") and one) for part, one in zip(parts, given, strict=True)
        ):
            exchange.route, exchange.parts = route.name, _decoded(parts, given)
            return route
    raise _nothing()


def _nothing() -> Problem:
    return Problem(404, "there is nothing at this path")


def _decoded(parts: Sequence[bytes], given: Sequence[bytes]) -> dict[str, str]:
    try:
        return {
            part[1:-1].decode(): unquote_to_bytes(one).decode()
            for part, one in zip(parts, given, strict=True)
            if part.startswith(b"{")
        }
    except UnicodeDecodeError:
        raise Problem(400, "the path is not percent-encoded UTF-8") from None


def _handler(route: Route, method: str) -> Handler:
    handler = route.methods.get("GET" if method == "HEAD" else method)
    if handler is None:
        raise Problem(405, f"allowed: {route.allowed}", headers=((b"allow", route.allowed.encode()),))
    return handler


def _talker(route: Route) -> Handler:
    if route.socket is None:
        raise Problem(404, "there is no WebSocket at this path")
    return route.socket
