"""Why a certificate could not be had, in one line."""

from datetime import timedelta

__all__ = ["NoAccountThere", "Refused"]

_LONGEST = 500


class Refused(Exception):
    """The authority gave none, or could not be understood or reached.

    `told` is for the log and for administrators. It may be the authority's own words: it is made one line, without what
    a terminal would obey. `asked` is how long the authority wants to be left alone, if it said so.
    """

    def __init__(self, told: str, asked: timedelta | None = None) -> None:
        line = " ".join("".join(one if one.isprintable() else " " for one in told).split())
        self.told = line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
        self.asked = asked
        super().__init__(self.told)


class NoAccountThere(Refused):
    """The authority does not know our account (RFC 8555 section 6.7, accountDoesNotExist)."""
