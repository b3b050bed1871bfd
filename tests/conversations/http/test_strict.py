"""HTTPS exclusively (RFC 6797; the assignment, "Strict Transport Security"; architecture section 4)."""

import json

import pytest
from tests.driver import JMAP, Home, Reply, Request, Talk, like

TLS = {
    "server.hostname": "mail.home.example",
    "server.http.hsts": "true",
    "server.listener.http.protocol": "http",
    "server.listener.http.bind": "127.0.0.1:8080",
    "server.listener.https.protocol": "http",
    "server.listener.https.bind": "127.0.0.1:8443",
    "server.listener.https.tls.implicit": "true",
}
PROXIED = {"server.http.use-x-forwarded": "true", "server.http.trusted-proxies": "203.0.113.1"}


def got(home: Home, target: str, **more: object) -> Reply:
    """The answer to a GET without credentials."""
    (reply,) = home.web.together([Request("GET", target, **more)])  # type: ignore[arg-type]
    return reply


def test_over_tls_browsers_are_told(home: Home, alice: JMAP) -> None:
    """RFC 6797 section 7.1; without `preload`, which is not asked for (ours)."""
    home.runs_by(TLS)
    for path in ("/.well-known/jmap", "/nothing"):
        reply = got(home, path, scheme="https")

        assert reply.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_it_is_told_as_the_settings_say(home: Home) -> None:
    """RFC 6797 section 6.1."""
    home.runs_by(
        {
            **TLS,
            "server.http.hsts-max-age": "730d",
            "server.http.hsts-preload": "true",
            "server.http.headers": "Strict-Transport-Security: max-age=0",
        }
    )
    told = got(home, "/", scheme="https").headers["strict-transport-security"]
    home.runs_by({**TLS, "server.http.hsts-include-subdomains": "false", "server.http.hsts-max-age": "1d"})

    assert told == "max-age=63072000; includeSubDomains; preload"
    assert got(home, "/", scheme="https").headers["strict-transport-security"] == "max-age=86400"


def test_in_the_clear_nobody_is_told(home: Home, alice: JMAP) -> None:
    """RFC 6797 section 7.2: the header MUST NOT be there."""
    home.runs_by(TLS)

    assert "strict-transport-security" not in got(home, "/.well-known/jmap").headers
    assert "strict-transport-security" not in alice.sends("POST", "/jmap/").headers


def test_without_the_setting_nothing_is_forced(home: Home, alice: JMAP) -> None:
    """The assignment: the default is false."""
    assert "strict-transport-security" not in got(home, "/.well-known/jmap", scheme="https").headers
    assert got(home, "/.well-known/jmap").status == 401


@pytest.mark.parametrize("target", ["/.well-known/jmap", "/robots.txt?a=%20b", "//evil.example/", "/nothing"])
def test_a_get_is_sent_on_to_https(home: Home, target: str) -> None:
    """RFC 6797 section 7.2: a redirect to the same place."""
    home.runs_by({**TLS, "server.http.url": "'https://mail.home.example'"})
    reply = got(home, target)

    assert (reply.status, reply.headers["location"]) == (308, f"https://mail.home.example{target}")
    assert reply.headers["cache-control"] == "no-store"


def test_head_is_sent_on_as_well(home: Home) -> None:
    """RFC 9110 section 9.3.2."""
    home.runs_by(TLS)
    reply = home.web.sends("HEAD", "/nothing")

    assert (reply.status, reply.octets) == (308, b"")


def test_the_url_is_that_of_the_listener_that_speaks_tls(home: Home) -> None:
    """Architecture section 4: the expression is evaluated with that listener's variables."""
    home.runs_by({**TLS, "server.http.url": "protocol + '://' + listener + '.example:' + local_port"})

    assert got(home, "/a").headers["location"] == "https://https.example:8443/a"


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1:8080"])
def test_where_it_leads_does_not_follow_the_host(home: Home, host: str) -> None:
    """Architecture section 4: nothing comes from Host."""
    home.runs_by({**TLS, "server.http.url": "'https://mail.home.example'"})

    assert got(home, "/a", host=host).headers["location"] == "https://mail.home.example/a"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_what_is_no_get_is_refused(home: Home, method: str) -> None:
    """Architecture section 4: what a redirected POST carried has been read on its way already."""
    home.runs_by(TLS)
    reply = home.web.sends(method, "/jmap/", {}, b"")

    assert reply.status == 403
    assert reply.json() == like(type="about:blank", status=403, title="Forbidden")
    assert "https" in reply.json()["detail"]


