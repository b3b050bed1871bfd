"""Keeping what is kept in order: what has had its time is dropped, and what is there is verified and mended.

Begin with `doctor`: an `examination` finds what is wrong with an account, a `mending` makes anew what follows from its
documents, `reindexing` all of it. `tending` drops what nobody needs. `reach` says whether clients find the way. It must
not serve anybody.
"""

from pillarbox.upkeep.doctor import Patient, examined, mended, patients
from pillarbox.upkeep.finding import Deed, Step, Trouble
from pillarbox.upkeep.reach import Tried, candidates, judged
from pillarbox.upkeep.reindexing import reindex
from pillarbox.upkeep.tending import all_are_tended, sweep, tend, tended_all, tidy

__all__ = [
    "Deed",
    "Patient",
    "Step",
    "Tried",
    "Trouble",
    "all_are_tended",
    "candidates",
    "examined",
    "judged",
    "mended",
    "patients",
    "reindex",
    "sweep",
    "tend",
    "tended_all",
    "tidy",
]
