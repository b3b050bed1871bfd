"""What a certificate says of itself: for which names it is good, and how long (RFC 5280)."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

__all__ = ["Leaf", "leaf", "matches"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """The first certificate of a chain: names in lower case, IP addresses as they are usually written."""

    names: tuple[str, ...]
    issuer: str
    begins: datetime
    ends: datetime


def leaf(chain: bytes) -> Leaf:
    """That of a chain in PEM. Raises ValueError if it has none."""
    found = x509.load_pem_x509_certificate(chain)
    names = dict.fromkeys(name.lower().removesuffix(".") for name in _names(found))
    return Leaf(tuple(names), found.issuer.rfc4514_string(), found.not_valid_before_utc, found.not_valid_after_utc)


def matches(chain: bytes, key: bytes) -> bool:
    """Whether a private key is that of the chain's first certificate. Raises ValueError if it is none to be used."""
    try:
        mine = load_pem_private_key(key, password=None).public_key()
        theirs = x509.load_pem_x509_certificate(chain).public_key()
    except (TypeError, UnsupportedAlgorithm):
        raise ValueError("encrypted, or of an unknown kind") from None
    way = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return mine.public_bytes(*way) == theirs.public_bytes(*way)


def _names(found: x509.Certificate) -> Iterator[str]:
    try:
        alternative = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        pass
    else:
        yield from alternative.get_values_for_type(x509.DNSName)
        yield from map(str, alternative.get_values_for_type(x509.IPAddress))
    for attribute in found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME):
        # Long out of use for servers (RFC 9525 section 6.3), but where a name stands alone, it is meant.
        if isinstance(attribute.value, str) and _is_name(attribute.value):
            yield attribute.value


def _is_name(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return "." in text and " " not in text
    return True
