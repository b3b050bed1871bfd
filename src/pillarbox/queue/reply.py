"""What a server answered, or what we say in its place; pure."""

import re
from dataclasses import dataclass
from enum import Enum

__all__ = ["Fate", "Reply"]

_MOST = 500
"""Characters of a reply that are kept; the text of any number of lines is a stranger's."""

_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?= |\Z)")


class Fate(Enum):
    """What a reply means for whom it is about (RFC 5321 section 4.2.1)."""

    TAKEN = "2"
    LATER = "4"
    NEVER = "5"


@dataclass(frozen=True, slots=True)
class Reply:
    """A code of three digits and a text of one line."""

    code: int
    text: str

    @classmethod
    def told(cls, code: int, lines: str) -> "Reply":
        """A reply as a server gave it, on one line (RFC 8621 section 7, "smtpReply"); without control characters."""
        first, *rest = lines.split("\n")
        status = _ENHANCED.match(first)
        # What the lines have in common with the first is its code, and its enhanced one.
        common = status[0] + " " if status else ""
        text = " ".join([first, *(line.removeprefix(common) for line in rest)])
        seen = "".join(one if one.isprintable() else "?" for one in text[:_MOST])
        return cls(code if 200 <= code <= 599 else 451, seen.strip())

    @property
    def fate(self) -> Fate:
        """What it means; a code that has no place here may be another one tomorrow."""
        match self.code // 100:
            case 2:
                return Fate.TAKEN
            case 5:
                return Fate.NEVER
            case _:
                return Fate.LATER

    @property
    def status(self) -> str:
        """Its enhanced status code, or the one that says no more than its class (RFC 3463)."""
        found = _ENHANCED.match(self.text)
        return found[0] if found and found[0][0] == self.fate.value else f"{self.fate.value}.0.0"

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()