def test_what_carries_a_password_is_refused(home: Home, alice: JMAP) -> None:
    """Architecture section 4: it is to be noticed, or it goes on."""
    home.runs_by(TLS)

    assert alice.sends("GET", "/.well-known/jmap").status == 403
    assert home.web.sends("GET", "/a", {"Cookie": "a=b"}).status == 403
    assert home.web.sends("GET", "/jmap/eventsource/?ticket=abc").status == 403


def test_a_websocket_is_refused(home: Home, alice: JMAP) -> None:
    """RFC 6797 section 7.2 is about HTTP; no WebSocket client follows a redirect (ours)."""
    home.runs_by(TLS)
    talk = Talk(home.web, "/jmap/ws", alice.credentials)

    assert talk.reply is not None
    assert talk.reply.status == 403


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready", "/.well-known/acme-challenge/token"])
def test_who_cannot_speak_tls_yet_is_exempt(home: Home, path: str) -> None:
    """Architecture section 4: health checks, and what a certificate is had by (RFC 8555 section 8.3)."""
    home.runs_by(TLS)

    assert got(home, path).status in (200, 404)


def test_it_holds_for_loopback_and_not_for_the_unix_socket(home: Home) -> None:
    """Architecture section 4, "Local"."""
    home.runs_by(TLS)

    assert got(home, "/nothing", peer="127.0.0.1").status == 308
    assert got(home, "/nothing", peer=None).status == 404


def test_without_a_way_to_https_it_is_refused(home: Home) -> None:
    """Architecture section 4: never a redirect to what does not speak TLS."""
    home.abides_by(hsts="true")
    reply = got(home, "/nothing")

    assert reply.status == 403
    assert "server.http.url" in reply.json()["detail"]


def test_the_url_may_be_a_proxys(home: Home) -> None:
    """Architecture section 4: without TLS here, if the URL is https."""
    home.abides_by(hsts="true", url="'https://mail.home.example'")

    assert got(home, "/nothing").headers["location"] == "https://mail.home.example/nothing"


def test_tls_may_end_at_a_proxy_that_is_trusted(home: Home) -> None:
    """Architecture section 4: what it says of the scheme counts."""
    home.runs_by({**TLS, **PROXIED, "server.http.url": "protocol + '://mail.home.example'"})
    headers = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
    secure = got(home, "/nothing", headers=headers, peer="203.0.113.1")
    clear = got(home, "/nothing", headers={**headers, "X-Forwarded-Proto": "http"}, peer="203.0.113.1")

    assert (secure.status, "strict-transport-security" in secure.headers) == (404, True)
    assert (clear.status, clear.headers["location"]) == (308, "https://mail.home.example/nothing")


def test_nobody_else_says_that_it_was_tls(home: Home) -> None:
    """Issue: forged headers change nothing."""
    home.runs_by({**TLS, **PROXIED})

    assert got(home, "/nothing", headers={"X-Forwarded-Proto": "https"}).status == 308


def test_behind_a_proxy_that_is_not_trusted_nobody_goes_in_a_circle(home: Home) -> None:
    """Ours: it may have been TLS before the proxy, and would look the same when it comes again."""
    home.abides_by(hsts="true", url="'https://mail.home.example'")
    reply = got(home, "/nothing", headers={"X-Forwarded-For": "192.0.2.1"}, peer="10.0.0.1")

    assert reply.status == 403
    assert "server.http.use-x-forwarded" in reply.json()["detail"]


def test_who_is_sent_on_again_and_again_is_told(home: Home) -> None:
    """Ours: a proxy that ends TLS and says nothing of it would make a circle of the redirect."""
    home.abides_by(hsts="true", url="'https://mail.home.example'")
    statuses = [got(home, "/nothing").status for _ in range(12)]

    assert statuses[0] == 308
    assert statuses[-1] == 403
    assert got(home, "/other").status == 308


def test_the_log_is_told_once_for_each_client(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    """Ours: nobody fills the log with what they ask for in the clear."""
    home.abides_by(hsts="true", url="'http://mail.home.example'")
    capfd.readouterr()
    for peer in ("192.0.2.9", "192.0.2.10", "192.0.2.9", "192.0.2.9"):
        assert home.web.sends("GET", "/", peer=peer).status == 403

    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["event"], line["client"]) for line in lines] == [
        ("http.insecure", "192.0.2.9"),
        ("http.insecure", "192.0.2.10"),
    ]


@pytest.mark.parametrize("target", ["*", "*@evil.example/", "*.evil.example/"])
def test_what_is_no_path_is_not_sent_on(home: Home, target: str) -> None:
    """Ours: behind the name of this server it would be another name."""
    home.abides_by(hsts="true", url="'https://mail.home.example'")
    reply = home.web.sends("GET", target, peer="192.0.2.9")

    assert (reply.status, "location" in reply.headers) == (403, False)
