"""What is needed of a place where accounts are known."""

from dataclasses import dataclass
from typing import Protocol

from pillarbox.access.actor import Rights
from pillarbox.wire.values import Id

__all__ = ["GROUP", "LIST", "PERSON", "RESOURCE", "Directory", "Principal", "Shared"]

PERSON = "person"
GROUP = "group"
"""What has no password, and is there for its members."""
LIST = "list"
"""An address whose mail goes on to its members; it has no data of its own."""
RESOURCE = "resource"
"""A room or a thing: like a group, it is there for its members."""


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

    `kind` is PERSON, GROUP, LIST or RESOURCE: only persons have passwords, and only they are in groups. `permissions`
    is what it may do, by the names of `access.permission`; `directory` is the id of the directory that knows it, empty
    for this server's own.
    """

    id: Id
    number: int
    address: str
    aliases: tuple[str, ...]
    secret: str | None
    quota: int | None
    kind: str = PERSON
    groups: tuple[Shared, ...] = ()
    """Those that it is a member of, in order of address."""
    description: str = ""
    """Its name for people."""
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    directory: str = ""
    tenant: int | None = None
    """The number of the tenant that it belongs to, None for the server's own."""

    @property
    def is_group(self) -> bool:
        """Whether it is there for its members, who see what it has."""
        return self.kind in (GROUP, RESOURCE)


class Directory(Protocol):
    """Finds principals."""

    def find(self, address: str) -> Principal | None:
        """Whose address or alias this is, in any case of letters. Raises store.Unavailable."""
