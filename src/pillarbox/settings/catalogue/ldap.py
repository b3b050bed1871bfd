"""Where people are known by LDAP (RFC 4511): `directory.<id>.*` of the type `ldap`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pillarbox.settings.catalogue.outside import Outside
from pillarbox.settings.declare import Declared, ListSetting, Required, Setting
from pillarbox.settings.kind import BOOLEAN, NAME, SECRET, BadValue, Kind, choice, optional, quoted
from pillarbox.settings.source import Source
from pillarbox.telemetry import Secret

__all__ = ["LDAP_FIELDS", "LdapAttributes", "LdapBind", "LdapDirectory", "LdapUrl", "ldap"]

BindMethod: TypeAlias = Literal["lookup", "template", "compare"]


@dataclass(frozen=True, slots=True)
class LdapUrl:
    """A server of LDAP; `is_encrypted` if TLS comes before the first octet (`ldaps`)."""

    host: str
    port: int
    is_encrypted: bool

    @property
    def is_here(self) -> bool:
        """Whether it is this machine, so that nobody between can listen."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"ldap{'s' if self.is_encrypted else ''}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class LdapBind:
    """Who asks, nobody if `dn` is None; and how a password is proved. A template has `{...}` places for the login."""

    dn: str | None
    secret: Secret
    method: BindMethod
    template: str


@dataclass(frozen=True, slots=True)
class LdapAttributes:
    """The attributes that say what is known of somebody; of several, the first that has a value counts."""

    name: tuple[str, ...]
    description: tuple[str, ...]
    email: tuple[str, ...]
    aliases: tuple[str, ...]
    quota: tuple[str, ...]
    secret: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LdapDirectory:
    """A server, what is searched there and how; filters have `?` where the escaped value goes."""

    outside: Outside
    url: LdapUrl
    is_upgraded: bool
    """Whether a connection in the clear goes on in TLS (StartTLS) before anything is said."""
    is_anyone_believed: bool
    base_dn: str
    bind: LdapBind
    filter_name: str
    filter_email: str
    attributes: LdapAttributes


_PORTS = {"ldap": 389, "ldaps": 636}


def _url(text: str) -> LdapUrl:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or port == 0 or not text.isprintable():
        raise BadValue(f"{quoted(text)} is no URL of a directory; write one as in ldaps://ldap.example.org")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise BadValue(f"{quoted(text)} has more than a host and a port; the base is a setting of its own")
    return LdapUrl(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "ldaps")


_LONGEST = 4096


def _filter(text: str) -> str:
    well = text.startswith("(") and text.endswith(")") and text.count("(") == text.count(")") and text.isprintable()
    if not well or "?" not in text or len(text) > _LONGEST:
        raise BadValue(f"{quoted(text)} is no filter (RFC 4515) with a ? where the name goes, as in (uid=?)")
    return text


_ATTRIBUTE_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}(?:;[A-Za-z0-9-]{1,127})*")


def _attribute(text: str) -> str:
    if not _ATTRIBUTE_TEXT.fullmatch(text):
        raise BadValue(f"{quoted(text)} is no name of an attribute")
    return text


_PLACES = re.compile(r"\{(?:username|local|domain)\}")


def _template(text: str) -> str:
    if not _PLACES.search(text) or "=" not in text or not text.isprintable() or len(text) > _LONGEST:
        raise BadValue(f"{quoted(text)} is no DN with {{username}}, {{local}} or {{domain}} in it")
    return text


_ATTRIBUTE: Kind[str] = Kind("attribute", _attribute, str)
_FILTER: Kind[str] = Kind("LDAP filter", _filter, str)

_URL = Required(
    "directory.<id>.url",
    Kind("URL", _url, str),
    "Of `ldap`: the server, `ldaps://…` or `ldap://…`.",
)
_BASE = Required("directory.<id>.base-dn", NAME, "Of `ldap`: the entry below which people are looked for.")
_STARTTLS = Setting(
    "directory.<id>.tls.enable",
    BOOLEAN,
    False,
    "Of `ldap`: whether a connection to `ldap://…` goes on in TLS (StartTLS) before anything is said.",
)
_ANY_CERTIFICATE = Setting(
    "directory.<id>.tls.allow-invalid-certs",
    BOOLEAN,
    False,
    "Of `ldap`: whether a certificate is good that nobody known here has signed for the host.",
)
_DN = Setting("directory.<id>.bind.dn", optional(NAME), None, "Of `ldap`: who asks.", default_said="nobody")
_SECRET = Setting("directory.<id>.bind.secret", SECRET, Secret(""), "Of `ldap`: their password.", default_said="none")
_METHODS: Mapping[str, BindMethod] = {
    "lookup": "lookup",
    "template": "template",
    "compare": "compare",
    "default": "compare",
}
_METHOD = Setting(
    "directory.<id>.bind.auth.method",
    choice(tuple(_METHODS)),
    "lookup",
    "Of `ldap`: how a password is proved. `lookup` finds the entry, and binds as it; `template` binds as the DN of "
    "`bind.auth.template`; `compare`, or `default`, compares with the hash in `attributes.secret`.",
)
_TEMPLATE: Setting[str | None] = Setting(
    "directory.<id>.bind.auth.template",
    optional(Kind("DN with places", _template, str)),
    None,
    "Of `ldap`: the DN to bind as; `{username}` is the login as given, `{local}` and `{domain}` are its parts.",
)
_FILTER_NAME = Setting(
    "directory.<id>.filter.name",
    _FILTER,
    "(&(objectClass=person)(uid=?))",
    "Of `ldap`: finds somebody by a login without a domain, which stands in place of each `?`.",
)
_FILTER_EMAIL = Setting(
    "directory.<id>.filter.email",
    _FILTER,
    "(&(objectClass=person)(mail=?))",
    "Of `ldap`: finds somebody by an address, an alias too.",
)


