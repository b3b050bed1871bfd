"""Tokens: what a device shows instead of a password, opaque to whoever holds it (RFC 6749 section 1.4; adr/0047).

A token says of which grant it is, what kind of token, and until when, and ends with a keyed hash of that: nothing is
kept of each. That its grant is still there is for the store to say. It is made of octets and a clock's time alone.
"""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["LONGEST", "MARK", "Token", "TokenKey", "TokenKind"]

LONGEST = 2048
"""Characters of a token, at most."""
MARK = 8
"""Octets by which a grant is told from another that had its number."""

_VERSION = 1
_FIXED = struct.Struct(f">BBQ{MARK}sIQQ")
_MAC = 32
_LATER = 60
"""Seconds that the clock of another machine may be ahead of ours."""


class TokenKind(IntEnum):
    """What a token is good for; one of a kind is never taken for another."""

    ACCESS = 1
    """Shown with each request (RFC 6750)."""
    REFRESH = 2
    """Shown for the next access token, once (RFC 6749 section 6)."""
    SESSION = 3
    """A browser's, in a cookie."""
    REGISTRATION = 4
    """Shown to change a client's registration (RFC 7592 section 3); its number is the client's."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: its kind, the grant's number and mark, the generation that it is of, its times, its scopes.

    Times are in seconds since 1970. `scopes` are those of the grant if None, or fewer.
    """

    kind: TokenKind
    grant: int
    mark: bytes
    generation: int
    issued: int
    expires: int
    scopes: frozenset[str] | None = None

    def holds(self, now: float) -> bool:
        """Whether this is a time for it: one from the future was made by a clock that is wrong, or by nobody."""
        return self.issued - _LATER <= now < self.expires


class TokenKey:
    """Makes tokens and knows them again; `secret` is what all processes of all servers share."""

    def __init__(self, secret: bytes) -> None:
        # A key of its own, so that the secret may serve for other things too.
        self._key = hashlib.blake2b(secret, digest_size=_MAC, person=b"pillarbox-token").digest()

    def text(self, token: Token) -> str:
        """The token as it is handed out: letters, digits, hyphens and underscores."""
        scopes = b"" if token.scopes is None else b"=" + " ".join(sorted(token.scopes)).encode()
        fixed = _FIXED.pack(
            _VERSION, token.kind, token.grant, token.mark, token.generation, token.issued, token.expires
        )
        said = fixed + scopes
        return urlsafe_b64encode(said + self._mac(said)).rstrip(b"=").decode()

    def read(self, text: str) -> Token | None:
        """What a token says that was made with this key; None for any other text. Its times are not looked at."""
        octets = _octets(text)
        if octets is None:
            return None
        said, mac = octets[:-_MAC], octets[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(said)):
            return None
        version, kind, grant, mark, generation, issued, expires = _FIXED.unpack_from(said)
        if version != _VERSION:
            return None
        rest = said[_FIXED.size :]
        scopes = frozenset(rest[1:].decode().split()) if rest else None
        return Token(TokenKind(kind), grant, mark, generation, issued, expires, scopes)

    def digest(self, text: str) -> bytes:
        """A name for a text that tells nobody what it is, as for what is kept of a code."""
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_MAC, key=self._key).digest()

    def _mac(self, said: bytes) -> bytes:
        return hashlib.blake2b(said, digest_size=_MAC, key=self._key).digest()


def _octets(text: str) -> bytes | None:
    if not text.isascii() or len(text) > LONGEST or "=" in text:
        return None
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    # Of several spellings of the same octets one is the token's.
    if urlsafe_b64encode(octets).rstrip(b"=").decode() != text:
        return None
    return octets if len(octets) >= _FIXED.size + _MAC and octets[0] == _VERSION else None
