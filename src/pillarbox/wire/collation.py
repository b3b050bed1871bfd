"""Keys that put text in order (RFC 4790): compare the keys, not the texts."""

import unicodedata

__all__ = ["COLLATIONS", "DEFAULT", "unicode_casemap"]

DEFAULT = "i;unicode-casemap"

COLLATIONS = (DEFAULT,)
"""What a Comparator may name; the session tells it as `collationAlgorithms` (RFC 8620 section 2)."""


def unicode_casemap(text: str) -> str:
    """The key of `i;unicode-casemap` (RFC 5051 section 2): title-cased, then fully decomposed."""
    if text.isascii():
        return text.upper()
    return unicodedata.normalize("NFKD", "".join(map(_titlecase, text)))


def _titlecase(character: str) -> str:
    # RFC 5051 asks for the simple mapping of UnicodeData.txt, which never yields two characters.
    mapped = character.title()
    return mapped if len(mapped) == 1 else character
