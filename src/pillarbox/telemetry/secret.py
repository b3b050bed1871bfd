"""A text that is passed on but never shown.

It lives in this package because the log is the last place it could be shown, and has to know it.
"""

from hmac import compare_digest

__all__ = ["HIDDEN", "Secret"]

HIDDEN = "(hidden)"
"""What stands where a secret would."""


class Secret:
    """A password, a token or a key: it prints, formats and logs as `(hidden)`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it; never for a message or a log."""
        return self._text

    def __repr__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        # The time taken must not tell how much of a guess was right.
        return compare_digest(self._text.encode(errors="surrogatepass"), other._text.encode(errors="surrogatepass"))

    def __hash__(self) -> int:
        return hash(self._text)
