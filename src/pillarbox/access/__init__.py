"""Who is asking, and what they may touch.

Begin with `actor`: it is made once a request and passed down, never looked up. `directory` names what is needed of
a place where accounts are known; `credentials` turns passwords into hashes and checks them, and `address` says which
addresses are the same. It must not know of data types, stores or protocols.
"""

from pillarbox.access.actor import Actor, Grant, Reach, Rights
from pillarbox.access.address import BadAddress, normal
from pillarbox.access.credentials import PasswordCheck, Passwords
from pillarbox.access.directory import Directory, Principal, Shared

__all__ = [
    "Actor",
    "BadAddress",
    "Directory",
    "Grant",
    "PasswordCheck",
    "Passwords",
    "Principal",
    "Reach",
    "Rights",
    "Shared",
    "normal",
]
