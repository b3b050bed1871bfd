"""The words of header fields, each with its field's name in it, for search (RFC 8621 section 4.4.1, "header").

A field gives a word for itself and then one for each of its words, in order, so that a phrase is found within one
field alone. Of traces and of long values, which are most of a header's octets and which hardly anybody looks for, it
is only said that they are there (`unsaid`). Characters of private use tell all these from the words of texts, in which
`wire.words` leaves none.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from pillarbox.wire.message.form import text
from pillarbox.wire.message.header import Field
from pillarbox.wire.words import OPENS, WITHIN, Phrase, indexed_words, is_open, phrases

__all__ = ["header_phrases", "indexable_header", "says", "unsaid"]

_MAX_NAME = 64
"""Characters of a name that count."""
_MAX_VALUE, _MAX_LIST = 100, 2000
"""Octets of a value in Raw form whose words are told; of message ids there may be many."""
_MAX_SIGNS = 32
"""Characters that count of what has no word in it."""

_TRACES = frozenset(
    (
        "received",
        "x-received",
        "received-spf",
        "authentication-results",
        "dkim-signature",
        "arc-seal",
        "arc-message-signature",
        "arc-authentication-results",
        "date",
    )
)
_LISTS = frozenset(("references", "in-reply-to"))
_FIELD, _UNSAID = "\ue000", "\ue003"
_OTHER = re.compile("[^a-z0-9]")


def indexable_header(fields: Iterable[Field], elsewhere: frozenset[str] = frozenset()) -> str:
    """What a plain tokenizer should see of a header; of fields that are `elsewhere` (lower case), the names alone."""
    told: dict[str, None] = {}
    for field in fields:
        name = field.name.lower()
        mark = _mark(name)
        told[mark] = None
        if name in elsewhere:
            continue
        if name in _TRACES or len(field.value) > (_MAX_LIST if name in _LISTS else _MAX_VALUE):
            told[mark + _UNSAID] = None
            continue
        value = text(field.value).strip()
        if words := indexed_words(value):
            before = mark + WITHIN
            # Two instances are kept apart by the name, which stands nowhere else between words.
            told[f"{before}{f' {before}'.join(words)} {mark}"] = None
        elif value:
            told[_signs(mark, value)] = None
    return " ".join(told)


def header_phrases(name: str, sought: str) -> tuple[Phrase, ...]:
    """What to look for so as to find a field; with something in it, unless there is nothing in `sought`.

    What has no word in it, such as asterisks, is looked for at the begin of values that have none either.
    """
    mark = _mark(name.lower())
    sought = sought.strip()
    if not sought:
        return ((mark,),)
    if found := phrases(sought):
        return tuple(tuple(f"{mark}{WITHIN}{word}" for word in phrase) for phrase in found)
    return ((_signs(mark, sought),),)


def unsaid(name: str) -> Phrase:
    """What to look for so as to find messages with fields of this name of which the words are not told."""
    return (_mark(name.lower()) + _UNSAID,)


def says(values: Iterable[str], sought: str) -> bool:
    """Whether fields with these values in Raw form have what `header_phrases` would look for if all of it was told."""
    texts = [text(value) for value in values]
    wanted = phrases(sought)
    if not wanted:
        return any(said.strip().startswith(sought.strip()) for said in texts)
    told = [f" {' '.join(indexed_words(said))} " for said in texts]
    return all(any(_run(phrase) in one for one in told) for phrase in wanted)


def _run(phrase: Phrase) -> str:
    return f" {' '.join(phrase)}" + ("" if is_open(phrase) else " ")


@lru_cache(maxsize=4096)
def _mark(name: str) -> str:
    return _FIELD + _encoded(name[:_MAX_NAME])


def _signs(mark: str, value: str) -> str:
    return mark + OPENS + _encoded(value[:_MAX_SIGNS])


def _encoded(value: str) -> str:
    """As one word, another one for each text: what is no letter or digit becomes characters of private use."""
    return _OTHER.sub(lambda sign: "".join(chr(0xE100 + octet) for octet in sign[0].encode(errors="replace")), value)
