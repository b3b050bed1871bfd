"""Who has an account here: kept in account 0, and told to each account's own file.

Begin with `internal`; `known` looks up what account 0 knows. It stands above the data types of the server, which know
no mail, and those of mail, which an account is furnished with.
"""

from pillarbox.datatypes.directory.internal import InternalDirectory
from pillarbox.datatypes.directory.known import AccountError

__all__ = ["AccountError", "InternalDirectory"]
