"""A step of a change: what is done to which field, and with what; and what becomes of texts by it.

The actions are those of the reference's management API, section 4.4.
"""

from dataclasses import dataclass
from enum import Enum, unique

from pillarbox.datatypes.directory.refused import Unfit
from pillarbox.wire.values import JSON

__all__ = ["LONGEST_SECRET", "Action", "Operation", "merged", "text", "texts"]

LONGEST_SECRET = 2048
"""Octets."""
_MAX_ITEMS = 10_000
_LONGEST = 512


@unique
class Action(Enum):
    """What is done to a field."""

    SET = "set"
    ADD = "addItem"
    REMOVE = "removeItem"


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a change."""

    action: Action
    field: str
    value: JSON


def merged(had: list[str], name: str, action: Action, value: JSON) -> list[str]:
    """What becomes of a list of texts: each is in it once. Raises Unfit."""
    match action:
        case Action.SET:
            return [*dict.fromkeys(texts(name, value))]
        case Action.ADD:
            return [*dict.fromkeys([*had, text(name, value)])]
        case Action.REMOVE:
            gone = text(name, value)
            return [one for one in had if one.casefold() != gone.casefold()]


def texts(name: str, value: JSON, longest: int = _LONGEST) -> list[str]:
    """One text or several, each of so many octets. Raises Unfit."""
    if value is None:
        return []
    several = value if isinstance(value, list) else [value]
    if len(several) > _MAX_ITEMS:
        raise Unfit(f"{name}: no more than {_MAX_ITEMS}")
    return [text(name, one, longest) for one in several]


def text(name: str, value: JSON, longest: int = _LONGEST) -> str:
    """One text of so many octets, on one line. Raises Unfit."""
    if not isinstance(value, str):
        raise Unfit(f"{name}: a text is expected")
    if len(value.encode("utf-8", "replace")) > longest or any(ord(one) < 32 or ord(one) == 127 for one in value):
        raise Unfit(f"{name}: a text of no more than {longest} octets without control characters is expected")
    return value
