"""Settings of the authorization server: how long what it gives is good, who may register, what it signs with."""

import re
from typing import Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from pillarbox.settings.declare import Group, Setting
from pillarbox.settings.kind import BOOLEAN, COUNT, SECRET, BadValue, Kind, choice, optional, quoted
from pillarbox.settings.quantity import DURATION, Duration

__all__ = [
    "OAUTH",
    "OAUTH_ANONYMOUS_REGISTRATION",
    "OAUTH_AUTH_CODE",
    "OAUTH_ID_TOKEN",
    "OAUTH_ISSUER",
    "OAUTH_KEY",
    "OAUTH_MAX_ATTEMPTS",
    "OAUTH_REFRESH_TOKEN",
    "OAUTH_REQUIRE_REGISTRATION",
    "OAUTH_SIGNATURE_ALGORITHM",
    "OAUTH_SIGNATURE_KEY",
    "OAUTH_TOKEN",
    "OAUTH_USER_CODE",
    "SignatureAlgorithm",
]

SignatureAlgorithm: TypeAlias = Literal["ES256", "ES384", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]

_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]{1,64})?")
_ALGORITHM: Kind[SignatureAlgorithm] = choice(get_args(SignatureAlgorithm))


def _issuer(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or "?" in text or "#" in text:
        raise BadValue(f"{quoted(text)} is no issuer; write an https URL without a query, as https://mail.example.org")
    if not _PATH.fullmatch(parts.path) or parts.path in ("/.", "/..", "/.well-known"):
        raise BadValue(
            f"{quoted(text)} has a path that is none for an issuer; it is one plain part, without a slash after it"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"https://{host}" + (f":{port}" if port not in (None, 443) else "") + parts.path


ISSUER: Kind[str] = Kind("URL", _issuer, str)


def _key(text: str) -> str:
    if len(text) < 32:
        raise BadValue("a key has at least 32 characters; `openssl rand -base64 48` makes a good one")
    return text


def _algorithm(text: str) -> SignatureAlgorithm:
    wanted = text.strip().upper()
    if wanted.startswith("HS"):
        raise BadValue(
            f"{quoted(text)} signs with a secret that everybody who checks a signature would have to know; "
            "write ES256, and leave the key to the server"
        )
    return _ALGORITHM.parse(wanted)


ALGORITHM: Kind[SignatureAlgorithm] = Kind(_ALGORITHM.name, _algorithm, str)

OAUTH_KEY = Setting(
    "oauth.key",
    optional(Kind("secret", lambda text: SECRET.parse(_key(text)), SECRET.show)),
    None,
    "What all tokens are made with; at least 32 characters. Another one ends every token and every session there is.",
    default_said="made by the server once, and kept in its store",
)
OAUTH_ISSUER = Setting(
    "oauth.issuer",
    optional(ISSUER),
    None,
    "What the authorization server is called, a URL with https. Clients compare it letter by letter, so it stays what "
    "it is; a path has one part at most.",
    default_said="the URL of the listener that the world comes to",
)
OAUTH_TOKEN = Setting(
    "oauth.expiry.token",
    DURATION,
    Duration(3_600_000),
    "How long an access token is good. Mail clients expect an hour at least.",
)
OAUTH_REFRESH_TOKEN = Setting(
    "oauth.expiry.refresh-token",
    DURATION,
    Duration(30 * 86_400_000),
    "How long a client stays signed in that does not come back. Each time it comes, it begins anew.",
)
OAUTH_USER_CODE = Setting(
    "oauth.expiry.user-code",
    DURATION,
    Duration(1_800_000),
    "How long a device waits for somebody to enter its code.",
)
OAUTH_AUTH_CODE = Setting(
    "oauth.expiry.auth-code",
    DURATION,
    Duration(600_000),
    "How long a client has to come for what it was allowed.",
)
OAUTH_MAX_ATTEMPTS = Setting(
    "oauth.auth.max-attempts",
    COUNT,
    3,
    "How many wrong codes of devices an account may try in ten minutes.",
)
OAUTH_REQUIRE_REGISTRATION = Setting(
    "oauth.client-registration.require",
    BOOLEAN,
    False,
    "Whether only clients are let in that were registered. Else one that is not may use the device flow, and be "
    "answered on its user's own device.",
)
OAUTH_ANONYMOUS_REGISTRATION = Setting(
    "oauth.client-registration.anonymous",
    BOOLEAN,
    True,
    "Whether anybody may register a program that runs on its user's own device, as mail clients do by themselves. "
    "Sites and clients with a secret are registered by those with the permission `oauth-client-registration` alone.",
)
OAUTH_SIGNATURE_ALGORITHM = Setting(
    "oauth.oidc.signature-algorithm",
    ALGORITHM,
    "ES256",
    "What ID tokens are signed with; in any case of letters.",
)
OAUTH_SIGNATURE_KEY = Setting(
    "oauth.oidc.signature-key",
    optional(SECRET),
    None,
    "The private key for that, in PEM. It is on you then to change it now and then.",
    default_said="made by the server, and changed every 90 days",
)
OAUTH_ID_TOKEN = Setting(
    "oauth.oidc.expiry.id-token",
    DURATION,
    Duration(900_000),
    "How long an ID token is good.",
)

OAUTH = Group(
    "OAuth and OpenID Connect",
    "How apps are let in without a password; docs/administrators/oauth.md tells the whole of it.",
    (
        OAUTH_KEY,
        OAUTH_ISSUER,
        OAUTH_TOKEN,
        OAUTH_REFRESH_TOKEN,
        OAUTH_USER_CODE,
        OAUTH_AUTH_CODE,
        OAUTH_MAX_ATTEMPTS,
        OAUTH_REQUIRE_REGISTRATION,
        OAUTH_ANONYMOUS_REGISTRATION,
        OAUTH_SIGNATURE_ALGORITHM,
        OAUTH_SIGNATURE_KEY,
        OAUTH_ID_TOKEN,
    ),
)
