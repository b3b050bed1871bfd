"""Pages of other origins (WHATWG Fetch, "CORS protocol"; architecture section 4)."""

import pytest
from tests.driver import JMAP, Home

APP = "https://app.example.org"
PREFLIGHT = {"Origin": APP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
PATHS = ["/jmap", "/jmap/", "/jmap/upload/a1/", "/jmap/nothing", "/.well-known/jmap", "/.well-known/nothing"]


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_is_answered_before_anybody_says_who_they_are(home: Home, path: str) -> None:
    """Architecture section 4: before authentication; of paths that are not there as well."""
    home.abides_by(permissive_cors="true")
    reply = home.web.sends("OPTIONS", path, PREFLIGHT)

    assert (reply.status, reply.octets) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert int(reply.headers["access-control-max-age"]) > 0
    assert set(reply.headers["access-control-allow-headers"].split(", ")) == {
        "Authorization", "Content-Type", "Accept", "If-Match", "If-None-Match", "Range", "Last-Event-ID",
        "X-Requested-With",
    }  # fmt: skip
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(reply.headers["access-control-allow-methods"].split(", "))


def test_a_preflight_is_answered_before_access_control_and_https(home: Home) -> None:
    """Architecture section 4: browsers take no redirect and no refusal for a preflight."""
    home.abides_by(permissive_cors="true", hsts="true", allowed_endpoint="403")

    assert home.web.sends("OPTIONS", "/jmap/", PREFLIGHT).status == 204


@pytest.mark.parametrize("path", PATHS)
def test_without_the_setting_no_page_may_read_anything(home: Home, alice: JMAP, path: str) -> None:
    """The assignment, "Permissive CORS Policy": the default is the same origin alone."""
    for reply in (home.web.sends("OPTIONS", path, PREFLIGHT), alice.sends("GET", path, {"Origin": APP})):
        assert not [name for name in reply.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/.well-known/jmap", "/nothing", "/jmap/", "/jmap/download/a1/b1/name"])
def test_with_it_a_page_of_any_site_may_read_every_answer(home: Home, alice: JMAP, path: str) -> None:
    """The assignment, "Permissive CORS Policy"; errors as well."""
    home.abides_by(permissive_cors="true")
    for reply in (home.web.sends("GET", path, {"Origin": APP}), alice.sends("GET", path, {"Origin": APP})):
        assert reply.headers["access-control-allow-origin"] == "*"
        assert set(reply.headers["access-control-expose-headers"].split(", ")) == {
            "WWW-Authenticate", "Retry-After", "RateLimit", "ETag", "Location",
        }  # fmt: skip


def test_never_with_what_a_browser_keeps(home: Home, alice: JMAP) -> None:
    """Architecture section 4: Access-Control-Allow-Credentials is never there."""
    for settings in ({"permissive_cors": "true"}, {"cors_origins": APP}):
        home.abides_by(**settings)
        for reply in (home.web.sends("OPTIONS", "/jmap/", PREFLIGHT), alice.sends("GET", "/jmap/", {"Origin": APP})):
            assert "access-control-allow-credentials" not in reply.headers


def test_an_event_source_may_be_read(home: Home, alice: JMAP) -> None:
    """Ours: so that a page of another origin can listen."""
    home.abides_by(permissive_cors="true")

    assert alice.listens().headers["access-control-allow-origin"] == "*"


def test_only_the_named_origins_may_read(home: Home, alice: JMAP) -> None:
    """Architecture section 4: exact origins."""
    home.abides_by(cors_origins=[APP, "http://localhost:3000"])

    def allowed(origin: str) -> str | None:
        return alice.sends("GET", "/.well-known/jmap", {"Origin": origin}).headers.get("access-control-allow-origin")

    assert allowed(APP) == APP
    assert allowed("http://localhost:3000") == "http://localhost:3000"
    for other in ("https://app.example.org.evil.example", "http://app.example.org", "https://app.example.org:8443",
                  "null", "*", "https://APP.example.org", "https://app.example.org/"):  # fmt: skip
        assert allowed(other) is None


@pytest.mark.parametrize("headers", [{}, {"Origin": APP}, {"Origin": "https://other.example"}])
def test_caches_are_told_that_the_origin_matters(home: Home, alice: JMAP, headers: dict[str, str]) -> None:
    """WHATWG Fetch, "CORS protocol and HTTP caches": Vary is there whatever the origin is."""
    home.abides_by(cors_origins=[APP])

    assert "Origin" in alice.sends("GET", "/.well-known/jmap", headers).headers["vary"].split(", ")


def test_a_preflight_of_another_origin_is_told_nothing(home: Home) -> None:
    """WHATWG Fetch, "CORS-preflight request": without the headers the browser refuses."""
    home.abides_by(cors_origins=[APP])
    reply = home.web.sends("OPTIONS", "/jmap/", {**PREFLIGHT, "Origin": "https://other.example"})

    assert reply.status == 204
    assert not [name for name in reply.headers if name.startswith("access-control-")]


def test_a_preflight_outside_of_our_paths_is_not_found(home: Home) -> None:
    """http-server.md section 4.2: elsewhere OPTIONS is routed as any method."""
    home.abides_by(permissive_cors="true")

    assert home.web.sends("OPTIONS", "/nothing", PREFLIGHT).status == 404


def test_headers_of_the_operator_do_not_undo_it(home: Home) -> None:
    """http-server.md section 1.2: CORS wins over the custom list."""
    home.abides_by(cors_origins=[APP], headers=["Access-Control-Allow-Origin: *", "Vary: Cookie"])
    reply = home.web.sends("GET", "/nothing", {"Origin": "https://other.example"})

    assert "access-control-allow-origin" not in reply.headers
    assert reply.headers["vary"] == "Cookie, Origin"


FROM_ELSEWHERE = {"Origin": "https://other.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/jmap"), ("POST", "/jmap/upload/{account}"), ("POST", "/jmap/ticket"), ("GET", "/.well-known/jmap"),
    ("GET", "/jmap/eventsource"),
])  # fmt: skip
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_has_nothing_done_with_what_a_browser_keeps(
    home: Home, alice: JMAP, method: str, path: str, site: str
) -> None:
    """Ours (Fetch Metadata, "Sec-Fetch-Site"): a Basic password that a browser remembers goes along by itself."""
    path = path.format(account=alice.account_id)
    reply = alice.sends(method, path, {**FROM_ELSEWHERE, "Sec-Fetch-Site": site}, b"{}")

    assert reply.status == 403
    assert reply.headers["content-type"] == "application/problem+json"


