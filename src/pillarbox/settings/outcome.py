"""What an expression must give for the setting that it is: the settings reference, section 13."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from pillarbox.settings.expressions import Value, integer_of, text_of, truth
from pillarbox.settings.kind import BadValue, quoted

__all__ = ["INTEGER", "STATUS", "TEXT", "TRUTH", "URL", "Outcome", "is_base_url"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """A kind of result: its name, and how a value becomes one; `take` raises BadValue if it is none."""

    name: str
    take: Callable[[Value], T]


def _text(value: Value) -> str:
    if not isinstance(value, str):
        written = text_of(value)
        raise BadValue(f"{quoted(written)} is no text; a text stands in quotes of its own, as in \"'{written[:20]}'\"")
    return value


TEXT: Outcome[str] = Outcome("text", _text)
"""A text alone; no number becomes one by itself."""

_BASE_URL = re.compile(
    r"https?://(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?(?:/[A-Za-z0-9._~!$&()*+,;=:@%/-]*)?"
)


def is_base_url(text: str) -> bool:
    """Whether paths can be appended to it: a scheme, a host, perhaps a port and a path, and nothing else."""
    found = _BASE_URL.fullmatch(text)
    return found is not None and int(found["port"] or 1) < 65536


@lru_cache(maxsize=64)
def _url(value: Value) -> str:
    # Most requests are told one of few URLs.
    text = _text(value)
    if not is_base_url(text):
        raise BadValue(f"{quoted(text)} is no base URL; write http:// or https://, a host, perhaps a port and a path")
    # Paths are appended to it, each with its own slash.
    return text.rstrip("/")


URL: Outcome[str] = Outcome("URL", _url)
"""A base URL, given without a final slash."""


def _integer(value: Value) -> int:
    number = integer_of(value)
    if number is None:
        raise BadValue(f"{quoted(text_of(value))} is no integer")
    return number


INTEGER: Outcome[int] = Outcome("integer", _integer)
"""An integer, a float without its fraction, or a text that is an integer."""


def _status(value: Value) -> int:
    number = _integer(value)
    if not 100 <= number <= 999:
        raise BadValue(f"{number} is no status of HTTP; write a number from 100 to 999")
    return number


STATUS: Outcome[int] = Outcome("HTTP status", _status)
"""An integer from 100 to 999."""

TRUTH: Outcome[bool] = Outcome("boolean", truth)
"""Whether any value counts as true."""
