"""The whole server in one document: told, planned, and made so, in one unit (adr/0059).

Begin with `form` (what a document says) and `applying` (the endpoints); `state` tells what there is, `plan` what has to
change, `carrying` does it.
"""

from pillarbox.management.declaration.applying import ENDPOINTS

__all__ = ["ENDPOINTS"]
