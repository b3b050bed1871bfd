"""The headers of every answer: the operator's own, and those that stand for safety."""

import pytest
from tests.driver import JMAP, Home, Request, Talk

EVERYWHERE = ("/.well-known/jmap", "/nothing", "/jmap/download/a1/b1/name", "/jmap/")


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_has_the_operators_headers(home: Home, alice: JMAP, path: str) -> None:
    """The assignment, "Response headers": its own example, on answers of all kinds."""
    home.abides_by(headers=["Cache-Control: max-age=3600", "Server: Stalwart JMAP"])
    reply = alice.sends("GET", path)

    assert (reply.headers["cache-control"], reply.headers["server"]) == ("max-age=3600", "Stalwart JMAP")


def test_who_is_not_let_in_is_told_them_as_well(home: Home, alice: JMAP) -> None:
    """http-server.md section 1.2: all error answers have them."""
    home.abides_by(headers="X-House: home")

    assert home.web.sends("GET", "/.well-known/jmap").headers["x-house"] == "home"
    assert home.web.sends("OPTIONS", "/jmap/").headers["x-house"] == "home"


def test_an_event_source_has_them(home: Home, alice: JMAP) -> None:
    """http-server.md section 1.2: event streams have them."""
    home.abides_by(headers="X-House: home")
    stream = alice.listens()

    assert stream.headers["x-house"] == "home"


def test_a_refused_websocket_has_them(home: Home, alice: JMAP) -> None:
    """http-server.md section 1.2."""
    home.abides_by(headers="X-House: home")
    talk = Talk(home.web, "/jmap/ws", {})

    assert talk.reply is not None
    assert talk.reply.headers["x-house"] == "home"


def test_nothing_of_an_answers_frame_is_replaced(home: Home, alice: JMAP) -> None:
    """Ours: a header of the operator never ends an answer early."""
    home.abides_by(headers="Content-Type: text/plain")
    reply = alice.sends("GET", "/.well-known/jmap")

    assert reply.headers["content-type"] == "text/plain"
    assert int(reply.headers["content-length"]) == len(reply.octets)
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_content_security_policy_is_added_to_that_of_a_download(home: Home, alice: JMAP) -> None:
    """CSP level 3, section 8.1: of several policies all hold; what strangers wrote stays in its sandbox."""
    blob = alice.uploads(b"<script>", "text/html")
    home.abides_by(headers="Content-Security-Policy: default-src 'self'")
    reply = alice.downloads(blob)

    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none', default-src 'self'"


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({}, "Basic"),
        ({"Sec-Fetch-Mode": "navigate"}, "Basic"),
        ({"Sec-Fetch-Mode": "cors"}, "Bearer"),
        ({"Sec-Fetch-Mode": "same-origin"}, "Bearer"),
        ({"Origin": "https://app.example.org"}, "Bearer"),
        ({"X-Requested-With": "XMLHttpRequest"}, "Bearer"),
    ],
)
def test_a_script_is_not_asked_for_a_password_by_the_browser(
    home: Home, headers: dict[str, str], challenge: str
) -> None:
    """Architecture section 4: a challenge of Basic makes a browser's dialog pop up over the page that asked."""
    reply = home.web.sends("GET", "/.well-known/jmap", headers)

    assert reply.status == 401
    assert reply.headers["www-authenticate"].split()[0] == challenge


@pytest.mark.parametrize("path", ["/jmap", "/jmap/", "/.well-known/jmap"])
def test_options_tells_what_may_be_done(home: Home, path: str) -> None:
    """RFC 9110 section 9.3.7; nobody has to say who they are for it."""
    reply = home.web.sends("OPTIONS", path)

    assert (reply.status, reply.octets) == (204, b"")
    assert "content-length" not in reply.headers
    assert set(reply.headers["allow"].split(", ")) == (
        {"POST", "OPTIONS"} if path.startswith("/jmap") else {"GET", "HEAD", "OPTIONS"}
    )


def test_options_of_nothing_is_not_found(home: Home) -> None:
    """RFC 9110 section 15.5.5."""
    assert home.web.sends("OPTIONS", "/nothing").status == 404


def test_options_of_the_server_as_a_whole(home: Home) -> None:
    """RFC 9110 section 9.3.7: `*`."""
    reply = home.web.sends("OPTIONS", "*")

    assert reply.status == 204
    assert "OPTIONS" in reply.headers["allow"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "a.example", "host": "a.example"},
        {"Host": "a.example", "host": "b.example"},
        {"Host": "a b"},
        {"Host": "user@a.example"},
        {"Host": "a.example/path"},
        {"Host": "a.example:port"},
        {"Host": "[::1"},
        {"Host": "a" * 400},
        {"Host": "a\x00b"},
    ],
)
def test_a_request_has_one_host(home: Home, headers: dict[str, str]) -> None:
    """RFC 9112 section 3.2: more than one, or one that is none, is 400."""
    assert home.web.sends("GET", "/.well-known/jmap", headers).status == 400


def test_a_request_without_a_host_is_refused(home: Home) -> None:
    """RFC 9112 section 3.2; HTTP/1.0 has none."""
    without, older = home.web.together(
        [
            Request("GET", "/.well-known/jmap", host=None),
            Request("GET", "/.well-known/jmap", host=None, version="1.0"),
        ]
    )

    assert (without.status, older.status) == (400, 401)


def test_a_head_that_is_too_large_is_refused(home: Home, alice: JMAP) -> None:
    """RFC 6585 section 5: `server.http.max-header-size`."""
    home.abides_by(max_header_size="9000")

    assert alice.sends("GET", "/.well-known/jmap", {"X": "x" * 8000}).status == 200
    for headers, target in (({"X": "x" * 9000}, "/"), ({"x" * 9000: ""}, "/"), ({}, "/" + "x" * 9000)):
        reply = alice.sends("GET", target, headers)

        assert (reply.status, reply.headers["connection"]) == (431, "close")
        assert reply.json()["title"] == "Request Header Fields Too Large"


@pytest.mark.parametrize("host", ["", "other.example", "192.0.2.1:80", "[::1]:8080", "a.example:", "xn--a-ecp.example"])
def test_any_host_may_be_meant(home: Home, alice: JMAP, host: str) -> None:
    """Ours: no URL is made of it, so that it does not matter."""
    reply = alice.sends("GET", "/.well-known/jmap", {"Host": host})

    assert reply.status == 200
    assert b"example.com" not in reply.octets
    assert reply.json()["apiUrl"].startswith("http://127.0.0.1:8080/")


def test_a_websocket_that_begins_has_the_operators_headers(home: Home, alice: JMAP) -> None:
    """http-server.md section 1.2: 101 as well."""
    home.abides_by(headers="X-House: home")

    assert alice.talks().headers["x-house"] == "home"
