"""What the pages need where people sign in and look after how they do."""

from dataclasses import dataclass

from pillarbox.signin.browser.attempt import Attempts
from pillarbox.signin.browser.relyingparty import RelyingParty
from pillarbox.signin.credentials import Hasher, PasswordCheck

__all__ = ["SelfService"]


@dataclass(frozen=True)
class SelfService:
    """How names and passwords are checked and hashed, attempts that are half done, and this server to passkeys.

    Without a `party` there are no passkeys.
    """

    check: PasswordCheck
    passwords: Hasher
    attempts: Attempts
    party: RelyingParty | None = None
