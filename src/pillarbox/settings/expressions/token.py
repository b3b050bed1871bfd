"""Tokens: the words of an expression, each with the place where it begins."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from pillarbox.settings.expressions.error import ExpressionError
from pillarbox.settings.expressions.value import MOST, Value, finite

__all__ = ["LONGEST_EXPRESSION", "Sort", "Token", "raw", "tokens"]

LONGEST_EXPRESSION = 64 * 1024
"""Code points."""


class Sort(Enum):
    """What a token is to the grammar."""

    NUMBER = auto()
    TEXT = auto()
    NAME = auto()
    SIGN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as written, and for a number or a text its value."""

    sort: Sort
    written: str
    at: int
    value: Value = ""


_WORD = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
      | (?P<number>[0-9]+(?P<fraction>\.[0-9]+)?)(?P<unit>[A-Za-z_$][A-Za-z0-9_$.]*)?
      | (?P<name>[A-Za-z_$][A-Za-z0-9_$.]*)
      | (?P<text>'[^'\\]*(?:\\.[^'\\]*)*' | "[^"\\]*(?:\\.[^"\\]*)*")
      | (?P<sign>&& | \|\| | == | => | =< | != | <= | >= | [-+*/&|^!=<>()\[\],])""",
    re.VERBOSE | re.DOTALL,
)

# Each sign that may be written in two ways, as the grammar knows it.
_SAME: Mapping[str, str] = {"&": "&&", "|": "||", "=": "==", "=>": ">=", "=<": "<="}

_MILLISECONDS: Mapping[str, int] = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}

_MOST_DIGITS = len(str(MOST))


def tokens(text: str) -> Iterator[Token]:
    """The words of the text in their order, and an end after the last.

    Raises ExpressionError at the first character that begins none, and for a number that is too large.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise ExpressionError(f"an expression has at most {LONGEST_EXPRESSION} characters", text, LONGEST_EXPRESSION)
    at = 0
    while at < len(text):
        found = _WORD.match(text, at)
        if not found:
            raise ExpressionError(_unexpected(text[at]), text, at)
        if found.lastgroup != "blank":
            yield _token(found, text)
        at = found.end()
    yield Token(Sort.END, "", at)


def raw(token: Token) -> str:
    """What is between the quotes of a text, with its backslashes; only those before quotes are dropped."""
    return _ESCAPE.sub(lambda found: found[1] if found[1] in "'\"" else found[0], token.written[1:-1])


def _token(found: re.Match[str], text: str) -> Token:
    at = found.start()
    if found["number"]:
        return Token(Sort.NUMBER, found[0], at, _number(found, text))
    if found["name"]:
        return Token(Sort.NAME, found[0], at)
    if found["text"]:
        return Token(Sort.TEXT, found[0], at, _ESCAPE.sub(_unescaped, found[0][1:-1]))
    return Token(Sort.SIGN, _SAME.get(found[0], found[0]), at)


_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONTROL: Mapping[str, str] = {"n": "\n", "r": "\r", "t": "\t"}


def _unescaped(found: re.Match[str]) -> str:
    return _CONTROL.get(found[1], found[1])


def _number(found: re.Match[str], text: str) -> int | float:
    at, digits, unit = found.start(), found["number"], found["unit"]
    if unit is not None:
        length = _MILLISECONDS.get(unit.lower())
        if length is None or found["fraction"]:
            raise ExpressionError(
                f"{found[0][:40]!r} is neither a number nor a duration; write digits and d, h, m, s or ms, as in 90m",
                text,
                at,
            )
    else:
        length = 1
    if found["fraction"]:
        return finite(float(digits))
    if len(digits.lstrip("0")) > _MOST_DIGITS or (number := int(digits) * length) > MOST:
        raise ExpressionError("this number is too large", text, at)
    return number


def _unexpected(character: str) -> str:
    if character in "'\"":
        return "this text has no closing quote"
    if character == "}":
        return "an expression has no braces; write it alone, not within ${}"
    if character in ":?":
        return f"{character!r} means nothing here; a text stands in quotes of its own, as in 'https://mail.example.org'"
    return f"{character!r} means nothing here"
