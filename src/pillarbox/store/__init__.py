"""Keeping what was accepted: what every store promises, and the feed that tells of it.

Begin with `contract` (Store, Unit, Writing), then `error` (what they raise), `table` (what a store is told of a type)
and `query` (what it can be asked). The implementations, `store.sqlite` and `store.postgres`, are named by
`pillarbox.app` alone; so is `store.s3`, a `depot` of large octets. A store knows numbers, documents and indexes; it
must not know what an Email is.
"""

from pillarbox.store.contract import (
    Blob,
    BlobReader,
    Changed,
    ChangePage,
    Finding,
    Held,
    Staged,
    Store,
    Stored,
    Unit,
    Writing,
)
from pillarbox.store.depot import Depot
from pillarbox.store.error import (
    Doubtful,
    Elsewhere,
    LogTooShort,
    NoAccount,
    OutOfSpace,
    StoreError,
    Unavailable,
    Undone,
)
from pillarbox.store.feed import Feed, Listener, LocalFeed, Notice
from pillarbox.store.glance import Glances, Glancing, Moment, Passed
from pillarbox.store.moving import MovingStore
from pillarbox.store.query import (
    AllOf,
    Among,
    AnyOf,
    AtLeast,
    Below,
    Contains,
    Equal,
    Everything,
    Filter,
    InGroup,
    Member,
    MemberOutside,
    Not,
    Order,
    Quantity,
    Select,
    Text,
)
from pillarbox.store.retry import retried
from pillarbox.store.rounds import Rounds
from pillarbox.store.standing import Movable, Standing, seems_to_stand, stands
from pillarbox.store.table import Column, Document, Entry, SetIndex, Table
from pillarbox.store.volatile import LEASE, Codes, Counts, Hit, Marks, Rates, Volatile

__all__ = [
    "LEASE",
    "AllOf",
    "Among",
    "AnyOf",
    "AtLeast",
    "Below",
    "Blob",
    "BlobReader",
    "ChangePage",
    "Changed",
    "Codes",
    "Column",
    "Contains",
    "Counts",
    "Depot",
    "Document",
    "Doubtful",
    "Elsewhere",
    "Entry",
    "Equal",
    "Everything",
    "Feed",
    "Filter",
    "Finding",
    "Glances",
    "Glancing",
    "Held",
    "Hit",
    "InGroup",
    "Listener",
    "LocalFeed",
    "LogTooShort",
    "Marks",
    "Member",
    "MemberOutside",
    "Moment",
    "Movable",
    "MovingStore",
    "NoAccount",
    "Not",
    "Notice",
    "Order",
    "OutOfSpace",
    "Passed",
    "Quantity",
    "Rates",
    "Rounds",
    "Select",
    "SetIndex",
    "Staged",
    "Standing",
    "Store",
    "StoreError",
    "Stored",
    "Table",
    "Text",
    "Unavailable",
    "Undone",
    "Unit",
    "Volatile",
    "Writing",
    "retried",
    "seems_to_stand",
    "stands",
]
