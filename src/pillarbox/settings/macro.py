"""Macros: `%{env:NAME}%`, `%{file:path}%`, `%{cfg:key}%` (the settings reference, section 3).

Only the local file has them. A macro that cannot be filled in costs the entry it stands in: half a value,
such as an empty password, is worse than none. What a macro inserts is not looked at again, so that a secret
may hold any characters.
"""

import re
from collections.abc import Callable, Mapping

from pillarbox.settings.problem import Problem

__all__ = ["expand"]


def expand(
    pairs: Mapping[str, str],
    verbatim: frozenset[str],
    environment: Mapping[str, str],
    content: Callable[[str], str],
) -> tuple[dict[str, str], list[Problem]]:
    """The pairs with their macros filled in, without those whose macros could not be.

    The keys in `verbatim` are taken as they are. `content` gives the text of the file at a path, or
    raises OSError or UnicodeDecodeError; one newline at its end is dropped. `%{cfg:…}%` gives the other
    key's text with its own macros filled in, whichever comes first in the file.
    """
    expansion = _Expansion(pairs, verbatim, environment, content)
    expanded: dict[str, str] = {}
    problems: list[Problem] = []
    for key in pairs:
        try:
            expanded[key] = expansion.text(key)
        except _Unfilled as unfilled:
            problems.append(Problem(key, "macro", str(unfilled)))
    return expanded, problems


class _Unfilled(Exception):
    """A macro without a text to stand for it; the message says why."""


_MACRO = re.compile(r"%\{([^:}%]*):([^}]*)\}%")

_LONGEST_CHAIN = 100


class _Expansion:
    """The texts as they are asked for, and those being worked out, to notice a circle."""

    def __init__(
        self,
        pairs: Mapping[str, str],
        verbatim: frozenset[str],
        environment: Mapping[str, str],
        content: Callable[[str], str],
    ) -> None:
        self._pairs = pairs
        self._environment = environment
        self._content = content
        self._done = {key: pairs[key] for key in verbatim}
        self._open: list[str] = []

    def text(self, key: str) -> str:
        """The text of a key with its macros filled in; raises _Unfilled."""
        if key not in self._done:
            if key in self._open or len(self._open) >= _LONGEST_CHAIN:
                raise _Unfilled(f"{key} is made of itself, or of too many others in turn")
            self._open.append(key)
            try:
                self._done[key] = _MACRO.sub(self._filled, self._pairs[key])
            finally:
                self._open.pop()
        return self._done[key]

    def _filled(self, macro: re.Match[str]) -> str:
        argument = macro[2].strip()
        match macro[1]:
            case "env":
                return self._variable(argument)
            case "file":
                return self._file(argument)
            case "cfg":
                return self._setting(argument)
        raise _Unfilled(f"{macro[0]} is no macro; there are env, file and cfg")

    def _variable(self, name: str) -> str:
        if name not in self._environment:
            raise _Unfilled(f"the environment variable {name} is not set")
        return self._environment[name]

    def _file(self, path: str) -> str:
        # A path may be written as a URL is, %{file:///etc/secret}%.
        path = path.removeprefix("//")
        try:
            text = self._content(path)
        except OSError as error:
            raise _Unfilled(f"the file {path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise _Unfilled(f"the file {path} is not UTF-8 text") from None
        return text.removesuffix("\n").removesuffix("\r")

    def _setting(self, key: str) -> str:
        if key not in self._pairs:
            raise _Unfilled(f"{key} has no text here to insert")
        return self.text(key)
