"""Who has an account here: kept in account 0, and told to each account's own file.

Begin with `internal`; `known` looks up what account 0 knows, `files` makes and removes what accounts hold, `roles` says
who may do what, `tenancy` within which bounds, and `lists` whose mail goes on to whom. `principals` is how everything
that has a name is managed, and `refused` why it was not. It stands above the data types of the server, which know no
mail, and those of mail, which an account is furnished with.
"""

from pillarbox.datatypes.directory.adopting import Newcomer
from pillarbox.datatypes.directory.internal import InternalDirectory
from pillarbox.datatypes.directory.known import may
from pillarbox.datatypes.directory.lists import add_listing, listings, remove_listing
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
from pillarbox.datatypes.directory.roles import (
    Change,
    RoleChange,
    add_role,
    change_permissions,
    change_role,
    remove_role,
    roles,
)
from pillarbox.datatypes.directory.tenancy import permitted

__all__ = [
    "Absent",
    "AccountError",
    "Change",
    "Denied",
    "InUse",
    "InternalDirectory",
    "Needed",
    "Newcomer",
    "RoleChange",
    "Taken",
    "Unfit",
    "Unknown",
    "add_listing",
    "add_role",
    "change_permissions",
    "change_role",
    "listings",
    "lists",
    "may",
    "permitted",
    "remove_listing",
    "remove_role",
    "roles",
]
