"""Nested tables become flat `key = text` pairs (the settings reference, section 1).

`[server.listener.http]` with `bind = ["a", "b"]` is `server.listener.http.bind.0000 = a` and
`….0001 = b`: the form in which settings are kept wherever they come from.
"""

from collections.abc import Iterator, Mapping

from pillarbox.settings.problem import Problem

__all__ = ["flatten"]

_DEEPEST = 10
"""How many tables and lists may lie within each other."""


def flatten(tables: Mapping[str, object]) -> tuple[dict[str, str], list[Problem]]:
    """The pairs, and what could not become one: dates, nesting beyond ten levels, a key come upon twice.

    Names of tables are kept as written. Booleans are `true` and `false`, numbers decimal.
    """
    pairs: dict[str, str] = {}
    problems: list[Problem] = []
    for key, found in _walk("", tables, 0):
        if isinstance(found, Problem):
            problems.append(found)
        elif key in pairs:
            # "a.b" in quotes and b in the table a are two keys to TOML and one to us.
            problems.append(Problem(key, "parse", "this key is written twice; the first is in force"))
        else:
            pairs[key] = found
    return pairs, problems


def _walk(prefix: str, value: object, depth: int) -> Iterator[tuple[str, str | Problem]]:
    if isinstance(value, dict | list) and depth >= _DEEPEST:
        yield (
            prefix,
            Problem(prefix, "parse", f"tables and lists lie within each other {_DEEPEST} deep at most"),
        )
        return
    match value:
        case dict():
            for name, member in value.items():
                yield from _walk(f"{prefix}.{name}" if depth else name, member, depth + 1)
        case list():
            for index, member in enumerate(value):
                yield from _walk(f"{prefix}.{index:04}", member, depth + 1)
        case bool():
            yield prefix, "true" if value else "false"
        case str() | int() | float():
            yield prefix, str(value)
        case _:
            # What is left of TOML's types: dates and times.
            yield prefix, Problem(prefix, "parse", "no setting is a date or a time; write a text, in quotes")
