"""Who tells and sets objects that are more than their records (`managed`)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from pillarbox.wire.values import JSON

if TYPE_CHECKING:
    from pillarbox.objects.call import Call

__all__ = ["Managing"]


class Managing(Protocol):
    """Who tells and sets such objects. Each method gives a response's arguments, and raises MethodError."""

    def get(self, call: "Call[Any]", /) -> Mapping[str, JSON]:
        """RFC 8620 section 5.1."""

    def query(self, call: "Call[Any]", /) -> Mapping[str, JSON]:
        """RFC 8620 section 5.5."""

    def prepared(self, call: "Call[Any]", /) -> object:
        """What takes long of the /set that follows, done before anybody waits for it."""

    def set(self, call: "Call[Any]", /) -> Mapping[str, JSON]:
        """RFC 8620 section 5.3."""
