"""Statements that name no account: of the database as a whole, and of all accounts together.

Everything else in `store.postgres` names one account in each statement, so that a distributed engine can send it to
where that account is; a test holds every statement that is executed against this.
"""

from pillarbox.store.postgres.server import feed, volatile
from pillarbox.store.postgres.server.accounts import account_tables, accounts, untended
from pillarbox.store.postgres.server.alone import lock_alone
from pillarbox.store.postgres.server.history import has_synchronous_standby, history
from pillarbox.store.postgres.server.indexes import lacking
from pillarbox.store.postgres.server.making import make, owner
from pillarbox.store.postgres.server.moving import lock_moving, machines

__all__ = [
    "account_tables",
    "accounts",
    "feed",
    "has_synchronous_standby",
    "history",
    "lacking",
    "lock_alone",
    "lock_moving",
    "machines",
    "make",
    "owner",
    "untended",
    "volatile",
]
