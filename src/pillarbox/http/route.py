"""A route: a resource at a path, and what is asked of who comes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from pillarbox.http.exchange import Exchange
from pillarbox.http.setup import Setup

__all__ = ["Cost", "Credential", "Handler", "Limit", "Route"]

Handler: TypeAlias = Callable[[Setup, Exchange], Awaitable[None]]


class Credential(Enum):
    """What a route asks of whoever comes."""

    NONE = "none"
    ACCOUNT = "account"
    OWN = "own"
    """Credentials that its handler asks for, which are no account's."""


class Limit(Enum):
    """Whose number of requests one more is counted with."""

    NONE = "none"
    ANONYMOUS = "anonymous"
    """That of the client's address."""
    ACCOUNT = "account"
    """That of the account; of the client's address as long as it is not known."""


class Cost(Enum):
    """What an answer takes."""

    MEMORY = "memory"
    """It is there already, or made of what is in memory."""
    STORE = "store"
    """The engine and the store are at work for it."""
    STREAM = "stream"
    """It goes on for as long as the client listens: how long that was says nothing of the server."""


@dataclass(frozen=True, slots=True)
class Route:
    """One resource; `name` is what the log and metrics call its class of requests."""

    name: str
    path: str
    methods: Mapping[str, Handler]
    credential: Credential
    limit: Limit
    cost: Cost
    doc: str
    permission: str | None = None
    """What whoever comes with an account has to hold; who lacks it is refused (403)."""
    is_ours_alone: bool = False
    """Whether it is for pages of this server, and those of no other site may read an answer."""
    takes_keys: bool = False
    """Whether API keys are as good as an account's credentials."""
    takes_tickets: bool = False
    """Whether a ticket in its URL is as good as credentials."""
    takes_tokens: bytes | None = None
    """How the paths begin that a ticket may be for which is as good here, as `token` in the query."""
    socket: Handler | None = None
    """What speaks on a WebSocket that begins here."""

    @property
    def allowed(self) -> str:
        """The methods that there are, as Allow lists them (RFC 9110 section 10.2.1)."""
        return ", ".join([*self.methods, *(["HEAD"] if "GET" in self.methods else []), "OPTIONS"])
