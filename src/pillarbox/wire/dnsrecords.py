"""The records that a domain's mail needs in DNS, in the words of a zone file (RFC 1035 section 5); are they there?

Which they are is said by RFC 5321 section 5.1 (MX), RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC), RFC 8460 (TLS
reports), RFC 8461 (MTA-STS), RFC 8620 section 2.2 (SRV), RFC 7672 (TLSA).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pillarbox.wire.dkim import DkimKey, record

__all__ = ["DnsRecord", "Server", "State", "judged", "records", "zone"]

_STRING = 255
"""Octets of one string of a TXT record (RFC 1035 section 3.3.14)."""

State: TypeAlias = Literal["ok", "missing", "different"]


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record: its name ends with a dot, and of a TXT record the content is the whole text without quotes."""

    type: str
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Server:
    """What a domain's records name: the host that takes mail, and the host and port that HTTPS is spoken at, if it is.

    `sts` is the id of the MTA-STS policy, None without one. `chains` has certificates that are shown, each with those
    that it follows from.
    """

    host: str
    web: tuple[str, int] | None = None
    sts: str | None = None
    chains: Sequence[Sequence[x509.Certificate]] = ()


def records(domain: str, keys: Iterable[DkimKey], server: Server) -> list[DnsRecord]:
    """What to publish, in the order of the management API's section 5."""
    return list(_records(domain, keys, server))


def _records(domain: str, keys: Iterable[DkimKey], server: Server) -> Iterator[DnsRecord]:
    host, at = f"{server.host}.", f"{domain}."
    yield DnsRecord("MX", at, f"10 {host}")
    if host != f"mail.{at}":
        yield DnsRecord("CNAME", f"mail.{at}", host)
    for key in keys:
        name, text = record(key)
        yield DnsRecord("TXT", f"{name}.", text)
    if host.endswith(f".{at}"):
        yield DnsRecord("TXT", host, "v=spf1 a ra=postmaster -all")
    yield DnsRecord("TXT", at, "v=spf1 mx ra=postmaster -all")
    web = host if server.web is None else f"{server.web[0]}."
    if server.web is not None:
        yield DnsRecord("SRV", f"_jmap._tcp.{at}", f"0 1 {server.web[1]} {web}")
        yield DnsRecord("CNAME", f"autoconfig.{at}", web)
        yield DnsRecord("CNAME", f"autodiscover.{at}", web)
    if server.sts is not None:
        yield DnsRecord("CNAME", f"mta-sts.{at}", web)
        yield DnsRecord("TXT", f"_mta-sts.{at}", f"v=STSv1; id={server.sts}")
    reports = f"mailto:postmaster@{domain}"
    yield DnsRecord("TXT", f"_dmarc.{at}", f"v=DMARC1; p=reject; rua={reports}; ruf={reports}")
    yield DnsRecord("TXT", f"_smtp._tls.{at}", f"v=TLSRPTv1; rua={reports}")
    for chain in server.chains:
        yield from _tlsa(domain, chain)


def _tlsa(domain: str, chain: Sequence[x509.Certificate]) -> Iterator[DnsRecord]:
    """Of the certificate itself, then of those that it follows from (RFC 6698 section 2.1)."""
    names = [one for one in _names(chain[0]) if one == domain or one.endswith(f".{domain}")] if chain else []
    for name in names:
        for place, certificate in enumerate(chain):
            usage = 3 if place == 0 else 2
            public = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            for selector, octets in enumerate((certificate.public_bytes(Encoding.DER), public)):
                for matching, digest in ((1, hashlib.sha256), (2, hashlib.sha512)):
                    content = f"{usage} {selector} {matching} {digest(octets).hexdigest()}"
                    yield DnsRecord("TLSA", f"_25._tcp.{name}.", content)


def _names(certificate: x509.Certificate) -> list[str]:
    """The names of one, without those of all hosts of a domain, which have no place below `_tcp`."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    names = (one.lower() for one in found.get_values_for_type(x509.DNSName))
    return list(dict.fromkeys(one for one in names if not one.startswith("*")))


def zone(published: Iterable[DnsRecord]) -> str:
    """The same as lines of a zone file."""
    return "".join(f"{one.name} IN {one.type} {_presented(one)}\n" for one in published)


def _presented(one: DnsRecord) -> str:
    if one.type != "TXT":
        return one.content
    strings = [one.content[at : at + _STRING] for at in range(0, len(one.content), _STRING)]
    return " ".join('"' + re.sub(r'(["\\])', r"\\\1", part) + '"' for part in strings)


def judged(wanted: DnsRecord, found: Sequence[str]) -> State:
    """Whether a record is among those that DNS has of its name and type, in the form of `DnsRecord.content`.

    What a domain may say otherwise without harm is no difference: the preference of an MX, the words of a DKIM record
    around its key, priorities of SRV. A text that is for something else counts as not there.
    """
    there = [one for one in found if wanted.type != "TXT" or _purpose(wanted, one)]
    if any(_said(wanted, one) == _said(wanted, wanted.content) for one in there):
        return "ok"
    # There may be several TLSA records of one name, each by itself.
    return "different" if there and wanted.type != "TLSA" else "missing"


def _purpose(wanted: DnsRecord, text: str) -> bool:
    """Whether a text is about what the wanted one is."""
    if "._domainkey." in wanted.name:
        return "p" in _tags(text)
    version = re.split(r"[;\s]", wanted.content, maxsplit=1)[0].lower()
    return re.split(r"[;\s]", text.strip(), maxsplit=1)[0].lower() == version


def _said(wanted: DnsRecord, text: str) -> object:
    words = text.lower().split()
    match wanted.type:
        case "MX":
            return words[-1:]
        case "SRV":
            return words[-2:]
        case "TXT" if "._domainkey." in wanted.name:
            tags = _tags(text)
            return tags.get("k", "rsa"), re.sub(r"\s", "", tags.get("p", ""))
        case "TXT":
            return re.sub(r"\s*;\s*", ";", " ".join(text.split())).rstrip(";")
    return words


def _tags(text: str) -> dict[str, str]:
    """RFC 6376 section 3.2."""
    pairs = (one.partition("=") for one in text.split(";"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
