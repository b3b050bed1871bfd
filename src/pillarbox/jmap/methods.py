"""Which methods there are: the registry's, and Core/echo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pillarbox.jmap.session import CORE, MAIL, VAPID
from pillarbox.objects import DataType, Method, Registry

__all__ = ["CAPABILITIES", "ECHO", "Named", "methods"]

CAPABILITIES = frozenset((CORE, MAIL, VAPID))
"""What `using` may name."""

ECHO = "Core/echo"
"""The one method that is of no type (RFC 8620 section 4)."""


@dataclass(frozen=True, slots=True)
class Named:
    """A method of a type, as a request names it."""

    kind: DataType[Any]
    method: Method


def methods(registry: Registry) -> Mapping[str, Named]:
    """All methods of all types that a client can opt in to, by their whole names."""
    return {
        f"{kind.name}/{method.name}": Named(kind, method)
        for kind in registry
        if kind.capability in CAPABILITIES
        for method in kind.methods
    }
