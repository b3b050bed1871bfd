"""The one who asks, and the accounts open to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from pillarbox.wire.values import Id

__all__ = ["Actor", "Grant", "Reach", "Rights"]


class Rights(Enum):
    """What may be done with an account's data."""

    READ = "read"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Grant:
    """An account as one actor has it (RFC 8620 section 2).

    `number` is the store's, `name` for people, `quota` the octets its objects may hold, None for any number, and
    `addresses` those that are its own, in the form that `normal` gives.
    """

    number: int
    name: str
    personal: bool
    rights: Rights
    quota: int | None = None
    addresses: tuple[str, ...] = ()
    is_server: bool = False
    """Whether it is that of the server itself, which those have who manage all of it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """As much of an account that somebody may see as says which changes they are told of.

    `permissions` is what they may do now who see it.
    """

    id: Id
    personal: bool
    rights: Rights
    permissions: frozenset[str]
    is_server: bool = False
    """As for Grant."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who has proved who they are: their login name, their accounts by id, and what they may do now.

    The last is what the way in which they proved it lets through, by the names of `access.permission`. `power` is as
    for Manager.
    """

    name: str
    accounts: Mapping[Id, Grant]
    permissions: frozenset[str]
    power: frozenset[str] | None = None
