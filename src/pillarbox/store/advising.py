"""What whoever runs a store should know of how it keeps, though nothing is wrong."""

from typing import Protocol, runtime_checkable

__all__ = ["Advising"]


@runtime_checkable
class Advising(Protocol):
    """A store that can be set up in ways that are not safe."""

    def advice(self) -> list[str]:
        """In words for an administrator. Raises StoreError."""
