"""Values of statements as libpq is given them: octets, and whether these are binary or text."""

import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

__all__ = ["WRITERS", "Value"]

Value: TypeAlias = int | str | bytes | list[int] | list[str] | list[bytes] | None

_INTEGER = struct.Struct("!q")
_LENGTH = struct.Struct("!i")
_ARRAY = struct.Struct("!iiiii")
_TEXT, _BINARY = 0, 1
_BYTEA = 17


def _array(values: Sequence[int | str | bytes]) -> tuple[bytes, int]:
    """Octets in binary; integers, and words of letters and digits alone, as text."""
    if values and isinstance(values[0], bytes):
        items = (_LENGTH.pack(len(one)) + one for one in values if isinstance(one, bytes))
        return _ARRAY.pack(1, 0, _BYTEA, len(values), 1) + b"".join(items), _BINARY
    return ("{" + ",".join(map(str, values)) + "}").encode(), _TEXT


WRITERS: dict[type, Callable[[Any], tuple[bytes | None, int]]] = {
    int: lambda value: (_INTEGER.pack(value), _BINARY),
    bool: lambda value: (_INTEGER.pack(value), _BINARY),
    str: lambda value: (value.encode(), _TEXT),
    bytes: lambda value: (value, _BINARY),
    type(None): lambda _: (None, _TEXT),
    list: _array,
}
"""By the type of a value; looked up here for each, since a statement has many."""
