"""What a method or an object is refused with (RFC 8620 sections 3.6.2 and 5.3).

MethodError             the whole call is answered with an error
SetError                one object is; a value, not an exception
Refused                 carries a SetError out of the code that makes one object
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pillarbox.wire.values import JSON, Id

__all__ = ["MethodError", "Refused", "SetError", "already_exists", "invalid", "merged"]


class MethodError(Exception):
    """A method-level error: its type in the RFC's words, and a description for the client's developer."""

    def __init__(self, type: str, description: str | None = None) -> None:  # noqa: A002 - the RFC's word
        super().__init__(type, description)
        self.type = type
        self.description = description

    def arguments(self) -> dict[str, JSON]:
        """The arguments of the error response."""
        told: dict[str, JSON] = {"type": self.type}
        if self.description is not None:
            told["description"] = self.description
        return told


@dataclass(frozen=True, slots=True)
class SetError:
    """What is wrong with one object; `more` are members that the type of error brings along."""

    type: str
    properties: tuple[str, ...] = ()
    description: str | None = None
    more: Mapping[str, JSON] = field(default_factory=dict)

    def wire(self) -> dict[str, JSON]:
        """The SetError as clients read it."""
        told: dict[str, JSON] = {"type": self.type, **self.more}
        if self.properties:
            told["properties"] = list(self.properties)
        if self.description is not None:
            told["description"] = self.description
        return told


class Refused(Exception):
    """One object is refused; nothing of it was done."""

    def __init__(self, error: SetError) -> None:
        super().__init__(error)
        self.error = error


def invalid(name: str, why: str) -> SetError:
    """One property is invalid."""
    return SetError("invalidProperties", (name,), f"{name}: {why}")


def already_exists(id: Id, why: str) -> SetError:  # noqa: A002 - the RFC's word
    """There is one already (RFC 8620 section 5.4)."""
    return SetError("alreadyExists", (), why, {"existingId": id})


def merged(errors: Iterable[SetError]) -> SetError | None:
    """All that is wrong with an object as one error, or None if nothing is.

    A more specific error stands in place of invalidProperties (RFC 8620 section 5.3); invalid properties are
    all told together.
    """
    wrong = list(errors)
    for error in wrong:
        if error.type != "invalidProperties":
            return error
    if not wrong:
        return None
    names = dict.fromkeys(name for error in wrong for name in error.properties)
    said = dict.fromkeys(error.description for error in wrong if error.description)
    return SetError("invalidProperties", tuple(names), "; ".join(said) or None)
