"""Certificates that are had from an authority by ACME (RFC 8555): `acme.<id>.*`."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pillarbox.settings.declare import Group, ListSetting, Section, Setting
from pillarbox.settings.kind import BOOLEAN, HOST_NAME, NAME, BadValue, Kind, choice, optional, quoted
from pillarbox.settings.quantity import DURATION, Duration
from pillarbox.settings.source import Source
from pillarbox.telemetry import Secret

__all__ = ["ACME", "AUTHORITIES", "Authority", "Challenge", "EabKey"]

Challenge: TypeAlias = Literal["tls-alpn-01", "http-01"]


@dataclass(frozen=True, slots=True)
class EabKey:
    """What binds an account at an authority to one its owner has there already (RFC 8555 section 7.3.4).

    `secret` is the MAC key in base64url without padding.
    """

    kid: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that is wanted: of whom, for which names, and how it is shown that they are ours.

    `contacts` are addresses without `mailto:`; the domains are in their ASCII form, each once.
    """

    id: str
    directory: str
    challenge: Challenge
    contacts: tuple[str, ...]
    domains: tuple[str, ...]
    renew_before: Duration
    is_default: bool
    eab: EabKey | None


_LONGEST_URL = 2048


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        well = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        well = False
    if not well or not text.isascii() or not text.isprintable() or " " in text or len(text) > _LONGEST_URL:
        raise BadValue(f"{quoted(text)} is no URL of a directory; write one that begins with https://")
    return text


_DIRECTORY: Kind[str] = Kind("URL", _url, str)
_CONTACT_TEXT = re.compile(r"[A-Za-z0-9.!#$&'*+/=^_`{|}~-]{1,64}@([A-Za-z0-9.-]{1,253})")


def _contact(text: str) -> str:
    address = text.removeprefix("mailto:")
    found = _CONTACT_TEXT.fullmatch(address)
    if found is None:
        raise BadValue(f"{quoted(text)} is no mail address; write one as in postmaster@example.org")
    HOST_NAME.parse(found[1])
    return address


_CONTACT: Kind[str] = Kind("mail address", _contact, str)


def _domain(text: str) -> str:
    if text.startswith("*."):
        raise BadValue(f"{quoted(text)} needs the challenge dns-01, which is not served yet; write each name")
    return HOST_NAME.parse(text)


_DOMAIN: Kind[str] = Kind("host name", _domain, str)
_HMAC_TEXT = re.compile(r"[A-Za-z0-9_-]{16,1024}")


def _hmac(text: str) -> Secret:
    if not _HMAC_TEXT.fullmatch(text.rstrip("=")):
        # What stands there may be a key that was cut off: it is not told.
        raise BadValue("this is no MAC key; write it in base64url, as the authority gave it")
    return Secret(text.rstrip("="))


_HMAC: Kind[Secret] = Kind("secret", _hmac, str)

_DIRECTORY_URL = Setting(
    "acme.<id>.directory",
    _DIRECTORY,
    "https://acme-v02.api.letsencrypt.org/directory",
    "The authority, by the URL of its directory.",
)
_SERVED: tuple[Challenge, ...] = ("tls-alpn-01", "http-01")
_CHALLENGE = Setting(
    "acme.<id>.challenge",
    choice((*_SERVED, "dns-01")),
    "tls-alpn-01",
    "How it is shown that the names are ours: `tls-alpn-01` by a listener with `tls.implicit` that is port 443 to the "
    "authority, `http-01` by any listener for http that is port 80 to it; `dns-01` is not served yet.",
)
_CONTACTS = ListSetting(
    "acme.<id>.contact",
    _CONTACT,
    (),
    "Whom the authority may write to.",
    default_said="must be given",
)
_DOMAINS = ListSetting(
    "acme.<id>.domains",
    _DOMAIN,
    (),
    "The names that the certificate is for.",
    default_said="must be given",
)
_RENEW_BEFORE = Setting(
    "acme.<id>.renew-before",
    DURATION,
    Duration(30 * 86_400_000),
    "How long before its end the certificate is renewed; no sooner than when a third of its life is left.",
)
_DEFAULT = Setting(
    "acme.<id>.default",
    BOOLEAN,
    False,
    "Whether it is also for clients that name no server, or one for which there is none.",
)
_KID = Setting(
    "acme.<id>.eab.kid",
    optional(NAME),
    None,
    "The key identifier, where the authority wants the account to be bound to one that exists there.",
)
_KEY: Setting[Secret | None] = Setting(
    "acme.<id>.eab.hmac-key",
    optional(_HMAC),
    None,
    "The MAC key of that account, in base64url.",
)

