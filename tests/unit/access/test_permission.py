"""The vocabulary of permissions (the reference's management API, section 20)."""

import pytest

from pillarbox.access import PERMISSIONS, permission_of
from pillarbox.access.permission import OF_ADMIN, OF_TENANT_ADMIN, OF_USER
from pillarbox.datatypes import REGISTRY


@pytest.mark.parametrize(
    ("method", "permission"),
    [
        ("Core/echo", "jmap-echo"),
        ("Email/get", "jmap-email-get"),
        ("Email/queryChanges", "jmap-email-query-changes"),
        ("EmailSubmission/set", "jmap-email-submission-set"),
        ("SearchSnippet/get", "jmap-search-snippet"),
        ("VacationResponse/get", "jmap-vacation-response-get"),
        ("SieveScript/validate", "jmap-sieve-script-validate"),
        ("MDN/send", "jmap-mdn-send"),
        ("Blob/lookup", "jmap-blob-lookup"),
    ],
)
def test_a_method_has_its_permission(method: str, permission: str) -> None:
    """Management API section 20: the mapping is one to one."""
    assert permission_of(*method.split("/")) == permission
    assert permission in PERMISSIONS


def test_every_method_that_there_is_has_one() -> None:
    """Ours: a new type is refused to everybody until its permissions are in the vocabulary and in a role."""
    assert {permission_of(kind.name, one.name) for kind in REGISTRY for one in kind.methods} <= OF_USER


def test_each_role_has_what_the_one_below_it_has() -> None:
    """Management API section 20: U is the role user and above, T tenant-admin and admin; 181 names, and ours."""
    journal = {f"jmap-journal-entry-{verb}" for verb in ("get", "changes", "query", "query-changes")}
    ours = {"jmap-mdn-parse", "jmap-mdn-send", "oauth-token-introspect", *journal}

    assert OF_USER < OF_TENANT_ADMIN < OF_ADMIN == PERMISSIONS
    assert len(PERMISSIONS - ours) == 181
    assert ours <= PERMISSIONS
