"""Directories outside: people whom LDAP, a database or a provider of OpenID Connect knows, besides our own accounts.

Begin with `choice`, which tells by domain who is asked; `source` is the contract that all of them keep, and `patience`
keeps one that is slow from holding up the others. `adoption` makes the account here that mail, devices and permissions
belong to. `tokens` takes those of providers. What speaks to others is loaded where the settings want it.
"""

from pillarbox.signin.directory.choice import Chosen, Directories
from pillarbox.signin.directory.source import DirectoryAway, Person, Source
from pillarbox.signin.directory.tokens import Chain, ProviderTokens

__all__ = ["Chain", "Chosen", "Directories", "DirectoryAway", "Person", "ProviderTokens", "Source"]
