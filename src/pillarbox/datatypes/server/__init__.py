"""Data types of the server itself, kept in account 0.

Begin with `account`; `directory` finds accounts by their addresses, and makes and removes them, and `due`
knows which of them have work to be done.
"""

from pillarbox.datatypes.server.account import ACCOUNT, Account
from pillarbox.datatypes.server.directory import AccountError, InternalDirectory
from pillarbox.datatypes.server.domain import DOMAIN, Domain
from pillarbox.datatypes.server.due import DUE, PUSH, QUEUE, due, expect, settle

__all__ = [
    "ACCOUNT",
    "DOMAIN",
    "DUE",
    "PUSH",
    "QUEUE",
    "Account",
    "AccountError",
    "Domain",
    "InternalDirectory",
    "due",
    "expect",
    "settle",
]
