"""Full text: words as `wire.words` cut them, as PostgreSQL keeps and seeks them.

A row has the set of its words, each with a letter for its field in front of it, which one index finds; and the text of
each field, words between single spaces, in which the words of a phrase must follow each other. Positions in a
tsvector would end at 16,383 and at 256 of a word; these do not.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pillarbox.store.table import Table
from pillarbox.wire.words import Phrase, is_open

__all__ = ["Words", "begin", "letter", "query", "run", "words_of"]

# Words that are made up have characters of private use; an underline is no part of a word.
_WORD = re.compile("[\\w\ue000-\ue1ff]+")
_LONGEST = 500
"""A lexeme has 2,046 octets; a word of more characters than this is told by its hash."""
_MOST = 1_000_000
"""Octets of all lexemes of a row; a tsvector has 2**20, some of them to fill up."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is kept of an object's text; `is_cut` if not all of its words can be found."""

    lexemes: list[str]
    fields: list[str]
    is_cut: bool


def words_of(table: Table, text: Mapping[str, str]) -> Words:
    """What a row has for this text: its lexemes, and each field of the type in order."""
    lexemes: set[str] = set()
    fields = []
    for name in table.text:
        words = _WORD.findall(text.get(name, "").replace("_", " "))
        fields.append(run(words) if words else "")
        mark = letter(table, name)
        lexemes.update(mark + _short(word) for word in set(words))
    kept = _fitting(lexemes)
    return Words(kept, fields, len(kept) < len(lexemes))


def letter(table: Table, field: str) -> str:
    """What is in front of the words of a field. Raises ValueError for a field the type does not have."""
    return chr(ord("a") + table.text.index(field))


def run(words: Phrase | list[str]) -> str:
    """Words that follow each other, as they stand in a field that has them."""
    return f" {' '.join(words)} "


def begin(phrase: Phrase) -> str:
    """What a field has in it that has the phrase, whose last word may go on there (`is_open`)."""
    return run(phrase).rstrip() if is_open(phrase) else run(phrase)


def query(table: Table, fields: tuple[str, ...], phrases: tuple[Phrase, ...]) -> str:
    """A tsquery for all words of the phrases, those of one in one field; words hold letters and digits only."""
    letters = [letter(table, field) for field in fields or table.text]
    return " & ".join(
        "(" + " | ".join("(" + " & ".join(_lexemes(mark, phrase)) + ")" for mark in letters) + ")" for phrase in phrases
    )


def _lexemes(mark: str, phrase: Phrase) -> list[str]:
    lexemes = [f"'{mark}{_short(word)}'" for word in phrase]
    if is_open(phrase):
        lexemes[-1] += ":*"
    return lexemes


def _short(word: str) -> str:
    if len(word) <= _LONGEST:
        return word
    return word[:50] + hashlib.sha256(word.encode()).hexdigest()


def _fitting(lexemes: set[str]) -> list[str]:
    # Four octets are the most of a character, and two what may be filled up.
    if sum(map(len, lexemes)) * 4 + len(lexemes) * 2 <= _MOST:
        return list(lexemes)
    kept, room = [], _MOST
    # The headers' letters come first, where what people look for is likelier than in a megabyte of different words.
    for lexeme in sorted(lexemes):
        room -= len(lexeme.encode()) + 2
        if room < 0:
            break
        kept.append(lexeme)
    return kept
