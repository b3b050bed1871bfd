"""Functions of texts. Those that say so are applied to each element of an array."""

import hashlib
import re
from collections.abc import Callable, Mapping

from pillarbox.settings.expressions.value import Value, equal, integer_of, text_of

__all__ = [
    "contains",
    "contains_ignore_case",
    "count_chars",
    "count_lowercase",
    "count_spaces",
    "count_uppercase",
    "digest",
    "each",
    "ends_with",
    "eq_ignore_case",
    "has_digits",
    "is_lowercase",
    "is_uppercase",
    "length",
    "lines",
    "rsplit",
    "rsplit_once",
    "split",
    "split_n",
    "split_once",
    "split_words",
    "starts_with",
    "strip_prefix",
    "strip_suffix",
    "substring",
    "trim",
    "trim_end",
    "trim_start",
]

# What Unicode calls White_Space; Python's own idea of it has four separators of ASCII besides.
_SPACES = "".join(map(chr, range(0x2000, 0x200B)))
_BLANKS = f"\t\n\v\f\r \x85\xa0\u1680{_SPACES}\u2028\u2029\u202f\u205f\u3000"
_BETWEEN_WORDS = re.compile(f"[{_BLANKS}]+")
_DIGIT = re.compile("[0-9]")
_LINE_END = re.compile("\r?\n")


def each(function: Callable[..., Value]) -> Callable[..., Value]:
    """The function of a text, for each element where there is an array."""

    def over(value: Value, *more: Value) -> Value:
        if isinstance(value, tuple):
            return tuple([function(text_of(element), *more) for element in value])
        return function(text_of(value), *more)

    return over


def trim(text: str) -> str:
    """Without the blanks around it."""
    return text.strip(_BLANKS)


def trim_start(text: str) -> str:
    """Without the blanks before it."""
    return text.lstrip(_BLANKS)


def trim_end(text: str) -> str:
    """Without the blanks after it."""
    return text.rstrip(_BLANKS)


def length(value: Value) -> int:
    """Octets of UTF-8 of a text or a number's text; elements of an array."""
    return len(value) if isinstance(value, tuple) else len(_octets(text_of(value)))


def is_uppercase(text: str) -> int:
    """Whether each letter is one of the upper case."""
    return int(all(letter.isupper() for letter in text if letter.isalpha()))


def is_lowercase(text: str) -> int:
    """Whether each letter is one of the lower case."""
    return int(all(letter.islower() for letter in text if letter.isalpha()))


def has_digits(text: str) -> int:
    """Whether there is a digit of ASCII."""
    return int(_DIGIT.search(text) is not None)


def count_spaces(value: Value) -> int:
    """How many blanks there are."""
    return sum(character in _BLANKS for character in text_of(value))


def count_uppercase(value: Value) -> int:
    """How many letters of the upper case."""
    return sum(character.isupper() for character in text_of(value))


def count_lowercase(value: Value) -> int:
    """How many letters of the lower case."""
    return sum(character.islower() for character in text_of(value))


def count_chars(value: Value) -> int:
    """How many code points."""
    return len(text_of(value))


def contains(whole: Value, part: Value) -> int:
    """Whether a text has the part in it, or an array an element equal to it."""
    if isinstance(whole, tuple):
        return int(any(equal(element, part) for element in whole))
    return int(text_of(part) in text_of(whole))


def contains_ignore_case(whole: Value, part: Value) -> int:
    """The same; in a text, letters of either case are one, in an array those of ASCII in elements that are texts."""
    if isinstance(whole, tuple):
        wanted = _lower_ascii(text_of(part))
        return int(any(isinstance(element, str) and _lower_ascii(element) == wanted for element in whole))
    return int(text_of(part).lower() in text_of(whole).lower())


def eq_ignore_case(left: Value, right: Value) -> int:
    """Whether the texts are the same but for the case of letters of ASCII."""
    return int(_lower_ascii(text_of(left)) == _lower_ascii(text_of(right)))


def starts_with(whole: Value, part: Value) -> int:
    """Whether the text begins so."""
    return int(text_of(whole).startswith(text_of(part)))


def ends_with(whole: Value, part: Value) -> int:
    """Whether the text ends so."""
    return int(text_of(whole).endswith(text_of(part)))


def lines(value: Value) -> Value:
    """The lines of a text, without their ends; whatever is none stays as it is."""
    if not isinstance(value, str):
        return value
    parts = _LINE_END.split(value)
    return tuple(parts[:-1] if parts[-1] == "" else parts)


def substring(value: Value, start: Value, count: Value) -> str:
    """So many code points, from this one on, which counts from 0."""
    first = _at_least_0(start)
    return text_of(value)[first : first + _at_least_0(count)]


def strip_prefix(text: str, prefix: Value) -> str:
    """What comes after the prefix; empty where the text does not begin with it."""
    start = text_of(prefix)
    return text[len(start) :] if text.startswith(start) else ""


def strip_suffix(text: str, suffix: Value) -> str:
    """What comes before the suffix; empty where the text does not end with it."""
    end = text_of(suffix)
    return text[: len(text) - len(end)] if text.endswith(end) else ""


def split(value: Value, separator: Value) -> Value:
    """The parts between separators, at least one; an empty separator separates nothing."""
    return tuple(_split(text_of(value), text_of(separator), -1))


def rsplit(value: Value, separator: Value) -> Value:
    """The same parts, the last one first."""
    return tuple(_split(text_of(value), text_of(separator), -1)[::-1])


def split_n(value: Value, separator: Value, most: Value) -> Value:
    """The parts after so many splits at most; the last has the rest."""
    return tuple(_split(text_of(value), text_of(separator), _at_least_0(most)))


def split_once(value: Value, separator: Value) -> Value:
    """What is before and after the first separator; empty where there is none."""
    return _both(*text_of(value).partition(text_of(separator) or "\0"))


def rsplit_once(value: Value, separator: Value) -> Value:
    """What is before and after the last separator; empty where there is none."""
    return _both(*text_of(value).rpartition(text_of(separator) or "\0"))


def split_words(value: Value) -> Value:
    """What stands between blanks, as far as it is letters and digits alone."""
    return tuple([word for word in _BETWEEN_WORDS.split(text_of(value)) if word.isalnum()])


_HASHES: Mapping[str, Callable[..., "hashlib._Hash"]] = {
    "md5": hashlib.md5,
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
}


def digest(value: Value, algorithm: Value) -> str:
    """The hash in hexadecimal digits; empty for an algorithm that there is not."""
    algorithm_of = _HASHES.get(text_of(algorithm))
    return "" if algorithm_of is None else algorithm_of(_octets(text_of(value)), usedforsecurity=False).hexdigest()


def _split(text: str, separator: str, most: int) -> list[str]:
    return text.split(separator, most) if separator else [text]


def _both(before: str, separator: str, after: str) -> Value:
    return (before, after) if separator else ""


def _at_least_0(value: Value) -> int:
    return max(0, integer_of(value) or 0)


def _octets(text: str) -> bytes:
    # What came in through the environment may have halves of surrogate pairs.
    return text.encode("utf-8", "replace")


def _lower_ascii(text: str) -> bytes:
    # Of octets, those of ASCII alone have a lower case.
    return text.encode("utf-8", "surrogatepass").lower()
