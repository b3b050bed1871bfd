"""What an authority gave, looked at before anybody serves it; and private keys."""

from collections.abc import Collection

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from pillarbox.acme.refused import Refused
from pillarbox.datatypes.server import IssuedCertificate
from pillarbox.telemetry import Secret

__all__ = ["new_key", "opened"]

_MOST = 20
"""Certificates in a chain."""


def new_key() -> Secret:
    """A private key on P-256, in PEM (PKCS #8)."""
    made = ec.generate_private_key(ec.SECP256R1())
    return Secret(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def opened(directory: str, chain: str, private: Secret, names: Collection[str], spread: float) -> IssuedCertificate:
    """The certificate that is in a chain in PEM (RFC 8555 section 9.1).

    Raises Refused if it is none, or one that is for other names or for another key.
    """
    if chain.count("-----BEGIN") != chain.count("-----BEGIN CERTIFICATE-----"):
        # A key among them would take the place of ours where the two are put into one file (section 11.4).
        raise Refused("what it gave has more in it than certificates")
    try:
        found = x509.load_pem_x509_certificates(chain.encode())
    except ValueError:
        raise Refused("what it gave is no certificate") from None
    if len(found) > _MOST:
        raise Refused("what it gave is too long a chain")
    leaf = found[0]
    mine = load_pem_private_key(private.reveal().encode(), password=None).public_key()
    way = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if leaf.public_key().public_bytes(*way) != mine.public_bytes(*way):
        raise Refused("the certificate that it gave is for another key")
    missing = sorted(set(names) - _names(leaf))
    if missing:
        raise Refused(f"the certificate that it gave is not for {', '.join(missing)}")
    return IssuedCertificate(
        directory,
        tuple(names),
        "".join(one.public_bytes(Encoding.PEM).decode() for one in found),
        private,
        leaf.issuer.rfc4514_string(),
        leaf.not_valid_before_utc,
        leaf.not_valid_after_utc,
        spread,
    )


def _names(leaf: x509.Certificate) -> set[str]:
    try:
        alternative = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return set()
    return {name.lower() for name in alternative.get_values_for_type(x509.DNSName)}