_OF_DNS = ("provider", "polling-interval", "propagation-timeout", "ttl", "origin", "host", "port", "protocol")
_OF_DNS_PROVIDERS = ("tsig-algorithm", "key", "secret", "user", "email", "timeout")
_MOST_DOMAINS = 100
"""Names in one certificate; authorities take no more."""


def _authority(identity: str, source: Source) -> Authority | None:
    """The certificate that is wanted, or None if it cannot be had; every field is read in any case."""
    for key in (*_OF_DNS, *_OF_DNS_PROVIDERS):
        source.passed_over(f"acme.{identity}.{key}", "it is for the challenge dns-01, which is not served yet")
    source.passed_over(f"acme.{identity}.cache", "accounts and certificates are kept in the store; leave this out")
    challenge = _challenge(identity, source)
    contacts = _needed(_CONTACTS.of(identity), "the authority wants an address to write to", source)
    domains = _needed(_DOMAINS.of(identity), "a certificate needs a name that it is for", source)
    directory = _DIRECTORY_URL.of(identity).read(source)
    renew_before = _RENEW_BEFORE.of(identity).read(source)
    is_default = _DEFAULT.of(identity).read(source)
    is_bound, eab = _binding(identity, source)
    if len(domains) > _MOST_DOMAINS:
        source.wrong(_DOMAINS.of(identity).key, "build", f"one certificate is for {_MOST_DOMAINS} names at most")
        return None
    if challenge is None or not contacts or not domains or not is_bound:
        return None
    return Authority(identity, directory, challenge, contacts, domains, renew_before, is_default, eab)


def _challenge(identity: str, source: Source) -> Challenge | None:
    setting = _CHALLENGE.of(identity)
    # One that is not understood is not another one: the authority would come to a door that is not there.
    named = source.value(setting.key, setting.kind, None) if source.has(setting.key) else setting.default
    if named == "dns-01":
        source.wrong(setting.key, "build", f"dns-01 is not served yet; so far: {', '.join(_SERVED)}")
    return next((one for one in _SERVED if one == named), None)


def _needed(setting: ListSetting[str], why: str, source: Source) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(setting.read(source)))
    if not source.has(setting.key):
        source.wrong(setting.key, "missing", why)
    return found


def _binding(identity: str, source: Source) -> tuple[bool, EabKey | None]:
    """Whether the binding is whole, and the binding."""
    kid, key = _KID.of(identity).read(source), _KEY.of(identity).read(source)
    if kid is not None and key is not None:
        return True, EabKey(kid, key)
    for one, other in ((_KID.of(identity), _KEY.of(identity)), (_KEY.of(identity), _KID.of(identity))):
        if source.has(one.key) and not source.has(other.key):
            source.wrong(other.key, "missing", f"{one.key} is of no use without it")
    return not source.has(_KID.of(identity).key) and not source.has(_KEY.of(identity).key), None


AUTHORITIES: Section[Authority] = Section(
    "acme",
    fields=(_DIRECTORY_URL, _CHALLENGE, _CONTACTS, _DOMAINS, _RENEW_BEFORE, _DEFAULT, _KID, _KEY),
    build=_authority,
    doc="The certificates that are had by ACME.",
)

ACME = Group(
    "Certificates by ACME",
    "Certificates that the server has from an authority, and renews, by itself (RFC 8555). `<id>` is a name of your "
    "choice. One that lacks its domains or its contact is left out. `administrators/certificates.md` tells the rest.",
    (AUTHORITIES,),
)
