"""The embedded store: one SQLite file an account, and a folder for its large blobs (adr/0004).

Begin with `store`; `homes` says where accounts are, and makes them; `pool` has the rules under which files are
opened, `schema` the tables, `compile` the only place where SQL is composed; `volatile` is what processes share and
may lose. Nothing but `pillarbox.app` names this package.
"""

from pillarbox.store.sqlite.store import SQLiteStore
from pillarbox.store.sqlite.volatile import SQLiteVolatile

__all__ = ["SQLiteStore", "SQLiteVolatile"]
