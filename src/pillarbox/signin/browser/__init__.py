"""What people need who sign in with a browser: attempts that are half done, and passkeys.

Begin with `selfservice`, all of it as the pages are given it. `attempt` is between the password and the second factor,
`relyingparty` says which passkeys are good enough, and `passkey` keeps them. Their session is a grant, and `oauth`'s.
"""

from pillarbox.signin.browser.attempt import LIFE as ATTEMPT_LIFE
from pillarbox.signin.browser.attempt import Attempts, Purpose
from pillarbox.signin.browser.passkey import (
    KnownPasskey,
    LastWay,
    add_passkey,
    found_passkey,
    passkeys,
    remove_passkey,
    use_passkey,
    user,
)
from pillarbox.signin.browser.relyingparty import BadPasskey, NewPasskey, RelyingParty, Shown
from pillarbox.signin.browser.selfservice import SelfService

__all__ = [
    "ATTEMPT_LIFE",
    "Attempts",
    "BadPasskey",
    "KnownPasskey",
    "LastWay",
    "NewPasskey",
    "Purpose",
    "RelyingParty",
    "SelfService",
    "Shown",
    "add_passkey",
    "found_passkey",
    "passkeys",
    "remove_passkey",
    "use_passkey",
    "user",
]
