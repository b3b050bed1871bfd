"""Who is asking, and what they may touch.

Begin with `actor`: it is made once a request and passed down, never looked up. `directory` names what is needed of
a place where accounts are known, `permission` what may be done here, `role` and `scope` who may do which of that;
`manager` is whoever manages the server.
`proof` is what credentials have shown, whatever they were; `credentials` turns passwords into hashes and checks them,
`hashing` those of other servers; `token`, `totp` and `redirect` are the arithmetic of tokens, of codes, and of where
clients are answered; `address` says which addresses are the same. It must not know of data types, stores or protocols.
"""

from pillarbox.access.actor import Actor, Grant, Reach, Rights
from pillarbox.access.address import BadAddress, domain_of, normal
from pillarbox.access.credentials import Passwords
from pillarbox.access.directory import GROUP, LIST, LOCATION, PERSON, RESOURCE, Directory, Principal, Shared
from pillarbox.access.hashing import is_known_form
from pillarbox.access.manager import OWNER, Manager
from pillarbox.access.permission import PERMISSIONS, permission_of
from pillarbox.access.proof import Ended, Proof, ProofKind, TokenCheck
from pillarbox.access.role import ADMIN, BUILT_IN, TENANT_ADMIN, USER, RoleSet, effective, flattened, lacking
from pillarbox.access.scope import attenuated

__all__ = [
    "ADMIN",
    "BUILT_IN",
    "GROUP",
    "LIST",
    "LOCATION",
    "OWNER",
    "PERMISSIONS",
    "PERSON",
    "RESOURCE",
    "TENANT_ADMIN",
    "USER",
    "Actor",
    "BadAddress",
    "Directory",
    "Ended",
    "Grant",
    "Manager",
    "Passwords",
    "Principal",
    "Proof",
    "ProofKind",
    "Reach",
    "Rights",
    "RoleSet",
    "Shared",
    "TokenCheck",
    "attenuated",
    "domain_of",
    "effective",
    "flattened",
    "is_known_form",
    "lacking",
    "normal",
    "permission",
    "permission_of",
    "redirect",
    "scope",
    "token",
    "totp",
]
