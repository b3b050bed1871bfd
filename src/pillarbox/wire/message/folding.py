"""Text for header fields: encoded words, phrases, lines that are not too long (RFC 5322 section 2.2.3, RFC 2047)."""

import re
from base64 import b64encode
from itertools import groupby
from operator import itemgetter


class Unwritable(ValueError):
    """A value that no header field or message can carry; its text says why, in a few words."""


WIDTH = 78
"""Columns of a line, if words allow (RFC 5322 section 2.1.1)."""

_WORD_WIDTH = 75
"""Columns of an encoded word (RFC 2047 section 2)."""

_WORD_OVERHEAD = len("=?utf-8?q??=")
_CONTROL = re.compile("[\0-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANKS_AND_WORD = re.compile("( *)([^ ]+)")
_LONG_BLANKS = " " * 40
_LONG_WORD = 900
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN_PHRASE = re.compile(f"{_ATOM}(?: {_ATOM})*")
_LONG_PHRASE = 60

_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""What an encoded word holds as it is in the strictest place, a phrase (RFC 2047 section 5)."""

_Q = tuple("_" if octet == 0x20 else chr(octet) if octet in _SAFE else f"={octet:02X}" for octet in range(256))


class Lines:
    """Puts words on lines; they are separated by one blank or by a fold."""

    def __init__(self, column: int) -> None:
        self._pieces: list[str] = []
        self._column = column

    def add(self, word: str, blanks: str = " ") -> None:
        """One more word, which may hold folds itself."""
        first, fold, _ = word.partition("\r\n")
        if self._pieces and self._column + len(blanks) + len(first) > WIDTH:
            self._pieces.append("\r\n")
            self._column = 0
        self._pieces += (blanks, word)
        last = word.rpartition("\r\n")[2]
        self._column = len(last) if fold else self._column + len(blanks) + len(word)

    def room_column(self) -> int:
        """The column where the next word would begin, or that of a new line if little is left of this one."""
        return self._column + 1 if self._column + 24 < WIDTH else 1

    def text(self) -> str:
        """All of it, beginning with a blank."""
        return "".join(self._pieces)


def checked_text(value: object) -> str:
    """A text without control characters; a tab is taken for a space.

    Raises Unwritable for anything else.
    """
    if not isinstance(value, str):
        raise Unwritable("not a text")
    if _CONTROL.search(value):
        raise Unwritable("a control character")
    return value.replace("\t", " ")


def unstructured(text: str, column: int) -> str:
    """Checked text for the field whose colon stands before `column` (RFC 5322 section 3.2.5).

    Neighbouring words that are not plain are encoded together, with the blanks between them; blanks
    at the ends are kept by encoding them with the word beside them, many blanks by encoding all.
    """
    if not text:
        return ""
    lines = Lines(column)
    inner = text.strip(" ")
    if not inner or _LONG_BLANKS in text:
        lines.add(encoded_words(text, lines.room_column()))
        return lines.text()
    leading, trailing = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
    found = [(blanks or " ", word, _needs_encoding(word)) for blanks, word in _BLANKS_AND_WORD.findall(inner)]
    if leading:
        found[0] = (" ", leading + found[0][1], True)
    if trailing:
        found[-1] = (found[-1][0], found[-1][1] + trailing, True)
    for needs_encoding, run in groupby(found, key=itemgetter(2)):
        words = list(run)
        if needs_encoding:
            joined = "".join(blanks + word for blanks, word, _ in words)[len(words[0][0]) :]
            lines.add(encoded_words(joined, lines.room_column()), words[0][0])
            continue
        for blanks, word, _ in words:
            lines.add(word, blanks)
    return lines.text()


def _needs_encoding(word: str) -> bool:
    return not word.isascii() or "=?" in word or len(word) > _LONG_WORD


def is_plain_phrase(text: str) -> bool:
    """Whether a phrase needs no encoded words (RFC 5322 section 3.2.5)."""
    return text.isascii() and "=?" not in text and len(text) <= _LONG_PHRASE


def phrase(text: str, column: int) -> str:
    """Checked text as the display-name of an address: atoms, a quoted-string or encoded words."""
    if not is_plain_phrase(text):
        return encoded_words(text, column)
    return text if _PLAIN_PHRASE.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """Text as a quoted-string (RFC 5322 section 3.2.4)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def encoded_words(text: str, column: int) -> str:
    """Text as encoded words, each on its own line, the first at a column (RFC 2047 section 2).

    Whichever of Q and B is shorter; no character is divided between words.
    """
    octets = text.encode("utf-8")
    is_q = sum(len(_Q[octet]) for octet in octets) <= len(octets) * 4 / 3
    room = _room(max(WIDTH - 2 - column, 24), is_q=is_q)
    words: list[str] = []
    chunk: list[str] = []
    used = 0
    for character in text:
        cost = _cost(character, is_q=is_q)
        if chunk and used + cost > room:
            words.append(_word("".join(chunk), is_q=is_q))
            chunk, used = [], 0
            room = _room(_WORD_WIDTH, is_q=is_q)
        chunk.append(character)
        used += cost
    words.append(_word("".join(chunk), is_q=is_q))
    return "\r\n ".join(words)


def _room(width: int, *, is_q: bool) -> int:
    """What an encoded word of a width holds: columns of Q, octets for B."""
    return width - _WORD_OVERHEAD if is_q else (width - _WORD_OVERHEAD) // 4 * 3


def _cost(character: str, *, is_q: bool) -> int:
    octets = character.encode("utf-8")
    return sum(len(_Q[octet]) for octet in octets) if is_q else len(octets)


def _word(text: str, *, is_q: bool) -> str:
    octets = text.encode("utf-8")
    if is_q:
        return f"=?utf-8?q?{''.join(_Q[octet] for octet in octets)}?="
    return f"=?utf-8?b?{b64encode(octets).decode('ascii')}?="
