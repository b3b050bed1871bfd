"""Principals: everybody and everything that has a name here, made, changed, destroyed and told in one way.

Begin with `working`, whose three functions every face goes through; `field` is what can be said of a principal, `kind`
the types there are. `finding` and `telling` read. `granting` keeps anybody from giving what they do not hold, `naming`
gives names and tenants, `belonging` says who is in what, `address` whose an address is, `secret` what somebody signs in
with, `apikey` what keys alone have. `errand` is what all of them work in, `step` what is done to a field.
"""

from pillarbox.datatypes.directory.principals.apikey import KEY_DIGEST
from pillarbox.datatypes.directory.principals.errand import Afterwards, Errand
from pillarbox.datatypes.directory.principals.field import FIELDS
from pillarbox.datatypes.directory.principals.finding import found, named
from pillarbox.datatypes.directory.principals.kind import ACCOUNTS, Entry, Kind
from pillarbox.datatypes.directory.principals.step import Action, Operation
from pillarbox.datatypes.directory.principals.telling import listed, told
from pillarbox.datatypes.directory.principals.working import change, check_destroyed, destroy, make

__all__ = [
    "ACCOUNTS",
    "FIELDS",
    "KEY_DIGEST",
    "Action",
    "Afterwards",
    "Entry",
    "Errand",
    "Kind",
    "Operation",
    "change",
    "check_destroyed",
    "destroy",
    "finding",
    "found",
    "listed",
    "make",
    "named",
    "told",
]
