"""What is needed of a place where accounts are known."""

from dataclasses import dataclass
from typing import Protocol

from pillarbox.access.actor import Rights
from pillarbox.wire.values import Id

__all__ = ["GROUP", "LIST", "LOCATION", "PERSON", "RESOURCE", "Directory", "Principal", "Shared"]

PERSON = "person"
GROUP = "group"
"""What has no password, and is there for its members."""
LIST = "list"
"""An address whose mail goes on to its members; it has no data of its own."""
RESOURCE = "resource"
"""A thing that is used: like a group, it is there for its members."""
LOCATION = "location"
"""A room or a house: like a resource."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A group's account as one of its members has it."""

    id: Id
    number: int
    address: str
    aliases: tuple[str, ...]
    quota: int | None
    rights: Rights
    login: str = ""

    @property
    def name(self) -> str:
        """What the group is called here."""
        return self.login or self.address

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of its addresses."""
        return (self.address, *self.aliases) if self.address else self.aliases


@dataclass(frozen=True, slots=True)
class Principal:
    """An account as the directory knows it: where its data is, its addresses, the hash of its password.

    `kind` is PERSON, GROUP, LIST, RESOURCE or LOCATION: only persons have passwords. `address` is the first of its
    addresses, empty where it has none. `permissions` is what it may do, by the names of `access.permission`;
    `directory` is the id of the directory that knows it, empty for this server's own.
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
    login: str = ""
    """What it is called to sign in by, where that is not its address."""

    @property
    def name(self) -> str:
        """What it is called here: to sign in by, and by who manages it."""
        return self.login or self.address

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of them, the first one first; none for who receives nothing."""
        return (self.address, *self.aliases) if self.address else self.aliases


class Directory(Protocol):
    """Finds principals."""

    def find(self, address: str) -> Principal | None:
        """Whose name, address or alias this is, in any case of letters; of `@domain`, who receives what is for nobody.

        Raises store.Unavailable.
        """
