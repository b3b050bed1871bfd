"""Nobody but who manages the whole server calls a method of its own account (ours)."""

import pytest
from tests.driver import ADMIN, CORE, Home

from pillarbox.datatypes import REGISTRY

METHODS = [f"{kind.name}/{one.name}" for kind in REGISTRY if kind.capability == ADMIN for one in kind.methods]


@pytest.mark.parametrize("named", ["a0", "their own", "another's"])
def test_without_its_permission_a_method_does_nothing(home: Home, named: str) -> None:
    """RFC 8620 section 3.6.2: forbidden, of whichever account, and before anything of the call is looked at."""
    john, alice = home.person("john"), home.person("alice")
    john.using = [CORE, ADMIN]
    account = {"a0": "a0", "their own": john.account_id, "another's": alice.account_id}[named]
    assert {"Account/set", "Ban/get", "QueuedMessage/set", "Queue/set"} <= set(METHODS)
    for method in METHODS:
        john.says(method, accountId=account, nonsense=True)
        john.hears("error", type="forbidden")
