"""A document as TOML: the same octets for the same document, and nothing that has to be guessed when it is read."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from pillarbox.wire.values import JSON

__all__ = ["toml"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 120


def toml(document: Mapping[str, JSON]) -> str:
    """An object of texts, whole numbers, flags, lists of these, objects of these, and lists of such objects.

    Members stand in their order, but for objects, which have to be last (TOML 1.0, tables).
    """
    return "\n".join([*_plain(document), *_tables(document)]).strip("\n") + "\n"


def _plain(members: Mapping[str, JSON]) -> Iterator[str]:
    for name, value in members.items():
        if not _is_table(value):
            yield f"{_key(name)} = {_value(value, len(name) + 3)}"


def _tables(members: Mapping[str, JSON]) -> Iterator[str]:
    for name, value in members.items():
        if isinstance(value, dict):
            yield f"\n[{_key(name)}]"
            yield from _plain(value)
        elif isinstance(value, list) and _is_table(value):
            for one in value:
                yield f"\n[[{_key(name)}]]"
                yield from _plain(one if isinstance(one, dict) else {})


def _is_table(value: JSON) -> bool:
    # An empty list of objects is a list like any other.
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: JSON, column: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return _list(value, column)
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"there is no form for {type(value).__name__}")


def _list(values: Sequence[JSON], column: int) -> str:
    each = [_value(one, 0) for one in values]
    line = f"[{', '.join(each)}]"
    if len(line) + column <= _WIDTH:
        return line
    return "[\n" + "".join(f"    {one},\n" for one in each) + "]"


def _text(text: str) -> str:
    # As JSON has it, TOML reads it as well; but one more character has to be written so.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
