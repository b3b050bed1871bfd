"""Whose pages may read answers: the CORS protocol (WHATWG Fetch, "CORS protocol"; architecture section 4).

Never with what a browser keeps for this server: pages of other sites send the credentials that they were given.
"""

from dataclasses import dataclass

__all__ = ["NONE", "Cors"]

_ALLOWED = (
    (b"access-control-allow-methods", b"POST, GET, PATCH, PUT, DELETE, HEAD, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Authorization, Content-Type, Accept, If-Match, If-None-Match, Range, Last-Event-ID, X-Requested-With",
    ),
    # Browsers cut it to what they find right: Chromium to two hours.
    (b"access-control-max-age", b"7200"),
)
_EXPOSED = (
    b"access-control-expose-headers",
    b"WWW-Authenticate, Retry-After, RateLimit, ETag, Location",
)
_ORIGIN = b"access-control-allow-origin"
_ANY = ((_ORIGIN, b"*"), _EXPOSED)
_NOTHING: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Cors:
    """The origins whose pages may read answers: all of them if `is_permissive`, else those that are named."""

    origins: frozenset[bytes] = frozenset()
    is_permissive: bool = False

    @property
    def varies(self) -> bool:
        """Whether an answer depends on the origin, so that caches are to be told."""
        return bool(self.origins) and not self.is_permissive

    def answer(self, origin: bytes | None) -> tuple[tuple[bytes, bytes], ...]:
        """What an answer tells a page of this origin."""
        if self.is_permissive:
            return _ANY
        if origin is not None and origin in self.origins:
            return ((_ORIGIN, origin), _EXPOSED)
        return _NOTHING

    def preflight(self, origin: bytes | None) -> tuple[tuple[bytes, bytes], ...]:
        """What an answer to a preflight has beyond that."""
        return _ALLOWED if self.answer(origin) else _NOTHING


NONE = Cors()
"""Nobody's but our own."""