def _attributes(name: str, default: tuple[str, ...], doc: str) -> ListSetting[str]:
    said = "" if default else "none"
    return ListSetting(f"directory.<id>.attributes.{name}", _ATTRIBUTE, default, f"Of `ldap`: {doc}", said)


_NAMES = _attributes("name", ("uid",), "the login.")
_DESCRIPTIONS = _attributes("description", ("displayName", "cn"), "the name of the person.")
_EMAILS = _attributes("email", ("mail",), "addresses; the first is the account's, the others are aliases.")
_ALIASES = _attributes("email-alias", (), "further addresses.")
_QUOTAS = _attributes("quota", (), "the quota in octets.")
_SECRETS = _attributes("secret", ("userPassword",), "the hash of the password, where `compare` is the method.")
_GROUPS = _attributes("groups", (), "groups, which `directory.<id>.roles` gives roles for.")

LDAP_FIELDS: tuple[Declared[object], ...] = (
    _URL,
    _BASE,
    _STARTTLS,
    _ANY_CERTIFICATE,
    _DN,
    _SECRET,
    _METHOD,
    _TEMPLATE,
    _FILTER_NAME,
    _FILTER_EMAIL,
    _NAMES,
    _DESCRIPTIONS,
    _EMAILS,
    _ALIASES,
    _QUOTAS,
    _SECRETS,
    _GROUPS,
)


def ldap(common: Outside, source: Source) -> LdapDirectory | None:
    """The directory, or None if it lacks what it needs; every field is read in any case."""
    identity = common.id
    url, base = _URL.of(identity).read(source), _BASE.of(identity).read(source)
    is_upgraded = _STARTTLS.of(identity).read(source)
    is_anyone_believed = _ANY_CERTIFICATE.of(identity).read(source)
    bind = _bind(identity, source)
    by_name, by_email = _found_by(_FILTER_NAME.of(identity), source), _found_by(_FILTER_EMAIL.of(identity), source)
    told = (_NAMES, _DESCRIPTIONS, _EMAILS, _ALIASES, _QUOTAS, _SECRETS, _GROUPS)
    attributes = LdapAttributes(*(each.of(identity).read(source) for each in told))
    if url is None or base is None or bind is None or by_name is None or by_email is None:
        return None
    if not url.is_encrypted and not is_upgraded and not url.is_here:
        key = _STARTTLS.of(identity).key
        source.wrong(key, "build", f"passwords must not travel to {url.host} in the clear; write true, or ldaps://")
        return None
    return LdapDirectory(common, url, is_upgraded, is_anyone_believed, base, bind, by_name, by_email, attributes)


def _found_by(setting: Setting[str], source: Source) -> str | None:
    """The filter; None if what is written is none, since another one might find whom this one keeps out."""
    return source.value(setting.key, setting.kind, None) if source.has(setting.key) else setting.default


def _bind(identity: str, source: Source) -> LdapBind | None:
    dn, secret = _DN.of(identity).read(source), _SECRET.of(identity).read(source)
    method, template = _METHOD.of(identity), _TEMPLATE.of(identity)
    # Of the method, too, what is not understood is not another one.
    said = source.value(method.key, method.kind, None) if source.has(method.key) else method.default
    places = template.read(source)
    if dn is not None and not secret.reveal():
        # A bind with a name and no password is nobody's, and succeeds (RFC 4513 section 5.1.2).
        source.wrong(_SECRET.of(identity).key, "missing", f"{_DN.of(identity).key} is of no use without it")
        return None
    if said == "template" and places is None:
        source.wrong(template.key, "missing", f"{method.key} needs it")
        return None
    if said is None:
        return None
    return LdapBind(dn, secret, _METHODS[said], places or "")
