"""Which methods there are: the registry's, and Core/echo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pillarbox.jmap.capability import CAPABILITIES
from pillarbox.objects import DataType, Method, Registry

__all__ = ["ECHO", "Named", "methods"]

ECHO = "Core/echo"
"""The one method that is of no type (RFC 8620 section 4)."""


@dataclass(frozen=True, slots=True)
class Named:
    """A method of a type, as a request names it."""

    kind: DataType[Any]
    method: Method

    @property
    def capability(self) -> str:
        """What a request has to use."""
        return self.method.capability or self.kind.capability


def methods(registry: Registry) -> Mapping[str, Named]:
    """All methods of all types that a client can opt in to, by their whole names."""
    return {
        f"{kind.name}/{method.name}": Named(kind, method)
        for kind in registry
        for method in kind.methods
        if (method.capability or kind.capability) in CAPABILITIES
    }
