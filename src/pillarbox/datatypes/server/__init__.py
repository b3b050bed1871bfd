"""Data types of the server itself, kept in account 0.

Begin with `account`; `directory` finds accounts by their addresses, and makes and removes them.
"""

from pillarbox.datatypes.server.account import ACCOUNT, Account
from pillarbox.datatypes.server.directory import AccountError, InternalDirectory
from pillarbox.datatypes.server.domain import DOMAIN, Domain

__all__ = ["ACCOUNT", "DOMAIN", "Account", "AccountError", "Domain", "InternalDirectory"]
