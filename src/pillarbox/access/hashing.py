"""The ways in which other servers have kept passwords, each of which is verified here (adr/0046).

None of them is written: what is verified by another scheme than ours is hashed anew when its password is next seen. A
form that is not known lets nobody in. What a hash asks for in work is bounded, since hashes come with imports.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["is_known_form", "is_verified"]

_MAX_ROUNDS = 5_000_000
_MAX_CRYPT = 1_000_000
"""Rounds of what crypt(3) knows, for which everything else of the process may have to wait."""
_MAX_DES = 100_000
_MAX_BCRYPT = 16
_MAX_SCRYPT = 20
"""As powers of two."""
_MAX_SCRYPT_MEMORY = 1 << 28
"""Octets."""
_LONGEST = 2048
_BCRYPT_READS = 72
"""Octets of a password, as the one who made such a hash had it."""


def is_verified(kept: str, password: str) -> bool:
    """Whether this is the password that is kept in one of the schemes; never for a scheme that is not known.

    Slow, as what was chosen when the hash was made. Argon2 is not among them: `Passwords` has it.
    """
    if not kept or len(kept) > _LONGEST:
        return False
    verify = _of_scheme(kept)
    try:
        return verify is not None and verify(kept, password)
    except (ValueError, TypeError, binascii.Error, UnicodeError, RuntimeError):
        # As the libraries say that a hash is damaged, or that no such hash was ever made of such a password.
        return False


def is_known_form(kept: str) -> bool:
    """Whether this is in one of the schemes, argon2 among them, as far as its beginning says."""
    is_argon2 = re.match(r"(?:\{ARGON2(?:I|ID)?\})?\$argon2(?:i|d|id)\$", kept) is not None
    return len(kept) <= _LONGEST and (is_argon2 or _of_scheme(kept) is not None)


def _of_scheme(kept: str) -> Callable[[str, str], bool] | None:
    tag, closed, _ = kept.partition("}")
    if kept.startswith("{"):
        return _TAGGED.get(tag + closed)
    for prefix, verify in _PREFIXED.items():
        if kept.startswith(prefix):
            return verify
    return None


def _plain(kept: str, password: str) -> bool:
    # A hash that was cut off is no account without a password.
    return bool(password) and hmac.compare_digest(kept.partition("}")[2].encode(), password.encode())


def _digest(algorithm: str) -> Callable[[str, str], bool]:
    """A digest with its salt behind it, if it has any (as RFC 2307 began it)."""

    def verify(kept: str, password: str) -> bool:
        octets = base64.b64decode(kept.partition("}")[2], validate=True)
        size = hashlib.new(algorithm, usedforsecurity=False).digest_size
        salted = password.encode() + octets[size:]
        made = hashlib.new(algorithm, salted, usedforsecurity=False).digest()
        return hmac.compare_digest(octets[:size], made)

    return verify


def _crypt(name: str, most: int = _MAX_CRYPT) -> Callable[[str, str], bool]:
    """One of the library's, by its name there, of no more rounds than these."""

    def verify(kept: str, password: str) -> bool:
        # Seldom met, and then once for each password: not loaded by those who never do.
        from passlib import hash as schemes  # noqa: PLC0415

        scheme: Any = getattr(schemes, name)
        if int(getattr(scheme.from_string(kept), "rounds", 0)) > most:
            return False
        return bool(scheme.verify(password, kept))

    return verify


def _scrypt(kept: str, password: str) -> bool:
    asked = re.match(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$", kept)
    if asked is None or int(asked[1]) > _MAX_SCRYPT or int(asked[2]) * int(asked[3]) > 64:
        return False
    if 128 * int(asked[2]) << int(asked[1]) > _MAX_SCRYPT_MEMORY:
        return False
    return _crypt("scrypt")(kept, password)


def _bcrypt(kept: str, password: str) -> bool:
    import bcrypt  # noqa: PLC0415

    cost = kept.split("$")[2]
    octets = password.encode()
    if not cost.isdigit() or int(cost) > _MAX_BCRYPT or b"\0" in octets:
        return False
    return bcrypt.checkpw(octets[:_BCRYPT_READS], kept.encode("ascii"))


_PBKDF2 = re.compile(r"\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,8})(?:,l=\d{1,4})?\$([^$]*)\$([^$]+)")


def _pbkdf2(kept: str, password: str) -> bool:
    """In the form of PHC, and in that of passlib, which writes a dot for a plus."""
    found = _PBKDF2.fullmatch(kept)
    if found is None or not 0 < int(found[2]) <= _MAX_ROUNDS:
        return False
    salt, wanted = _unpadded(found[3]), _unpadded(found[4])
    made = hashlib.pbkdf2_hmac(found[1] or "sha1", password.encode(), salt, int(found[2]), len(wanted))
    return hmac.compare_digest(wanted, made)


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text.replace(".", "+") + "=" * (-len(text) % 4), validate=True)


def _des(kept: str, password: str) -> bool:
    """What stands behind {CRYPT}: any of those with a prefix, or the oldest, which has none."""
    rest = kept.partition("}")[2]
    if rest.startswith(("$", "_")):
        return is_verified(rest, password)
    return _crypt("des_crypt")(rest, password)


_PREFIXED: Mapping[str, Callable[[str, str], bool]] = {
    "$pbkdf2": _pbkdf2,
    "$scrypt": _scrypt,
    "$2": _bcrypt,
    "$6$": _crypt("sha512_crypt"),
    "$5$": _crypt("sha256_crypt"),
    "$sha1$": _crypt("sha1_crypt"),
    "$1$": _crypt("md5_crypt"),
    "_": _crypt("bsdi_crypt", _MAX_DES),
}

_TAGGED: Mapping[str, Callable[[str, str], bool]] = {
    "{SHA}": _digest("sha1"),
    "{SSHA}": _digest("sha1"),
    "{SHA256}": _digest("sha256"),
    "{SSHA256}": _digest("sha256"),
    "{SHA512}": _digest("sha512"),
    "{SSHA512}": _digest("sha512"),
    "{MD5}": _digest("md5"),
    "{PBKDF2}": lambda kept, password: is_verified(kept.partition("}")[2], password),
    **dict.fromkeys(("{CRYPT}", "{crypt}"), _des),
    **dict.fromkeys(("{PLAIN}", "{plain}", "{CLEAR}", "{clear}"), _plain),
}
"""Case is heeded, as it always was."""
