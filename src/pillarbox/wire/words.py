"""Text cut into words for search, the same way when it is stored and when it is looked for.

Stores index what `indexable` gives with a plain tokenizer that splits at white space and punctuation:
case and diacritics are gone already, and scripts without spaces are cut into pairs of characters, with the last
character of each run once more by itself: so each character begins a word, and is found alone (`is_open`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pillarbox.wire.forms import nfc, nfkd

__all__ = [
    "MAX_PHRASES",
    "OPENS",
    "WITHIN",
    "Phrase",
    "Word",
    "indexable",
    "indexed_words",
    "is_open",
    "phrases",
    "placed",
    "words_of",
]

Phrase = tuple[str, ...]
"""Words that must follow each other."""


WITHIN, OPENS = "\ue001", "\ue002"
"""In words that are made up: what stands before the first goes before a word of a text, the second says that the word
is the begin of what is sought. No word of a text has characters of private use."""


class Word(NamedTuple):
    """A word that is indexed, and where it stands in the text: from the character `start` to before `end`."""

    text: str
    start: int
    end: int


MAX_PHRASES = 64
"""More than this many terms in one search string are ignored: nobody types them, and each costs a look-up."""

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han; and Hangul, which glues its words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(r"[^\W_]+")
# Letters to FTS5, but none to Python: fonts of pictures use them.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_TERM = re.compile(r"""\s*(?:(["'])((?:\\.|(?!\1)[^\\])*+)\1(?=\s|$)|(\S+))""", re.DOTALL)


def indexable(text: str) -> str:
    """The text as a plain tokenizer should see it: folded, runs of unspaced script as overlapping pairs."""
    folded = _folded(text)
    if folded.isascii():
        return folded
    return _RUN.sub(lambda run: f" {' '.join(_pieces(run[0]))} ", _PRIVATE.sub(" ", folded))


def phrases(sought: str) -> tuple[Phrase, ...]:
    """What a search string asks for; each phrase must occur (RFC 8621 section 4.4.1).

    Quoted text is one phrase, with backslash escapes for quotes and backslash; other terms are split at
    white space. A term that holds several words, such as an address, is a phrase of them. Terms without a
    word in them are left out.
    """
    found = []
    for term in _TERM.finditer(sought):
        text = re.sub(r"\\(.)", r"\1", term[2]) if term[1] else term[3]
        words = words_of(text)
        if words:
            found.append(words)
        if len(found) == MAX_PHRASES:
            break
    return tuple(found)


def words_of(sought: str) -> Phrase:
    """The words of what is sought, in order, as a store that indexes a text with it sees them.

    A run of unspaced script that it ends with may go on in the text.
    """
    words = tuple(indexed_words(sought))
    if sought.isascii():
        return words
    folded = _folded(sought)
    last = None
    for last in _RUN.finditer(folded):  # noqa: B007 - the last is wanted
        pass
    if last is None or len(last[0]) == 1 or not _WORD.match(last[0][-1]) or _WORD.search(folded, last.end()):
        return words
    return words[:-1]


def indexed_words(text: str) -> list[str]:
    """The words of a text, in order, as stores index them."""
    return _WORD.findall(indexable(text))


def is_open(phrase: Phrase) -> bool:
    """Whether words may begin with the last one of a phrase: if that is one character of an unspaced script."""
    word = phrase[-1].rpartition(WITHIN)[2]
    return OPENS in word or (len(word) == 1 and _RUN.match(word) is not None)


def placed(text: str) -> Iterator[Word]:
    """The words of a text that is in Normalization Form C, in order, as stores index them, with their places."""
    if text.isascii():
        for word in _WORD.finditer(text.lower()):
            yield Word(word[0], word.start(), word.end())
        return
    pieces = list(map(_folded_character, text))
    owners = [at for at, piece in enumerate(pieces) for _ in piece]
    # A word also has the marks behind its last letter, of which nothing is left.
    owners.append(len(text))
    folded = _PRIVATE.sub(" ", "".join(pieces))
    behind = 0
    for run in _RUN.finditer(folded):
        yield from _words_between(folded, behind, run.start(), owners)
        for at in range(run.start(), run.end()):
            yield from _words_between(folded, at, min(at + 2, run.end()), owners)
        behind = run.end()
    yield from _words_between(folded, behind, len(folded), owners)


def _words_between(folded: str, start: int, end: int, owners: list[int]) -> Iterator[Word]:
    for word in _WORD.finditer(folded, start, end):
        yield Word(word[0], owners[word.start()], max(owners[word.end()], owners[word.start()] + 1))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = nfkd(text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    # Back together, or Hangul would be searched by its letters.
    return nfc(bare)


@lru_cache(maxsize=8192)
def _folded_character(character: str) -> str:
    return _folded(character)


def _pieces(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))]
