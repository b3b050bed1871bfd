"""What is needed of a place where accounts are known."""

from dataclasses import dataclass
from typing import Protocol

from pillarbox.access.actor import Rights
from pillarbox.wire.values import Id

__all__ = ["Directory", "Principal", "Shared"]


@dataclass(frozen=True, slots=True)
class Shared:
    """A group's account as one of its members has it."""

    id: Id
    number: int
    address: str
    aliases: tuple[str, ...]
    quota: int | None
    rights: Rights


@dataclass(frozen=True, slots=True)
class Principal:
    """An account as the directory knows it: where its data is, its addresses, the hash of its password.

    A group has no password, and is in no group.
    """

    id: Id
    number: int
    address: str
    aliases: tuple[str, ...]
    secret: str | None
    quota: int | None
    is_group: bool = False
    groups: tuple[Shared, ...] = ()
    """Those that it is a member of, in order of address."""


class Directory(Protocol):
    """Finds principals."""

    def find(self, address: str) -> Principal | None:
        """Whose address or alias this is, in any case of letters. Raises store.Unavailable."""
