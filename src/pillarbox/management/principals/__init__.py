"""Principals over the REST API: everybody and everything that has a name here (management API section 4).

Begin with `one` and `several`, which have the endpoints; `form` says what a principal looks like, `secret` makes what
is kept of a secret, and `refusing` tells why `datatypes.directory` would not.
"""

from pillarbox.management.principals.one import ENDPOINTS as _ONE
from pillarbox.management.principals.secret import kept
from pillarbox.management.principals.several import ENDPOINTS as _SEVERAL

__all__ = [
    "ENDPOINTS",
    "kept",
    "refusing",
    "secret",
]

ENDPOINTS = (*_SEVERAL, *_ONE)
