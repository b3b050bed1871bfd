"""What holds for each endpoint of the management API: who may call it, and what they hear who may not."""

import base64
import re
from typing import Any

import orjson
import pytest
from tests.docs.page import DOCS
from tests.driver import Home
from tests.driver.administrator import Administrator
from tests.driver.roles import RoleChange, change_permissions
from tests.driver.web import Reply

from pillarbox.access import OWNER, Manager
from pillarbox.access.permission import AUTHENTICATE, OF_ADMIN, OF_TENANT_ADMIN, OF_USER
from pillarbox.management import ENDPOINTS, Endpoint, Sent, Within, answered
from pillarbox.management.refusal import Forbidden

ASKED_FOR = sorted({one.permission for one in ENDPOINTS if one.permission is not None} - {AUTHENTICATE})
"""Without AUTHENTICATE nobody comes so far."""
CLOSED = [one for one in ENDPOINTS if not one.is_open]


def path(endpoint: Endpoint) -> str:
    """One that leads there; what it names does not exist."""
    return re.sub(r"\{\w+\}", "x", endpoint.path)


def sends(somebody: Administrator, endpoint: Endpoint, body: bytes = b"[") -> Reply:
    """A request of which everything is wrong: nobody who may not call it is to hear of that."""
    return somebody.person.sends(endpoint.method, f"{path(endpoint)}?nothing=1", body=body)


def may(home: Home, somebody: Administrator, *permissions: str) -> None:
    """From now on they may do this and nothing else."""
    change = RoleChange([], [AUTHENTICATE, *permissions], [])
    change_permissions(home.store, somebody.person.name, change, OWNER.permissions, home.now())


def test_nobody_is_let_in(home: Home) -> None:
    """Management API section 1: 401 without credentials, whatever is asked for."""
    assert [one.path for one in CLOSED if home.web.sends(one.method, path(one), body=b"[").status != 401] == []


@pytest.mark.parametrize(("role", "holds"), [("user", OF_USER), ("tenant-admin", OF_TENANT_ADMIN), ("admin", OF_ADMIN)])
def test_a_role_opens_what_it_is_for(home: Home, role: str, holds: frozenset[str]) -> None:
    """Management API sections 3 and 20: 403 before anything of a request is looked at, for who lacks its permission."""
    somebody = Administrator(home, home.person("john"), role)
    for endpoint in CLOSED:
        needed = endpoint.some_of or {endpoint.permission}
        assert (sends(somebody, endpoint).status == 403) == holds.isdisjoint(needed), (endpoint.method, endpoint.path)


def test_without_its_permission_an_endpoint_does_nothing(home: Home) -> None:
    """Management API section 3: whoever may everything but that hears nothing but 403."""
    root, somebody = Administrator(home), Administrator(home, home.person("john"), "admin")
    for permission in ASKED_FOR:
        may(home, somebody, *(OWNER.permissions - {permission}))
        for endpoint in CLOSED:
            if endpoint.permission == permission:
                reply = sends(somebody, endpoint, b"[" * 2_000_000)

                assert (reply.status, permission in reply.json()["detail"]) == (403, True), endpoint.path
    assert root.person.sends("GET", "/.well-known/jmap").status == 200


def test_its_permission_alone_opens_an_endpoint(home: Home) -> None:
    """Ours: nothing is asked for that the document does not name. Where nothing is declared, all of it is refused."""
    somebody = Administrator(home, home.person("john"), "user")
    for permission in ASKED_FOR:
        may(home, somebody, permission)
        for endpoint in CLOSED:
            if endpoint.permission == permission:
                assert sends(somebody, endpoint).status in (400, 413), endpoint.path
    may(home, somebody)
    for endpoint in CLOSED:
        if endpoint.permission is None:
            assert sends(somebody, endpoint).status in (400, 403, 413), endpoint.path


def test_who_manages_a_tenant_alone_calls_nothing_that_is_for_the_server(home: Home) -> None:
    """Management API section 23: tenants see nothing of each other, whatever permissions somebody was given."""
    manager = Manager("somebody", OWNER.permissions, tenant=1)
    parts = {name: "x" for one in ENDPOINTS for name in re.findall(r"\{(\w+)\}", one.path)}
    for endpoint in CLOSED:
        if endpoint.within is Within.SERVER:
            with pytest.raises(Forbidden, match="whole server"):
                answered(endpoint, home.office, manager, parts, Sent())


def test_a_key_with_nothing_opens_nothing(home: Home) -> None:
    """Management API sections 3 and 4.2: an API key may do what it was given, whoever has made it."""
    body = {"type": "apiKey", "name": "deploy", "secrets": ["some very long secret"]}
    Administrator(home).does("POST", "principal", body)
    header = {"authorization": f"Bearer api_{base64.b64encode(b'deploy:some very long secret').decode()}"}

    for endpoint in CLOSED:
        reply = home.web.sends(endpoint.method, path(endpoint), header, b"[" if endpoint.body else b"")
        assert reply.status in (401, 403), (endpoint.path, reply.octets)


def test_a_key_is_no_account(home: Home) -> None:
    """Ours: what is about the caller's own account is refused to who has none."""
    for endpoint in CLOSED:
        if endpoint.within is Within.ACCOUNT:
            with pytest.raises(Forbidden):
                answered(endpoint, home.office, OWNER, {}, Sent())


def test_the_permissions_that_are_asked_for_are_documented() -> None:
    """Ours: docs/reference/permissions.md."""
    page = (DOCS / "reference" / "permissions.md").read_text("utf-8")
    listed = set(re.findall(r"^- `(.+)`$", page, re.MULTILINE))

    assert sorted(set(ASKED_FOR) - listed) == []


def test_refusals_are_problem_documents(home: Home) -> None:
    """RFC 9457: of every endpoint, and nothing of what was sent comes back as it was."""
    root = Administrator(home)
    for endpoint in CLOSED:
        reply = sends(root, endpoint, b'{"\\u0000": "<script>"')
        problem: Any = orjson.loads(reply.octets)

        assert reply.headers["content-type"] == "application/problem+json", endpoint.path
        assert problem["status"] == reply.status
        assert "<script>" not in reply.octets.decode()
