"""Every route in one table: path, methods, handler, what is asked of who comes, and what an answer costs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pillarbox.access.permission import AUTHENTICATE, MANAGE_PASSWORDS, permission_of
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
    management,
    metrics,
    oauth,
    probe,
    ticket,
    websocket,
    wellknown,
)
from pillarbox.http.route import Cost, Credential, Handler, Limit, Route
from pillarbox.net import PROBE

__all__ = ["ROUTES"]


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
    _account(
        "account",
        "/api/v1/account/auth",
        {"GET": account.reference.tell, "POST": account.reference.change},
        Cost.STORE,
        "The same.",
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
    _account("oauth-code", "/api/v1/oauth", {"POST": oauth.code.make}, Cost.STORE, "The same."),
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
        PROBE,
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
    *management.routes(),
)
