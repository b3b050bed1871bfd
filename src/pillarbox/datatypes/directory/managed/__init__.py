"""Principals by JMAP, in the server's own account (ours): objects with the fields of the management API.

`reading` tells and finds them, `setting` makes, changes and destroys them, by the engine that everybody else goes
through (`principals`). Each data type that keeps principals is a type of JMAP's: `Account` has those with addresses.
"""

from pillarbox.datatypes.directory.managed.principals import Principals

__all__ = ["Principals"]
