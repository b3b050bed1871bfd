"""What the queue needs of those who file mail of accounts here; whoever builds the server passes it in."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from pillarbox.queue.reply import Reply

__all__ = ["Here", "Letter", "Whose"]


class Whose(Enum):
    """Who has an address."""

    ACCOUNT = "account"
    """An account here."""
    NOBODY = "nobody"
    """Nobody, and the domain is ours."""
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for one recipient. Two with the same mark for one account are one message."""

    sender: str
    recipient: str
    octets: bytes = field(repr=False)
    mark: bytes
    id: str


class Here(Protocol):
    """Mail of accounts here. All of it blocks."""

    def whose(self, address: str) -> Whose:
        """Who has an address. Raises store.StoreError."""

    def deliver(self, letter: Letter) -> Reply:
        """Files a message, or says why not; once, however often it is asked. Raises store.StoreError, OSError."""
