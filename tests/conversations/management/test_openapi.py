"""The description of the management API for programs."""

import base64
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.driver import Home

from pillarbox.management import ENDPOINTS
from pillarbox.management.later import ENDPOINTS as LATER


def described(home: Home, at: str = "/api/openapi.json") -> Any:
    reply = home.web.sends("GET", at)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    return reply.json()


@pytest.mark.parametrize("data", ["sqlite"], indirect=True)
def test_the_document_is_openapi(home: Home) -> None:
    """OpenAPI 3.1, as a validator that is none of ours reads it; nobody need say who they are."""
    assert [str(one) for one in OpenAPIV31SpecValidator(described(home)).iter_errors()] == []


def test_every_endpoint_is_described(home: Home) -> None:
    """Issue 6: generated from the declarations, complete but for streams and what does nothing yet (adr/0058)."""
    paths = described(home)["paths"]
    there = {(method.upper(), path) for path, methods in paths.items() for method in methods}

    done = [one for one in ENDPOINTS if one not in LATER and one.media_type != "text/event-stream"]
    assert there == {(one.method, path) for one in done for path in (one.path, *one.also)}


def test_operations_have_names_of_their_own(home: Home) -> None:
    """OpenAPI 3.1 section 4.8.10.1: operationId is unique."""
    names = [one["operationId"] for methods in described(home)["paths"].values() for one in methods.values()]

    assert sorted(set(names)) == sorted(names)


def test_the_stable_prefix_has_it_as_well(home: Home) -> None:
    """Issue 6: `/api/v1` is the same API."""
    assert described(home, "/api/v1/openapi.json") == described(home)


def test_what_the_document_says_of_credentials_is_so(home: Home) -> None:
    """Ours: what has no `security` of its own asks who one is, by Basic and by a bearer token."""
    document = described(home)
    path = next(one for one, methods in document["paths"].items() if "security" not in methods.get("get", {"security"}))
    basic = base64.b64encode(b"nobody:nothing").decode()

    assert {tuple(one) for one in document["security"]} == {("basic",), ("bearer",)}
    for header in ({}, {"authorization": f"Basic {basic}"}, {"authorization": "Bearer nothing"}):
        assert home.web.sends("GET", path, header).status == 401
