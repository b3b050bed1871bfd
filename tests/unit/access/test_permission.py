"""The vocabulary of permissions (the reference's management API, section 20)."""

from typing import Any

import pytest

from pillarbox.access import PERMISSIONS, permission_of
from pillarbox.access.permission import OF_ADMIN, OF_TENANT_ADMIN, OF_USER
from pillarbox.datatypes import REGISTRY
from pillarbox.objects import DataType


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
    of_server = {permission_of(kind.name, one.name) for kind in REGISTRY for one in kind.methods if _is_servers(kind)}
    others = {permission_of(kind.name, one.name) for kind in REGISTRY for one in kind.methods if not _is_servers(kind)}
    assert others <= OF_USER
    assert of_server <= OF_ADMIN - OF_USER


def _is_servers(kind: DataType[Any]) -> bool:
    return kind.capability == "urn:pillarbox:params:jmap:admin"


def test_each_role_has_what_the_one_below_it_has() -> None:
    """Management API section 20: U is the role user and above, T tenant-admin and admin; 181 names, and ours."""
    journal = {f"jmap-journal-entry-{verb}" for verb in ("get", "changes", "query", "query-changes")}
    ours = {"jmap-mdn-parse", "jmap-mdn-send", "oauth-token-introspect", *journal}

    assert OF_USER < OF_TENANT_ADMIN < OF_ADMIN == PERMISSIONS
    assert len(PERMISSIONS - ours) == 181
    assert ours <= PERMISSIONS
