"""Keeping what is kept in order: what has had its time is dropped, and what is there is verified.

Begin with `doctor`, which finds what is wrong; `tending` drops what nobody needs. It must not serve anybody.
"""

from pillarbox.upkeep.doctor import Trouble, examined
from pillarbox.upkeep.tending import tend

__all__ = ["Trouble", "examined", "tend"]
