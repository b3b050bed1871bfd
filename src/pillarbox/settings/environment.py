"""Environment variables that stand in for keys of the file.

The variable for a key is `PILLARBOX_` and the key in upper case, with `__` for a dot and `_` for a hyphen:
`jmap.protocol.request.max-size` is `PILLARBOX_JMAP__PROTOCOL__REQUEST__MAX_SIZE`.
"""

from collections.abc import Mapping

from pillarbox.settings.problem import Problem

__all__ = ["PREFIX", "override", "variable"]

PREFIX = "PILLARBOX_"
_OF_COMMANDS = frozenset(("PILLARBOX_SERVER", "PILLARBOX_TOKEN"))
"""Tell commands where a server is, and stand for no setting."""


def variable(key: str) -> str:
    """The name of the environment variable that stands in for the key."""
    return PREFIX + key.upper().replace(".", "__").replace("-", "_")


def override(
    pairs: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[dict[str, str], frozenset[str], list[Problem]]:
    """The pairs with each variable's text in place, the keys so set, and what is ambiguous.

    A variable means the key of the file that has it for its name; if the file has none, the key is
    read off the name, in lower case with a hyphen for `_`. (Every setting can be read off so; an id with
    an underscore or an upper-case letter has to be in the file.) The text takes the place of a whole list.
    """
    written: dict[str, list[str]] = {}
    for key in pairs:
        for prefix in _prefixes(key):
            names = written.setdefault(variable(prefix), [])
            if prefix not in names:
                names.append(prefix)
    result = dict(pairs)
    given: set[str] = set()
    problems: list[Problem] = []
    for name in sorted(name for name in environment if name.startswith(PREFIX) and name not in _OF_COMMANDS):
        keys = written.get(name) or _read_off(name)
        if len(keys) != 1:
            problems.append(Problem(name, "parse", _AMBIGUOUS.format(_listed(keys))))
            continue
        for listed in [key for key in result if _is_element(key, keys[0])]:
            del result[listed]
        result[keys[0]] = environment[name]
        given.add(keys[0])
    return result, frozenset(given & result.keys()), problems


_AMBIGUOUS = "this variable may mean {}; write the setting in the file instead"


def _prefixes(key: str) -> list[str]:
    """The key, and if it is an element of a list, the list's key."""
    head, _, last = key.rpartition(".")
    return [key, head] if last.isdecimal() and head else [key]


def _is_element(key: str, of: str) -> bool:
    return key.startswith(f"{of}.") and key[len(of) + 1 :].partition(".")[0].isdecimal()


def _read_off(name: str) -> list[str]:
    rest = name.removeprefix(PREFIX).lower()
    if not rest or "___" in rest:
        return []
    return [rest.replace("__", ".").replace("_", "-")]


def _listed(keys: list[str]) -> str:
    return " or ".join(sorted(keys)) if keys else "more than one key"
