"""Where people are known by a provider of OpenID Connect: `directory.<id>.*` of the type `oidc`."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pillarbox.settings.catalogue.outside import Outside
from pillarbox.settings.declare import Declared, ListSetting, Required, Setting
from pillarbox.settings.kind import NAME, SECRET, BadValue, Kind, choice, optional, quoted
from pillarbox.settings.source import Source
from pillarbox.telemetry import Secret

__all__ = ["OIDC_FIELDS", "OidcDirectory", "OidcFields", "oidc"]

OidcMethod: TypeAlias = Literal["introspect", "userinfo"]


@dataclass(frozen=True, slots=True)
class OidcFields:
    """The members of an answer that say what is known of somebody; `username` if a login is as good as an address."""

    email: str
    username: str | None
    full_name: str


@dataclass(frozen=True, slots=True)
class OidcDirectory:
    """A provider by its issuer, where it is asked, and whom its tokens must be for."""

    outside: Outside
    issuer: str
    endpoint: str
    method: OidcMethod
    audiences: tuple[str, ...]
    username: str
    secret: Secret
    fields: OidcFields


_LONGEST = 2048


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        well = bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0 and not parts.fragment
    except ValueError:
        parts, well = urlsplit(""), False
    if parts.scheme == "http":
        # Tokens travel encrypted or not at all (RFC 6750 section 5.3); on this machine nobody is between.
        well = well and _is_here(parts.hostname or "")
    elif parts.scheme != "https":
        well = False
    if not well or not text.isascii() or not text.isprintable() or " " in text or len(text) > _LONGEST:
        raise BadValue(f"{quoted(text)} is no URL of a provider; write one that begins with https://")
    return text


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


_URL: Kind[str] = Kind("URL", _url, str)

_ISSUER = Required(
    "directory.<id>.issuer", _URL, "Of `oidc`: the provider's issuer, letter for letter as its tokens name it."
)
_ENDPOINT = Required("directory.<id>.endpoint.url", _URL, "Of `oidc`: where the provider is asked about a token.")
_METHOD: Setting[OidcMethod] = Setting(
    "directory.<id>.endpoint.method",
    choice(("introspect", "userinfo")),
    "introspect",
    "Of `oidc`: what is there: `introspect` (RFC 7662) or `userinfo` (OpenID Connect Core section 5.3). An answer of "
    "the second does not say for whom a token is, so that only tokens are good that are JWTs and say it themselves.",
)
_AUDIENCE = ListSetting(
    "directory.<id>.audience",
    NAME,
    (),
    "Of `oidc`: whom tokens must be for (`aud`, or `client_id` where there is none): one of these.",
    default_said="must be given",
)
_USERNAME = Setting(
    "directory.<id>.auth.username",
    optional(NAME),
    None,
    "Of `oidc`: the client id by which this server asks, where `introspect` is the method.",
)
_SECRET = Setting(
    "directory.<id>.auth.secret", SECRET, Secret(""), "Of `oidc`: the secret of that client.", default_said="none"
)
_EMAIL = Setting("directory.<id>.fields.email", NAME, "email", "Of `oidc`: the member with the address.")
_LOGIN: Setting[str | None] = Setting(
    "directory.<id>.fields.username",
    optional(NAME),
    None,
    "Of `oidc`: the member with the login, where that is an address and there is no other. Nobody may be able to "
    "choose theirs at the provider: whoever has an address here has its mail.",
)
_FULL = Setting("directory.<id>.fields.full-name", NAME, "name", "Of `oidc`: the member with the name of the person.")

OIDC_FIELDS: tuple[Declared[object], ...] = (
    _ISSUER,
    _ENDPOINT,
    _METHOD,
    _AUDIENCE,
    _USERNAME,
    _SECRET,
    _EMAIL,
    _LOGIN,
    _FULL,
)


def oidc(common: Outside, source: Source) -> OidcDirectory | None:
    """The directory, or None if it lacks what it needs; every field is read in any case."""
    identity = common.id
    issuer, endpoint = _ISSUER.of(identity).read(source), _ENDPOINT.of(identity).read(source)
    method, audiences = _METHOD.of(identity).read(source), _AUDIENCE.of(identity).read(source)
    username, secret = _USERNAME.of(identity).read(source), _SECRET.of(identity).read(source)
    fields = OidcFields(
        _EMAIL.of(identity).read(source), _LOGIN.of(identity).read(source), _FULL.of(identity).read(source)
    )
    if not audiences:
        wrong = "a token that was given to somebody else must not let them in here; say whom tokens must be for"
        source.wrong(_AUDIENCE.of(identity).key, "missing", wrong)
    if method == "introspect" and (username is None or not secret.reveal()):
        # An endpoint that answers anybody tells anybody which tokens are good (RFC 7662 section 2.1).
        source.wrong(_USERNAME.of(identity).key, "missing", "who introspects has a name and a secret")
        return None
    if issuer is None or endpoint is None or not audiences:
        return None
    return OidcDirectory(common, issuer, endpoint, method, audiences, username or "", secret, fields)
