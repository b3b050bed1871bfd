"""Patterns of `matches`: regular expressions that take linear time (adr/0038)."""

from collections.abc import Sequence
from typing import Protocol

__all__ = ["BadPattern", "Pattern"]

_MOST_MEMORY = 256 * 1024
"""Octets, for what a pattern becomes and what it remembers of a text."""


class BadPattern(ValueError):
    """A text that is no pattern; the message says why."""


class _Found(Protocol):
    def group(self) -> bytes: ...

    def groups(self, default: bytes) -> Sequence[bytes]: ...


class _Compiled(Protocol):
    """What is used of the library, which has no types of its own."""

    @property
    def programsize(self) -> int: ...

    def search(self, text: bytes) -> _Found | None: ...


class Pattern:
    """One pattern, read once."""

    __slots__ = ("_compiled",)

    def __init__(self, text: str) -> None:
        """Raises BadPattern."""
        # Few configurations have a pattern, and the others start without the library.
        import re2  # noqa: PLC0415

        options = re2.Options()
        options.max_mem = _MOST_MEMORY
        options.log_errors = False
        try:
            self._compiled: _Compiled = re2.compile(text, options)
        except re2.error as wrong:
            raise BadPattern(_said(wrong)) from None
        except UnicodeEncodeError:
            raise BadPattern("it has half of a surrogate pair") from None

    def captures(self, text: str) -> tuple[str, ...] | None:
        """The whole match and its groups, an unmatched one empty; None if the pattern is not found."""
        # In octets, where nothing has to be counted; `\C` may take a character apart.
        found = self._compiled.search(text.encode("utf-8", "replace"))
        if found is None:
            return None
        return tuple([group.decode("utf-8", "replace") for group in (found.group(), *found.groups(b""))])

    def weight(self, text: str) -> int:
        """The steps of one search at most: each character may meet each instruction of the program."""
        return 100 + len(text) * self._compiled.programsize // 8


def _said(wrong: Exception) -> str:
    reason = wrong.args[0] if wrong.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
