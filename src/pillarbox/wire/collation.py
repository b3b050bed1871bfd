"""Keys that put text in order (RFC 4790): compare the keys, not the texts."""

import re

from pillarbox.wire.forms import nfkd

__all__ = [
    "ASCII_CASEMAP",
    "ASCII_NUMERIC",
    "COLLATIONS",
    "DEFAULT",
    "ascii_casemap",
    "ascii_numeric",
    "unicode_casemap",
]

DEFAULT = "i;unicode-casemap"
ASCII_CASEMAP = "i;ascii-casemap"
ASCII_NUMERIC = "i;ascii-numeric"

COLLATIONS = (ASCII_NUMERIC, ASCII_CASEMAP, DEFAULT)
"""What a Comparator may name; the session tells it as `collationAlgorithms` (RFC 8620 section 2)."""

_DIGITS = re.compile("0*([0-9]*)")
_MAX_DIGITS = 999_999
_INFINITY = "~"
_LOWER = re.compile("[a-z]+")


def unicode_casemap(text: str) -> str:
    """The key of `i;unicode-casemap` (RFC 5051 section 2): title-cased, then fully decomposed."""
    if text.isascii():
        return text.upper()
    return nfkd("".join(map(_titlecase, text)))


def ascii_casemap(text: str) -> str:
    """The key of `i;ascii-casemap` (RFC 4790 section 9.2): letters of ASCII in upper case, all else as it is."""
    if text.isascii():
        return text.upper()
    return _LOWER.sub(lambda letters: letters[0].upper(), text)


def ascii_numeric(text: str) -> str:
    """The key of `i;ascii-numeric` (RFC 4790 section 9.1): the number that a text begins with, or infinity.

    Its length goes before the digits, so that the keys are compared as text. More digits than a million are not looked
    at.
    """
    if not "0" <= text[:1] <= "9":
        return _INFINITY
    digits = _DIGITS.match(text[:_MAX_DIGITS])
    number = digits[1] if digits else ""
    return f"{len(number):06}{number}"


def _titlecase(character: str) -> str:
    # RFC 5051 asks for the simple mapping of UnicodeData.txt, which never yields two characters.
    mapped = character.title()
    return mapped if len(mapped) == 1 else character
