"""Accounts move from one store to another while the server serves them (adr/0062).

Begin with `moving`, the order in which they go; `preparing` says whether they can. One of them is copied (`copying`) as
a backup's image is, row by row and without any file between; then all of it is compared (`comparing`), and only then
does it count.
"""

from pillarbox.transfer.moving.moving import Failure, Moved, move
from pillarbox.transfer.moving.preparing import MoveError, Plan, planned

__all__ = ["Failure", "MoveError", "Moved", "Plan", "move", "planned"]
