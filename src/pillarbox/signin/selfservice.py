"""What the pages need where people sign in and look after how they do."""

from dataclasses import dataclass
from typing import Protocol

from pillarbox.signin.attempt import Attempts
from pillarbox.signin.check import PasswordCheck
from pillarbox.signin.relyingparty import RelyingParty

__all__ = ["Hasher", "SelfService"]


class Hasher(Protocol):
    """Makes what is kept of passwords, and compares (`access.Passwords`)."""

    def hash(self, password: str) -> str: ...
    def verify(self, kept: str | None, password: str) -> bool: ...


@dataclass(frozen=True)
class SelfService:
    """How names and passwords are checked and hashed, attempts that are half done, and this server to passkeys.

    Without a `party` there are no passkeys.
    """

    check: PasswordCheck
    passwords: Hasher
    attempts: Attempts
    party: RelyingParty | None = None
