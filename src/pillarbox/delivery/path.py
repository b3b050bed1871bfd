"""Mailboxes as an envelope names them (RFC 5321 section 4.1.2, RFC 6531 section 3.3); pure."""

import re
from dataclasses import dataclass
from functools import cache

__all__ = ["Malformed", "Path", "path"]


class Malformed(Exception):
    """A text that is not what it should be, and the position where that shows."""

    def __init__(self, position: int) -> None:
        super().__init__(f"at {position}")
        self.position = position


MAX_PATH = 400
"""Octets of a path. The RFC's least is 256; whatever is told of one fits on a line of reply (512) with this."""

# All that is beyond ASCII and no control character; that the text is UTF-8 was seen when it was decoded.
_BEYOND = "\u00a1-\U0010ffff"
# A dot may stand anywhere: some providers gave out addresses like `alice.@` and `a..b@`, and their mail is mail.
_DOTTED = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.\-{_BEYOND}]+"
_QUOTED = rf'"(?:[ !#-\[\]-~{_BEYOND}]|\\[ -~])*"'
_LABEL = rf"[A-Za-z0-9_\-{_BEYOND}]+"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*\.?"
_LITERAL = r"\[[!-Z^-~]+\]"
_SOURCE_ROUTE = rf"@{_DOMAIN}(?:,@{_DOMAIN})*:"
_PATH = rf"<(?:{_SOURCE_ROUTE})?(?P<text>(?P<local>{_DOTTED}|{_QUOTED})@(?P<domain>{_DOMAIN}|{_LITERAL}))>"
_ALONE = rf"<(?P<text>{_DOTTED}|)>"
_QUOTED_PAIR = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Path:
    """A mailbox: `text` as it was written, without source route; the local part without quoting.

    The null reverse-path has no text at all, `<postmaster>` no domain.
    """

    text: str
    local: str
    domain: str


def path(text: str, position: int = 0) -> tuple[Path, int]:
    """The path in angle brackets at a position, and where it ends. Raises Malformed.

    Source routes are recognised and ignored (section 4.1.1.3). `<>` and a local part alone are paths as well; whether
    they may stand here is for the caller to say.
    """
    whole, local_part = _patterns()
    found = whole.match(text, position)
    alone = None if found else local_part.match(text, position)
    match = found or alone
    if match is None or len(match["text"].encode()) > MAX_PATH:
        raise Malformed(position)
    if found is None:
        return Path(match["text"], match["text"], ""), match.end()
    return Path(found["text"], _unquoted(found["local"]), found["domain"]), found.end()


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """`_PATH` and `_ALONE`. They took a twentieth of the start of a process, and most processes never need them."""
    return re.compile(_PATH), re.compile(_ALONE)


def _unquoted(local: str) -> str:
    """Quoting changes nothing but the way to write it (section 4.1.2)."""
    return _QUOTED_PAIR.sub(r"\1", local[1:-1]) if local.startswith('"') else local
