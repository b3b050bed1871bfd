"""Web Push: a message encrypted for one browser (RFC 8291, over RFC 8188), and who sends it (VAPID, RFC 8292).

Chance comes in as octets: the salt, and the key pair that is used for one message and thrown away.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

__all__ = [
    "MAX_PLAIN",
    "BadKeys",
    "KeyPair",
    "Recipient",
    "authorization",
    "base64url",
    "encrypted",
    "from_base64url",
    "recipient",
]

MAX_PLAIN = 3993
"""Octets that every push service takes, once they are encrypted (RFC 8291 section 4)."""
_RECORD = 4096
_TAG = 16
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}", re.ASCII)


class BadKeys(ValueError):
    """These are no keys to encrypt for; the message says what is wrong and may be told to whoever sent them."""


class KeyPair:
    """A key pair on P-256, of at least 40 octets of chance, or of the 32 that are its private key."""

    def __init__(self, octets: bytes) -> None:
        # Eight octets more than the order has make every key as likely as any other, but for one part in 2^64.
        number = int.from_bytes(octets) % (_ORDER - 1) + 1 if len(octets) > 32 else int.from_bytes(octets)
        self._number = number
        self._private = ec.derive_private_key(number, _CURVE)

    @property
    def private(self) -> bytes:
        """The private key: 32 octets, to make the same pair of."""
        return self._number.to_bytes(32)

    @property
    def public(self) -> bytes:
        """The public key: the point, uncompressed, in 65 octets."""
        return self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def shared(self, public: bytes) -> bytes:
        """The secret shared with whoever has the other half of a public key. Raises ValueError if that is none."""
        return self._private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public))

    def signature(self, octets: bytes) -> bytes:
        """ES256: 64 octets (RFC 7518 section 3.4)."""
        r, s = utils.decode_dss_signature(self._private.sign(octets, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a browser gave to encrypt for it (RFC 8291 section 2.1): its public key and its authentication secret."""

    public: bytes
    secret: bytes


def recipient(keys: Mapping[str, object]) -> Recipient:
    """The `keys` of a PushSubscription (RFC 8620 section 7.2): p256dh and auth, in base64url. Raises BadKeys.

    Padding may be there or not: browsers send none, libraries often do.
    """
    if set(keys) != {"p256dh", "auth"}:
        raise BadKeys("must have p256dh and auth, and nothing else")
    public, secret = (_octets(name, keys[name]) for name in ("p256dh", "auth"))
    if len(public) != 65 or not public.startswith(b"\x04"):
        raise BadKeys("p256dh must be an uncompressed point, 65 octets that begin with 4")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public)
    except ValueError:
        raise BadKeys("p256dh must be a point of the curve P-256") from None
    if len(secret) != 16:
        raise BadKeys("auth must be 16 octets")
    return Recipient(public, secret)


def encrypted(plain: bytes, to: Recipient, salt: bytes, sender: KeyPair) -> bytes:
    """The body of a push, in content coding aes128gcm, a single record (RFC 8291 section 4).

    The salt has 16 octets; neither it nor the key pair is used a second time.
    """
    # Section 3.3: both keys and the secret go into what RFC 8188 calls the input keying material.
    info = b"WebPush: info\0" + to.public + sender.public
    material = _expanded(_extracted(to.secret, sender.shared(to.public)), info, 32)
    key_of_all = _extracted(salt, material)
    key = _expanded(key_of_all, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _expanded(key_of_all, b"Content-Encoding: nonce\0", 12)
    # Section 4: the record's size is larger than all that is in it, so that it is the only one; 2 delimits the last.
    size = max(_RECORD, len(plain) + 1 + _TAG + 1)
    head = salt + size.to_bytes(4) + bytes((len(sender.public),)) + sender.public
    return head + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def authorization(key: KeyPair, audience: str, expires: int, contact: str) -> str:
    """The Authorization header of a push to an origin (RFC 8292 sections 2 and 3).

    It expires at a time in seconds since 1970, which is no more than 24 hours away; `contact` is a URI for the push
    service's operators, mailto: or https:.
    """
    head = base64url(orjson.dumps({"typ": "JWT", "alg": "ES256"}))
    body = base64url(orjson.dumps({"aud": audience, "exp": expires, "sub": contact}))
    signature = base64url(key.signature(f"{head}.{body}".encode()))
    return f"vapid t={head}.{body}.{signature}, k={base64url(key.public)}"


def base64url(octets: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """What base64url stands for, with padding or without. Raises ValueError."""
    if _BASE64URL.fullmatch(text) is None:
        raise ValueError("this is no base64url")
    bare = text.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error as problem:
        raise ValueError(str(problem)) from None


def _octets(name: str, value: object) -> bytes:
    try:
        if isinstance(value, str) and len(value) <= 128:
            return from_base64url(value)
    except ValueError:
        pass
    raise BadKeys(f"{name} must be base64url")


def _extracted(salt: bytes, material: bytes) -> bytes:
    """HKDF-Extract (RFC 5869 section 2.2)."""
    made = HMAC(salt, SHA256())
    made.update(material)
    return made.finalize()


def _expanded(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand (RFC 5869 section 2.3)."""
    return HKDFExpand(SHA256(), length, info).derive(key)
