"""What every answer has besides what its handler gives it: the operator's own headers, CORS, and HSTS."""

from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

from pillarbox.http.guard.cors import NONE, Cors

__all__ = ["PAGE", "SIGN_IN_PAGE", "AnswerHeaders"]

_Field: TypeAlias = tuple[bytes, bytes]

_NO_SNIFFING: _Field = (b"x-content-type-options", b"nosniff")
_POLICY = b"content-security-policy"
_STRICT = b"strict-transport-security"
_VARY = b"vary"
_OURS_ALONE: _Field = (b"cross-origin-resource-policy", b"same-origin")

_ALONE: tuple[_Field, ...] = (
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
PAGE: tuple[_Field, ...] = (
    (
        _POLICY,
        b"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    *_ALONE,
)
"""What an HTML page of ours has: it runs nothing but files of this server, and stands in no other site's frame."""
SIGN_IN_PAGE: tuple[_Field, ...] = (
    (
        _POLICY,
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        b"require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    *_ALONE,
)
"""What a page has that passwords are typed into: nothing is let in that is not named, and no text becomes markup."""


class AnswerHeaders:
    """The headers of every answer.

    `own` are the operator's: they take the place of a handler's of the same name; of two with the same name, the last
    counts. A Content-Security-Policy is added to a handler's, for it can only forbid more. CORS and HSTS win over all.
    `strict` is the value of Strict-Transport-Security, which goes out over TLS alone (RFC 6797 section 7.2).
    """

    def __init__(self, own: Iterable[_Field] = (), cors: Cors = NONE, strict: bytes | None = None) -> None:
        self._own = tuple(own)
        self._strict = strict
        named = dict(self._own)
        if cors.answer(None) or cors.origins:
            named = {name: value for name, value in named.items() if not name.startswith(b"access-control-")}
        if strict is not None:
            named.pop(_STRICT, None)
        self._policy = named.pop(_POLICY, None)
        self._replaced = frozenset(named)
        self._in_clear: tuple[_Field, ...] = (*named.items(), _NO_SNIFFING)
        self._in_tls = (*self._in_clear, *(((_STRICT, strict),) if strict is not None else ()))
        self._cors = cors
        self.asks_for_origin = cors.varies
        """Whether it makes a difference to an answer which page asked for it."""
        self._is_plain = not named and self._policy is None and cors == NONE

    @cached_property
    def alone(self) -> "AnswerHeaders":
        """Those of an answer for pages of this server: they get no CORS, whatever is set (RFC 9700 section 2.6)."""
        own = [field for field in self._own if not field[0].startswith(b"access-control-")]
        return AnswerHeaders((*own, _OURS_ALONE), strict=self._strict)

    def on(self, headers: Iterable[_Field], origin: bytes | None, *, is_secure: bool) -> list[_Field]:
        """All headers of an answer: those that its handler gave, and ours.

        `origin` is what the request says of the page it is from; `is_secure` whether it came by TLS.
        """
        ours = self._in_tls if is_secure else self._in_clear
        if self._is_plain:
            return [*headers, *ours]
        given = list(headers)
        found = [field for field in given if field[0] not in self._replaced]
        if self._policy is not None:
            # Several policies are separated by commas, and all of them hold.
            theirs = [value for name, value in found if name == _POLICY]
            found = [field for field in found if field[0] != _POLICY]
            found.append((_POLICY, b", ".join([*theirs, self._policy])))
        found += ours
        if self._cors.varies:
            theirs = [value for name, value in found if name == _VARY]
            found = [field for field in found if field[0] != _VARY]
            found.append((_VARY, b", ".join([*theirs, b"Origin"])))
        found += self._cors.answer(origin)
        return found
