"""Text cut into words for search, the same way when it is stored and when it is looked for.

Stores index what `indexable` gives with a plain tokenizer that splits at white space and punctuation:
case and diacritics are gone already, and scripts without spaces are cut into pairs of characters.
"""

import re
import unicodedata

__all__ = ["MAX_PHRASES", "Phrase", "indexable", "phrases", "words_of"]

Phrase = tuple[str, ...]
"""Words that must follow each other."""

MAX_PHRASES = 64
"""More than this many terms in one search string are ignored: nobody types them, and each costs a look-up."""

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han; and Hangul, which glues its words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r"""\s*(?:(["'])((?:\\.|(?!\1)[^\\])*+)\1(?=\s|$)|(\S+))""", re.DOTALL)


def indexable(text: str) -> str:
    """The text as a plain tokenizer should see it: folded, runs of unspaced script as overlapping pairs."""
    folded = _folded(text)
    if folded.isascii():
        return folded
    return _RUN.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", folded)


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


def words_of(text: str) -> Phrase:
    """The words of a text, in order, as a store that indexes it sees them."""
    return tuple(word for part in indexable(text).split() for word in _WORD.findall(part))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    # Back together, or Hangul would be searched by its letters.
    return unicodedata.normalize("NFC", bare)


def _pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]
