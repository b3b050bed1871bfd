"""A certificate that signs itself: TLS for a start, which no client trusts unasked."""

import ipaddress
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

__all__ = ["self_signed"]

_LIFE = timedelta(days=825)
_SKEW = timedelta(hours=1)


def self_signed(names: Iterable[str], now: datetime | None = None) -> bytes:
    """A new one with its key (P-256), both in PEM, good for the names, which may be IP addresses, for 825 days."""
    now = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    alternative = [_name(name) for name in names]
    # Of the names only the alternative ones count (RFC 9525 section 6.3); a common name has no room for long ones.
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Pillarbox, signed by itself")])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM) + private


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
