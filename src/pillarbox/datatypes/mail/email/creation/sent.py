"""A creation object while it is read: what was sent, and everything that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pillarbox.datatypes.mail.email.record import Email
from pillarbox.objects import Call, Refused, SetError
from pillarbox.wire.values import JSON

__all__ = ["Place", "Sent"]

_SHOWN = 200
_EXPLAINED = 20
"""So many errors are explained; of further ones only the properties are told."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the creation object: in a property of the Email, and how to get there from it."""

    property: str
    path: str = ""

    def __truediv__(self, name: str) -> "Place":
        return Place(self.property, f"{self.path}/{name}")

    def __str__(self) -> str:
        return f"{self.property}{self.path}"[:_SHOWN]


@dataclass
class Sent:
    """What was sent, and what is wrong with it so far."""

    call: Call[Email]
    properties: Mapping[str, JSON]
    errors: list[SetError] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)
    """Blob ids that the account does not have."""
    attached: int = 0
    """Octets of all blobs that parts are made of."""
    typed: int = 0
    """Octets of all texts that parts are made of."""

    def wrong(self, place: Place, why: str) -> None:
        """Something is; all is told in the end, under the Email's property that holds it."""
        why_told = f"{place}: {why}" if len(self.errors) < _EXPLAINED else None
        self.errors.append(SetError("invalidProperties", (place.property,), why_told))

    def attach(self, octets: int) -> None:
        """Counts a blob. Raises Refused if that makes more than an Email may have (section 1.3.1)."""
        self.attached += octets
        limit = self.call.context.limits.attachments
        if self.attached > limit:
            raise Refused(SetError("tooLarge", (), f"the attachments have more than {limit} octets"))

    def type_in(self, octets: int) -> None:
        """Counts a text; many parts may have the same. Raises Refused if no message has room for all of them."""
        self.typed += octets
        limit = self.call.context.limits.message
        if self.typed > limit:
            raise Refused(SetError("tooLarge", (), f"the message would have more than {limit} octets"))
