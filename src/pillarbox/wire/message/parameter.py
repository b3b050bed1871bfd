"""Values with parameters: Content-Type (RFC 2045 section 5.1), Content-Disposition (RFC 2183 section 2).

Parameters' values may be continued and encoded (RFC 2231 sections 3 and 4). Much of what is sent has
unquoted values with odd characters, missing or doubled semicolons and encoded words in file names.
"""

import re
from typing import NamedTuple

from pillarbox.wire.message.encoded import (
    characters,
    normal,
    percent_decoded,
    unfolded,
    with_words_anywhere,
    without_controls,
)


class Parameterized(NamedTuple):
    """A value in lower case and its parameters by lower-case name; the first of a name counts."""

    value: str
    parameters: dict[str, str]


_VALUE = re.compile(r"\s*+(?:\([^()]*+\)\s*+)*+\"?+([^\s;=()\"/]*+(?:\s*+/\s*+[^\s;=()\"]*+)?+)\"?+(?!\s*+=)")
_SPACE = re.compile(r"\s+")
_PARAMETER = re.compile(r'[;\s]++|([^\s;="]++)\s*+(?:=\s*+(?:"((?:[^"\\]++|\\.)*+)"|([^;]*+)))?+|.', re.DOTALL)
_SECTION = re.compile(r"([^*]++)(?:\*([0-9]{1,4}))?(\*)?")
_QUOTED_PAIR = re.compile(r'\\(["\\])')
_COMMENT_BEHIND = re.compile(r"\s\([^()]*+\)$")
_NAMES = ("name", "filename")


def parameterized(octets: bytes) -> Parameterized:
    """The value and the parameters of a field; best effort for what is malformed."""
    text = unfolded(characters(octets))
    match = _VALUE.match(text)
    value, rest = (match[1], text[match.end() :]) if match else ("", text)
    return Parameterized(_SPACE.sub("", value.lower()), _parameters(rest) if "=" in rest else {})


def _parameters(text: str) -> dict[str, str]:
    """Parameters from the text behind the value."""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(text):
        if match[1] is None or (match[2] is None and match[3] is None):
            continue
        section = _SECTION.fullmatch(match[1].lower())
        name = section[1] if section else match[1].lower()
        value = _unquoted(match[2]) if match[2] is not None else _bare(match[3], name)
        if section and (section[2] or section[3]):
            number = int(section[2] or 0)
            sections.setdefault(name, {}).setdefault(number, (value, section[3] is not None))
        else:
            plain.setdefault(name, _decoded(value))
    # Who sends both forms sends the plain one for readers that do not know RFC 2231.
    return plain | {name: _joined(parts) for name, parts in sections.items()}


def _unquoted(text: str) -> str:
    """What a quoted-string says; Windows paths in it keep the backslashes that they should have doubled."""
    return _QUOTED_PAIR.sub(r"\1", text) if "\\" in text else text


def _bare(text: str, name: str) -> str:
    """What an unquoted value says: all up to the semicolon, as tokens with blanks are sent.

    A comment behind it is not part of it, but "(1)" at the end of a file name is.
    """
    text = text.strip().lstrip('"')
    return text if name in _NAMES else _COMMENT_BEHIND.sub("", text)


def _decoded(value: str) -> str:
    return without_controls(normal(with_words_anywhere(value)))


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """A value from its sections, in the order of their numbers (RFC 2231 section 4.1).

    Neighbouring encoded sections are decoded together: a character may be cut between them.
    """
    ordered = [parts[number] for number in sorted(parts)]
    label = ""
    if ordered[0][1] and ordered[0][0].count("'") >= 2:
        label, _, first = ordered[0][0].split("'", 2)
        ordered[0] = (first.strip('"'), True)
    pieces: list[str] = []
    pending: list[str] = []
    for value, is_encoded in ordered:
        if is_encoded:
            pending.append(value)
            continue
        pieces.append(percent_decoded("".join(pending), label))
        pending.clear()
        pieces.append(value)
    pieces.append(percent_decoded("".join(pending), label))
    joined = "".join(pieces)
    return _decoded(joined) if not label else without_controls(normal(joined))
