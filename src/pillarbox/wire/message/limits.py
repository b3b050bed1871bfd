"""How much of a message is looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on the work that one message may cause; what lies beyond is left out, never an error.

    They are ours, no RFC has any. Real messages stay far below: a header of some 100 fields and
    30 kB, some 100 parts, nested five deep. A list of 10,000 recipients is about 400 kB.
    """

    max_headers: int = 2000
    """Fields of one header; the rest of that header is skipped."""

    max_header_bytes: int = 1 << 20
    """Octets of one header; a field that crosses the bound is cut there."""

    max_parts: int = 1000
    """Parts of all kinds; the last one holds what follows it in its multipart, all else is left out."""

    max_depth: int = 50
    """Multiparts within each other; what the innermost holds is shown as text, undivided.

    Each level is searched for delimiters on its own, so the time to parse is at most the
    message's size times this.
    """

    max_lookalikes: int = 200_000
    """Lines that begin as a delimiter and are none; behind so many of them no further one is looked for."""
