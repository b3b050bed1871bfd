"""Paths and methods (RFC 9110), and what a refusal looks like (RFC 9457)."""

import pytest
from tests.driver import JMAP, Home, like
from tests.neighbour.stores import whichever

data = whichever
"""What the server does before a store is asked is the same over each."""


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/.well-known/oauth-authorization-server/a/b",
        "/.well-known/openid-configuration/a/b",
        "/form",
        "/healthz",
        "/metrics",
        "/static",
        "/jmap/nothing",
        "/jmap/upload",
        "/jmap/upload/a/b",
        "/jmap/download/a1//name",
        "/JMAP/",
        "/%6amap/",
        "/jmap%2f",
        "/jmap/../jmap/nothing",
        "/jmap/../.well-known/jmap",
        "/jmap/./",
        "/.well-known/jmap/..",
        "/etc/passwd",
        "/jmap/download/..%2f..%2fetc/passwd",
        "/jmap/%00",
        "/%ff",
        "//jmap",
        "/jmap//",
        "//.well-known/jmap",
        "/.well-known//jmap",
        "//",
        ".well-known/jmap",
        "x.well-known/jmap",
        "xstatic/style.css",
    ],
)
def test_a_path_that_leads_nowhere_is_not_found(alice: JMAP, path: str) -> None:
    """RFC 9110 section 15.5.5; paths are compared as they were sent, nothing is resolved (ours)."""
    reply = alice.sends("GET", path)

    assert reply.status == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == like(type="about:blank", status=404, title="Not Found")


def test_nobody_learns_without_credentials_what_is_behind_a_path(home: Home) -> None:
    """Ours: a path that is not there is told to all, what it serves to none."""
    assert home.web.sends("GET", "/nothing").status == 404
    assert home.web.sends("GET", "/jmap/download/a1/b1/name").status == 401


@pytest.mark.parametrize("path", ["/jmap", "/jmap/"])
def test_a_slash_at_the_end_makes_no_difference(alice: JMAP, path: str) -> None:
    """Ours: clients differ in whether they send it."""
    body = b'{"using": [], "methodCalls": []}'

    assert alice.sends("POST", path, {"Content-Type": "application/json"}, body).status == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/jmap/", {"POST"}),
        ("HEAD", "/jmap/", {"POST"}),
        ("PUT", "/jmap/", {"POST"}),
        ("DELETE", "/.well-known/jmap", {"GET", "HEAD"}),
        ("POST", "/.well-known/jmap", {"GET", "HEAD"}),
        ("get", "/.well-known/jmap", {"GET", "HEAD"}),
        ("GET", "/jmap/upload/a1/", {"POST"}),
        ("POST", "/jmap/download/a1/b1/name", {"GET", "HEAD"}),
        ("POST", "/jmap/eventsource/", {"GET", "HEAD"}),
        ("TRACE", "/jmap/", {"POST"}),
        ("X-OTHER", "/jmap/", {"POST"}),
    ],
)
def test_a_method_that_is_not_there_is_told_which_are(alice: JMAP, method: str, path: str, allowed: set[str]) -> None:
    """RFC 9110 section 15.5.6: 405 has Allow."""
    reply = alice.sends(method, path)

    assert reply.status == 405
    assert set(reply.headers["allow"].split(", ")) == {*allowed, "OPTIONS"}


@pytest.mark.parametrize("path", ["/.well-known/jmap", "/jmap/eventsource/"])
def test_head_tells_what_get_would_without_the_content(alice: JMAP, path: str) -> None:
    """RFC 9110 section 9.3.2."""
    reply = alice.sends("HEAD", path)

    assert reply.status == 200
    assert reply.octets == b""
    assert reply.headers["content-type"]


def test_head_of_the_session_has_its_length(alice: JMAP) -> None:
    """RFC 9110 section 8.6: Content-Length of a HEAD is that of the GET."""
    whole = alice.sends("GET", "/.well-known/jmap")

    assert alice.sends("HEAD", "/.well-known/jmap").headers == whole.headers


def test_head_of_what_is_refused_has_no_content(home: Home) -> None:
    """RFC 9110 section 9.3.2: not for errors either."""
    reply = home.web.sends("HEAD", "/.well-known/jmap")

    assert (reply.status, reply.octets) == (401, b"")


@pytest.mark.parametrize("path", ["/.well-known/jmap", "/nothing", "/jmap/download/a1/b1/name"])
def test_no_answer_is_guessed_at_by_a_browser(alice: JMAP, path: str) -> None:
    """Ours: nosniff, on every answer."""
    assert alice.sends("GET", path).headers["x-content-type-options"] == "nosniff"


def test_no_refusal_is_kept_by_a_cache(alice: JMAP) -> None:
    """Ours: what is refused now may be there later."""
    assert alice.sends("GET", "/jmap/nothing").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["accept=%ff", "accept=a/b&accept=c/d", "&".join(f"a{at}=1" for at in range(100))])
def test_a_query_that_is_none_is_refused(alice: JMAP, query: str) -> None:
    """Ours: nothing is guessed about a parameter."""
    assert alice.sends("GET", f"/jmap/download/{alice.account_id}/b1/name?{query}").status == 400


def test_a_path_that_is_no_utf_8_is_refused(alice: JMAP) -> None:
    """RFC 3986 section 2.5."""
    assert alice.sends("GET", "/jmap/download/a1/b1/%ff").status == 400


def test_a_bug_is_told_as_500_and_nothing_more(home: Home, alice: JMAP) -> None:
    """RFC 9457: a problem document; what happened is for the log."""
    home.service_fails("secret words")
    reply = alice.downloads("b1")

    assert reply.status == 500
    assert reply.json() == like(type="about:blank", status=500)
    assert b"secret" not in reply.octets


def test_a_store_that_does_not_answer_is_told_as_503(home: Home, alice: JMAP) -> None:
    """RFC 9110 section 15.6.4: 503 has Retry-After."""
    asked = alice.request()
    home.store.close()
    reply = alice.posts(asked)

    assert reply.status == 503
    assert int(reply.headers["retry-after"]) > 0


def test_what_is_no_http_is_left_alone(home: Home) -> None:
    """Ours: a server may offer other protocols; they get no answer."""

    async def never(*_: object) -> None:
        raise AssertionError("something was sent or received")

    home.web.run(home.web.call({"type": "lifespan"}, never, never))
