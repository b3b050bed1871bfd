"""What is needed of a place where accounts are known."""

from dataclasses import dataclass
from typing import Protocol

from pillarbox.wire.values import Id

__all__ = ["Directory", "Principal"]


@dataclass(frozen=True, slots=True)
class Principal:
    """An account as the directory knows it: where its data is, its addresses, the hash of its password."""

    id: Id
    number: int
    address: str
    aliases: tuple[str, ...]
    secret: str
    quota: int | None


class Directory(Protocol):
    """Finds principals."""

    def find(self, address: str) -> Principal | None:
        """Whose address or alias this is, in any case of letters. Raises store.Unavailable."""
