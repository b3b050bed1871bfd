"""What was sought, marked in a text that has it, as HTML (RFC 8621 section 5)."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice

from pillarbox.wire.forms import nfc
from pillarbox.wire.words import Phrase, Word, indexable, is_open, placed

__all__ = ["MAX_OCTETS", "excerpt", "marked"]

MAX_OCTETS = 255
"""Of an excerpt in UTF-8, marks and entities included."""

_MAX_PHRASES = 256
"""More than this many different ones are not looked for."""

_OPEN, _CLOSE, _MORE = "<mark>", "</mark>", "…"
_BEFORE = 60
"""Octets that an excerpt shows before what it is shown for, at most."""
_PART_OF_WORD = 20
"""Characters that are left out so that an excerpt ends with a whole word."""

_Span = tuple[int, int]


def marked(text: str, phrases: Iterable[Phrase]) -> str | None:
    """The whole text as HTML, all that was sought within <mark>; None if nothing of it is there."""
    text = nfc(text)
    spans = _spans(text, phrases)
    if not spans:
        return None
    return "".join(_html(text[start:end], is_match=is_match) for start, end, is_match in _parts(0, len(text), spans))


def excerpt(text: str, phrases: Iterable[Phrase]) -> str | None:
    """The same of a part of the text, with the first that was sought, in no more than MAX_OCTETS octets.

    An ellipsis stands where the text goes on.
    """
    text = nfc(text)
    spans = _spans(text, phrases)
    if not spans:
        return None
    begin = _begin(text, spans[0][0])
    told = [_MORE] if begin else []
    room = MAX_OCTETS - 2 * len(_MORE.encode())
    for start, end, is_match in _parts(begin, len(text), spans):
        room -= len(_OPEN + _CLOSE) if is_match else 0
        fits = _fitting(text, start, end, room)
        if fits < end:
            # A word is cut only where it is all that there is to show.
            if not is_match:
                fits = _end_of_word(text, start, fits)
            elif start > spans[0][0]:
                fits = start
            if fits > start:
                told.append(_html(text[start:fits], is_match=is_match))
            return "".join(told).strip() + _MORE
        told.append(_html(text[start:end], is_match=is_match))
        room -= len(_escaped(text[start:end]))
    return "".join(told).strip()


def _spans(text: str, phrases: Iterable[Phrase]) -> list[_Span]:
    """Where phrases are, in order; those that overlap are one."""
    sought = list(islice(dict.fromkeys(phrase for phrase in phrases if phrase), _MAX_PHRASES))
    folded = indexable(text) if sought else ""
    sought = [phrase for phrase in sought if all(word in folded for word in phrase)]
    if not sought:
        return []
    spans: list[_Span] = []
    for start, end in sorted(_matches(list(placed(text)), sought)):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _matches(words: Sequence[Word], sought: Sequence[Phrase]) -> Iterator[_Span]:
    by_word: dict[str, list[Phrase]] = {}
    begins: set[str] = set()
    for phrase in sought:
        if len(phrase) == 1 and is_open(phrase):
            begins.add(phrase[0])
        else:
            by_word.setdefault(phrase[0], []).append(phrase)
    for at, word in enumerate(words):
        if word.text[0] in begins:
            yield word.start, word.start + 1
        for phrase in by_word.get(word.text, ()):
            if end := _end_of_phrase(words, at, phrase):
                yield word.start, end


def _end_of_phrase(words: Sequence[Word], at: int, phrase: Phrase) -> int:
    """Where a phrase ends that begins with a word; 0 if others follow that word."""
    behind = at + len(phrase) - 1
    if behind >= len(words) or any(words[at + turn].text != one for turn, one in enumerate(phrase[:-1])):
        return 0
    last = words[behind]
    if last.text == phrase[-1]:
        return last.end
    return last.start + 1 if is_open(phrase) and last.text[0] == phrase[-1] else 0


def _parts(begin: int, end: int, spans: Iterable[_Span]) -> Iterator[tuple[int, int, bool]]:
    """The text from `begin` to `end` in parts: matches and what lies between."""
    at = begin
    for start, stop in spans:
        if at < start:
            yield at, start, False
        yield start, stop, True
        at = stop
    if at < end:
        yield at, end, False


def _begin(text: str, first: int) -> int:
    """Where an excerpt begins: with a word, if one begins near enough."""
    begin, room = first, _BEFORE
    while begin and (room := room - len(_escaped(text[begin - 1]))) >= 0:
        begin -= 1
    if begin == 0:
        return 0
    space = text.find(" ", begin, first)
    return space + 1 if 0 <= space < begin + _PART_OF_WORD else begin


def _fitting(text: str, start: int, end: int, room: int) -> int:
    """How far of a part there is room for."""
    at = start
    while at < end and (room := room - len(_escaped(text[at]))) >= 0:
        at += 1
    return at


def _end_of_word(text: str, start: int, end: int) -> int:
    space = text.rfind(" ", max(start, end - _PART_OF_WORD), end + 1)
    return space if space > start else end


def _html(text: str, *, is_match: bool) -> str:
    told = escape(text, quote=False)
    return f"{_OPEN}{told}{_CLOSE}" if is_match else told


def _escaped(text: str) -> bytes:
    return escape(text, quote=False).encode()
