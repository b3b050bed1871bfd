"""What one kind of name and password is to the check."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

from pillarbox.access import Principal, Proof

__all__ = ["MAX_PASSWORD", "CredentialError", "MainPassword", "SecondFactorMissing", "Telling", "Tried", "Way"]

MAX_PASSWORD = 1024
"""Characters; of what is longer nobody is asked whether it is one."""


class SecondFactorMissing(Exception):
    """The password of this principal is right, and is not enough by itself."""

    def __init__(self, principal: Principal) -> None:
        super().__init__("a second factor is missing")
        self.principal = principal


class CredentialError(Exception):
    """This cannot be done with these credentials; the message says why to their owner, and holds no secret."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A name and a password, as they came, and from where; `address` is None for a socket of this machine."""

    name: str
    password: str
    address: IPv4Address | IPv6Address | None = None

    @property
    def place(self) -> str:
        """The address as it is written down."""
        return "local" if self.address is None else str(self.address)


class Way(Protocol):
    """One kind of credentials."""

    def verified(self, tried: Tried) -> Proof | None:
        """What these prove, if they are of this kind. Slow. Raises SecondFactorMissing; store.Unavailable."""

    def confirmed(self, name: str, proof: Proof, age: float) -> Proof | None:
        """The same as it is now, where these were verified; None where it cannot be told without the password.

        `age` is how many seconds ago that was. Reads, and hashes nothing. Raises store.Unavailable.
        """


class MainPassword(Protocol):
    """A place that knows people's main passwords: this server's own, or directories outside."""

    def verified(self, name: str, password: str) -> Principal | None:
        """Whose these are, with the account that they have here. Slow. Raises store.Unavailable."""


class Telling(Protocol):
    """What tells that somebody may be another than before."""

    def listen(self, listener: Callable[[], None]) -> AbstractContextManager[None]:
        """A block in which the listener is called, on any thread, once something that was told has changed.

        A change may be heard of a moment after it was made, and in rare cases never.
        """
