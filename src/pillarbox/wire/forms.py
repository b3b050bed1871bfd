"""Normalization Forms of Unicode (UAX #15), for texts that anybody may have written."""

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["nfc", "nfkd"]

_LONGEST = 128
"""Characters without a base among them that are put in order together; UAX #15 section 13 knows no use for over 30."""
# Whatever is no letter, digit or ASCII may be a mark, and these two letters are marks once they are decomposed (NFKD).
_RUN = re.compile(rf"(?:[^\w\x00-\x7f]|[\uff9e\uff9f]){{{_LONGEST + 1},}}+")


def nfc(text: str) -> str:
    """Text in Normalization Form C; runs of marks that no language has are composed and ordered piece by piece."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFC", piece) for piece in _pieces(text))


def nfkd(text: str) -> str:
    """The same in Normalization Form KD."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKD", piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """The text, cut where it is none: marks are put in order in a time that grows with the square of their number."""
    at = 0
    for run in _RUN.finditer(text):
        for end in range(run.start() + _LONGEST, run.end(), _LONGEST):
            yield text[at:end]
            at = end
    yield text[at:]