def test_nothing_is_uploaded_by_a_form_of_another_site(home: Home, alice: JMAP) -> None:
    """Ours: a form navigates, and posts all the same."""
    headers = {**FROM_ELSEWHERE, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    assert alice.sends("POST", f"/jmap/upload/{alice.account_id}", headers, b"mischief").status == 403


def test_pages_that_may_read_answers_may_ask(home: Home, alice: JMAP) -> None:
    """WHATWG Fetch, "CORS protocol": they send the credentials that they were given."""
    for settings in ({"permissive_cors": "true"}, {"cors_origins": APP}):
        home.abides_by(**settings)
        headers = {**FROM_ELSEWHERE, "Origin": APP, "Sec-Fetch-Mode": "cors"}
        assert alice.sends("POST", f"/jmap/upload/{alice.account_id}", headers, b"hello").status == 201


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_may_ask(alice: JMAP, site: str) -> None:
    """Fetch Metadata, "Sec-Fetch-Site": a page of this server, and what the user typed."""
    headers = {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors"}

    assert alice.sends("POST", f"/jmap/upload/{alice.account_id}", headers, b"hello").status == 201


def test_a_link_from_another_site_may_be_followed(alice: JMAP) -> None:
    """Ours: what a person opens, the page that led there cannot read; in a frame of it nothing is opened."""
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    assert alice.sends("GET", "/.well-known/jmap", link).status == 200
    assert alice.sends("GET", "/.well-known/jmap", {**link, "Sec-Fetch-Dest": "iframe"}).status == 403


def test_who_has_no_credentials_is_asked_for_them_wherever_they_come_from(home: Home) -> None:
    """RFC 9110 section 15.5.2."""
    assert home.web.sends("POST", "/jmap", FROM_ELSEWHERE, b"{}").status == 401


def test_a_ticket_is_good_on_pages_of_other_sites(home: Home, alice: JMAP) -> None:
    """Ours: no browser has a ticket by itself, as it may have a password."""
    blob = alice.uploads(b"hello")
    url = f"/jmap/download/{alice.account_id}/{blob}/name"
    ask = {"Content-Type": "application/json"}
    ticketed = alice.sends("POST", "/jmap/ticket", ask, b'{"url": "%s"}' % url.encode()).json()["url"]

    assert home.web.sends("GET", ticketed, FROM_ELSEWHERE).status == 200
