"""What tools for the reference's management API send, as they send it, and look for in answers."""

import base64
from typing import Any

from tests.driver import Home
from tests.driver.administrator import Administrator

_EVERY_FIELD: dict[str, Any] = {
    "quota": 0,
    "description": "",
    "secrets": [],
    "emails": [],
    "urls": [],
    "memberOf": [],
    "roles": [],
    "lists": [],
    "members": [],
    "enabledPermissions": [],
    "disabledPermissions": [],
    "externalMembers": [],
}


def test_a_principal_comes_with_every_field_that_any_type_has(home: Home) -> None:
    """Management API section 4.3: the body is an object of the fields of section 4.2; what is empty says nothing."""
    root = Administrator(home)
    for kind in ("domain", "individual", "group", "list", "role", "tenant", "oauthClient"):
        name = f"{kind.lower()}.example"
        root.does("POST", "principal", {**_EVERY_FIELD, "type": kind, "name": name})
        assert root.does("GET", f"principal/{name}")["type"] == kind
    refused = root.is_refused(
        400, "POST", "principal", {"type": "domain", "name": "x.example", "emails": ["a@b.example"]}
    )
    assert [one["field"] for one in refused["invalid"]] == ["emails"]


def test_a_field_that_is_missing_is_told_as_the_reference_does(home: Home) -> None:
    """Management API sections 2.3 and 4.3: `fieldMissing`, `field` name."""
    root = Administrator(home)
    root.is_refused(400, "POST", "principal", {"type": "individual"}, error="fieldMissing", field="name")


def test_every_bad_field_is_among_the_invalid(home: Home) -> None:
    """Issue 6: a problem document naming every bad field, whatever it is that is wrong with it."""
    root = Administrator(home)
    domain = {"type": "domain", "name": "Home.example"}
    refused = root.is_refused(409, "POST", "principal", domain, error="fieldAlreadyExists", field="name")
    assert [one["field"] for one in refused["invalid"]] == ["name"]
    key = {"id": None, "algorithm": "Rsa", "domain": "far.example", "selector": None}
    refused = root.is_refused(422, "POST", "dkim", key, error="notFound", item="far.example", field="domain")
    assert [one["field"] for one in refused["invalid"]] == ["domain"]
    values = [["server.nothing", "1"], ["jmap.protocol.set.max-objects", "many"]]
    refused = root.is_refused(400, "POST", "settings", [{"type": "insert", "prefix": None, "values": values}])
    assert [one["field"] for one in refused["invalid"]] == ["server.nothing", "jmap.protocol.set.max-objects"]


def test_the_older_name_of_a_type_is_taken(home: Home) -> None:
    """Management API section 4.1: `superuser` is an individual."""
    listed = Administrator(home).does("GET", "principal", types="superuser,individual", fields="name,type")
    assert listed["items"] == [{"name": "root@home.example", "type": "individual"}]


def test_secrets_may_be_asked_for_and_are_not_told(home: Home) -> None:
    """Management API sections 4.2 and 4.6: `fields` names any field; section 23: secrets are redacted."""
    root = Administrator(home)
    listed = root.does("GET", "principal", types="individual", fields="name,secrets")
    assert listed["items"] == [{"name": "root@home.example"}]


def test_all_that_comes_later_takes_the_parameters_of_the_reference(home: Home) -> None:
    """Issue 6: 501, and not 400; management API sections 16 and 18."""
    root = Administrator(home)
    spans = (
        "telemetry/traces?type=delivery.attempt-start&queue_id=1&filter=a&before=2027-01-01T00:00:00Z&values=1&limit=9"
    )
    for path in (spans, "telemetry/trace?id=1,2", "telemetry/metrics/live?metrics=a,b&interval=30", "account/crypto"):
        root.is_refused(501, "GET", path, error="unsupported")
    root.is_refused(501, "POST", "account/crypto", {"type": "disabled"}, error="unsupported")


def test_a_body_where_none_is_expected_is_told_so(home: Home) -> None:
    """Ours: it is not that there is too much of it."""
    refused = Administrator(home).is_refused(400, "POST", "reload", {})
    assert refused["detail"] == "nothing is expected in the body"


def test_tags_are_compared_weakly_where_nothing_is_changed(home: Home) -> None:
    """RFC 9110 section 13.1.2: `W/` makes no difference to If-None-Match, and `*` is whatever there is."""
    root = Administrator(home)
    tag = root.calls("GET", "principal/home.example").headers["etag"]
    for known in (f"W/{tag}", f'"x", W/{tag}', "*"):
        assert root.calls("GET", "principal/home.example", headers={"if-none-match": known}).status == 304
    body = [{"action": "set", "field": "description", "value": "Ours"}]
    assert root.calls("PATCH", "principal/home.example", body, {"if-match": f"W/{tag}"}).status == 412


def test_a_page_elsewhere_that_was_given_a_key_asks_as_tools_do(home: Home) -> None:
    """Management API section 1: the content type is not checked; no browser sends a key that it was not told to."""
    root = Administrator(home)
    home.abides_by(permissive_cors="true")
    key = {"type": "apiKey", "name": "web", "secrets": ["some very long secret"], "roles": ["admin"]}
    root.does("POST", "principal", key)
    theirs = {"origin": "https://web.example", "sec-fetch-site": "cross-site", "content-type": "text/plain"}
    bearer = {"authorization": f"Bearer api_{base64.b64encode(b'web:some very long secret').decode()}", **theirs}
    body = b'{"type": "list", "name": "all"}'
    assert home.web.sends("POST", "/api/principal", bearer, body).status == 200
    assert home.web.sends("GET", "/api/reload?dry-run=true", bearer).status == 200
    # Of other methods than GET and POST a browser asks first, whatever they come with.
    assert root.calls("DELETE", "principal/all", None, theirs).status == 200
