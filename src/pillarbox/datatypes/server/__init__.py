"""Data types of the server itself, kept in account 0.

Begin with `account`; `directory` finds accounts by their addresses, makes and removes them, `membership`
says whose groups they are in, and `due` knows which of them have work to be done.
"""

from pillarbox.datatypes.server.account import ACCOUNT, Account
from pillarbox.datatypes.server.directory import InternalDirectory
from pillarbox.datatypes.server.domain import (
    DOMAIN,
    Domain,
    add_dkim_key,
    dkim_keys,
    domains,
    is_domain,
    remove_dkim_key,
)
from pillarbox.datatypes.server.due import DUE, PUSH, QUEUE, due, expect, settle
from pillarbox.datatypes.server.known import AccountError
from pillarbox.datatypes.server.membership import MEMBERSHIP, Membership

__all__ = [
    "ACCOUNT",
    "DOMAIN",
    "DUE",
    "MEMBERSHIP",
    "PUSH",
    "QUEUE",
    "Account",
    "AccountError",
    "Domain",
    "InternalDirectory",
    "Membership",
    "add_dkim_key",
    "dkim_keys",
    "domains",
    "due",
    "expect",
    "is_domain",
    "remove_dkim_key",
    "settle",
]
