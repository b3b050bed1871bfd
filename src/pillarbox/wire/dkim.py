"""Signatures of messages by their domain (DKIM, RFC 6376; RFC 8301 for algorithms, RFC 8463 for Ed25519).

Messages are given as they go out: lines end in CRLF, and nothing is changed afterwards but for what is put in front.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from pillarbox.wire.message import addresses

__all__ = [
    "ALGORITHMS",
    "Algorithm",
    "DkimKey",
    "author_domain",
    "first_keys",
    "new_key",
    "public",
    "record",
    "signature",
]

Algorithm: TypeAlias = Literal["rsa", "ed25519"]
ALGORITHMS: tuple[Algorithm, ...] = ("rsa", "ed25519")

_RSA_BITS = 2048
"""RFC 8301 section 3.2: what signers should use at least; the record of a longer one is too long for some."""

# fmt: off
_SIGNED = frozenset(
    (
        "from", "sender", "reply-to", "subject", "date", "message-id", "to", "cc", "in-reply-to", "references",
        "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-language",
        "resent-date", "resent-from", "resent-sender", "resent-to", "resent-cc", "resent-message-id",
        "list-id", "list-help", "list-unsubscribe", "list-unsubscribe-post", "list-subscribe", "list-post",
        "list-owner", "list-archive", "auto-submitted",
    )
)
# fmt: on
_ONCE = ("from", "date", "subject", "to", "cc")
"""Fields of which nobody may add another on the way (section 5.4.2): they are named once more than they are there."""

_MOST = 200
"""Fields that are named in a signature at most, beside those: it is as long as they are many."""
_FIELD = re.compile(rb"(?m)^([!-9;-~]++)[ \t]*+:((?:[^\r\n]++|\r\n[ \t])*+)\r\n")
_BLANKS = re.compile(rb"[ \t]+")


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key of a domain, in PKCS #8's DER, and the selector that its public half is published under."""

    domain: str
    selector: str
    algorithm: Algorithm
    private: bytes = field(repr=False)


def new_key(domain: str, selector: str, algorithm: Algorithm) -> DkimKey:
    """A new key, of the system's chance."""
    made: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    match algorithm:
        case "rsa":
            made = rsa.generate_private_key(65537, _RSA_BITS)
        case "ed25519":
            made = ed25519.Ed25519PrivateKey.generate()
    octets = made.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DkimKey(domain, selector, algorithm, octets)


def first_keys(domain: str, now: datetime) -> list[DkimKey]:
    """What mail of a new domain is signed with: a new key of each algorithm, with a selector of the month. Slow."""
    return [new_key(domain, f"{algorithm}-{now:%Y%m}", algorithm) for algorithm in ALGORITHMS]


def public(key: DkimKey) -> str:
    """Its public half in base64, as the record has it (section 3.6.1; RFC 8463 section 4)."""
    private = _loaded(key)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        octets = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    else:
        octets = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    return base64.b64encode(octets).decode()


def record(key: DkimKey) -> tuple[str, str]:
    """The name of the DNS record to publish, and its text (section 3.6.1)."""
    text = f"v=DKIM1; k={key.algorithm}; h=sha256; p={public(key)}"
    return f"{key.selector}._domainkey.{key.domain}", text


def author_domain(message: bytes) -> str:
    """The domain of the first address in the From field, in lower case; empty if there is none."""
    for name, value in _fields(message):
        if name == "from":
            found = addresses(value.decode("utf-8", "replace"))
            _, at, domain = found[0]["email"].rpartition("@") if found else ("", "", "")
            return domain.lower().rstrip(".") if at else ""
    return ""


def signature(message: bytes, keys: Sequence[DkimKey], now: datetime) -> bytes:
    """A DKIM-Signature field for each key, to be put in front of the message (section 5)."""
    if not keys:
        return b""
    end = message.find(b"\r\n\r\n")
    body = message[end + 4 :] if end >= 0 else b""
    body_hash = base64.b64encode(_body_hash(body)).decode()
    fields = _fields(message)
    names = [name for name, _ in fields if name in _SIGNED][:_MOST] + list(_ONCE)
    signed = _taken(fields, names)
    made = []
    for key in keys:
        unsigned = (
            f"v=1; a={key.algorithm}-sha256; c=relaxed/simple; d={key.domain}; s={key.selector};\r\n"
            f"\tt={int(now.timestamp())}; bh={body_hash};\r\n\th={_folded_names(names)};\r\n\tb="
        )
        own = _relaxed("dkim-signature", b" " + unsigned.encode()).removesuffix(b"\r\n")
        made.append(f"DKIM-Signature: {unsigned}{_folded(_sign(key, signed + own))}\r\n".encode())
    return b"".join(made)


def _fields(message: bytes) -> list[tuple[str, bytes]]:
    """The header fields in their order: names in lower case, values as they stand."""
    end = message.find(b"\r\n\r\n")
    header = message[: end + 2] if end >= 0 else message
    return [(found[1].decode("ascii").lower(), found[2]) for found in _FIELD.finditer(header)]


def _taken(fields: list[tuple[str, bytes]], names: list[str]) -> bytes:
    """What is signed of the header: of fields with one name the last first (section 5.4.2), none where none is left."""
    left: dict[str, list[bytes]] = {}
    for name, value in fields:
        left.setdefault(name, []).append(value)
    return b"".join(_relaxed(name, left[name].pop()) for name in names if left.get(name))


def _relaxed(name: str, value: bytes) -> bytes:
    """Section 3.4.2."""
    unfolded = value.replace(b"\r\n", b"")
    return name.encode() + b":" + _BLANKS.sub(b" ", unfolded).strip(b" \t") + b"\r\n"


def _body_hash(body: bytes) -> bytes:
    """Of the body as it is, but for the empty lines at its end (section 3.4.3)."""
    digest = hashlib.sha256(body.rstrip(b"\r\n"))
    digest.update(b"\r\n")
    return digest.digest()


def _sign(key: DkimKey, octets: bytes) -> str:
    private = _loaded(key)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        # RFC 8463 section 3: the hash is what is signed.
        made = private.sign(hashlib.sha256(octets).digest())
    else:
        made = private.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(made).decode()


def _loaded(key: DkimKey) -> rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey:
    loaded = serialization.load_der_private_key(key.private, None)
    if not isinstance(loaded, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise TypeError("the key is neither RSA nor Ed25519")
    return loaded


def _folded_names(names: list[str]) -> str:
    lines = [names[at : at + 5] for at in range(0, len(names), 5)]
    return ":\r\n\t ".join(":".join(line) for line in lines)


def _folded(text: str) -> str:
    return "\r\n\t ".join(text[at : at + 70] for at in range(0, len(text), 70))
