"""Who has an account here: kept in account 0, and told to each account's own file.

Begin with `internal`; `known` looks up what account 0 knows, `files` makes and removes what accounts hold, `tenancy`
says within which bounds somebody may do what, and `lists` whose mail goes on to whom. `principals` is how everything
that has a name is managed, and `refused` why it was not. It stands above the data types of the server, which know no
mail, and those of mail, which an account is furnished with.
"""

from pillarbox.datatypes.directory.adopting import Newcomer
from pillarbox.datatypes.directory.internal import InternalDirectory
from pillarbox.datatypes.directory.known import may
from pillarbox.datatypes.directory.lists import listings
from pillarbox.datatypes.directory.refused import (
    Absent,
    AccountError,
    Denied,
    InUse,
    Needed,
    Taken,
    Unfit,
    Unknown,
)
from pillarbox.datatypes.directory.tenancy import permitted

__all__ = [
    "Absent",
    "AccountError",
    "Denied",
    "InUse",
    "InternalDirectory",
    "Needed",
    "Newcomer",
    "Taken",
    "Unfit",
    "Unknown",
    "listings",
    "lists",
    "may",
    "permitted",
]
