"""Who has an account here: kept in account 0, and told to each account's own file.

Begin with `internal`; `known` looks up what account 0 knows, `files` makes and removes what accounts hold, `roles` says
who may do what, and `lists` whose mail goes on to whom. It stands above the data types of the server, which know
no mail, and those of mail, which an account is furnished with.
"""

from pillarbox.datatypes.directory.adopting import Newcomer
from pillarbox.datatypes.directory.internal import InternalDirectory
from pillarbox.datatypes.directory.known import AccountError
from pillarbox.datatypes.directory.lists import add_listing, listings, remove_listing
from pillarbox.datatypes.directory.roles import (
    Change,
    RoleChange,
    add_role,
    change_permissions,
    change_role,
    remove_role,
    roles,
)

__all__ = [
    "AccountError",
    "Change",
    "InternalDirectory",
    "Newcomer",
    "RoleChange",
    "add_listing",
    "add_role",
    "change_permissions",
    "change_role",
    "listings",
    "remove_listing",
    "remove_role",
    "roles",
]
