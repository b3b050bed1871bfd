"""What somebody has proved, and how: the answer to every kind of credentials."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

from pillarbox.access.directory import Principal
from pillarbox.wire.network import Network

__all__ = ["Ended", "Proof", "ProofKind", "TokenCheck"]


class ProofKind(Enum):
    """By what it was proved."""

    PASSWORD = "password"
    APP_PASSWORD = "app-password"
    API_KEY = "api-key"
    TOKEN = "token"
    SESSION = "session"
    MASTER = "master"
    """The master user's password, for another's account."""
    FALLBACK = "fallback"
    """The password of the administrator that the settings name."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody has proved to be this principal.

    `credential` is the number, in account 0, of the app password, API key or grant that did it. `scope` is all that it
    lets through, None for everything. It is good from `networks` alone, if there are any, and until `expires` (seconds
    since 1970). `at` is when its owner themselves last did something for it (auth_time, seconds since 1970), 0 if that
    is not known; `methods` are those by which they did (RFC 8176), in the order in which they were asked.
    """

    principal: Principal
    kind: ProofKind = ProofKind.PASSWORD
    credential: int | None = None
    scope: frozenset[str] | None = None
    networks: tuple[Network, ...] = ()
    expires: float | None = None
    at: float = 0.0
    methods: tuple[str, ...] = ("pwd",)

    def __hash__(self) -> int:
        # Told apart by all of it, but found quickly: it is looked up with each request.
        return hash((self.principal.number, self.credential))

    def is_good_from(self, address: IPv4Address | IPv6Address | None) -> bool:
        """Whether it is good for whoever is at this address; None is a socket of this machine."""
        return not self.networks or is_within(address, self.networks)


def is_within(address: IPv4Address | IPv6Address | None, networks: Sequence[Network]) -> bool:
    """Whether an address is in one of these networks; what has none is in none."""
    return address is not None and any(address.version == one.version and address in one for one in networks)


class Ended(Exception):
    """This was a good token, and is none any more: nothing is held against who sent it."""


class TokenCheck(Protocol):
    """Tells principals by tokens, as `signin.credentials.PasswordCheck` does by name and password."""

    def remembered(self, token: str) -> Proof | None:
        """What it proved, if nothing is known to have changed. Asks nobody."""

    def is_outdated(self, token: str) -> bool:
        """Whether it was verified, and something may have changed: `confirmed` is worth a try."""

    def confirmed(self, token: str) -> Proof | None:
        """What it still proves, if it was verified before. Reads. Raises store.Unavailable."""

    def verified(self, token: str) -> Proof | None:
        """What it proves; None for what is no token of ours. Reads. Raises Ended; store.Unavailable."""
