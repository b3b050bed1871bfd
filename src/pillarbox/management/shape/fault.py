"""What every shape has: how it tells what is wrong, and where; and how it describes itself."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias

from pillarbox.wire.values import JSON

__all__ = ["ABSENT", "EXPECTED", "Fault", "Schema", "Shape", "said", "shown", "under"]

Schema: TypeAlias = dict[str, Any]
"""A schema of OpenAPI 3.1, which is JSON Schema 2020-12."""

ABSENT = "this is required"
"""What is wrong with a member that is not there."""
EXPECTED = " is expected"
"""How the words end that say of what type a value is not."""

_LONGEST_NAME = 80


class Fault(NamedTuple):
    """What is wrong with a value: where, as `emails/0`, empty for the whole; and what, in words."""

    field: str
    detail: str


class Shape(Protocol):
    """Whatever a value can be told to be."""

    def faults(self, value: object, at: str = "") -> Iterator[Fault]:
        """All that is wrong with a value of JSON; `at` is where it stands."""

    def schema(self) -> Schema:
        """The same for others."""


def under(at: str, name: str) -> str:
    """Where a member of what stands there is."""
    return f"{at}/{shown(name)}" if at else shown(name)


def shown(name: str) -> str:
    """As much of a name as is told again."""
    # A name may be of any length, and of half characters.
    return name[:_LONGEST_NAME].encode("utf-8", "replace").decode()


def said(made: Schema, doc: str, example: JSON) -> Schema:
    """A schema, with what it means and an example as far as there are any."""
    if doc:
        made["description"] = doc
    if example is not None:
        made["examples"] = [example]
    return made
