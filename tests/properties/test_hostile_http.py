"""Whatever a request says: it is answered, by what is meant for that, and is from whom it is from."""

import io
import json
import re
import tracemalloc
from collections.abc import Mapping
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from tests.driver import JMAP, Home, Request

from pillarbox.http import Forwarding, Trust
from pillarbox.telemetry import configure
from pillarbox.wire.forwarded import address

PEERS = some.sampled_from(["192.0.2.9", "10.0.0.1", "2001:db8::9", "127.0.0.1", None])
NAMES = some.sampled_from(
    ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Via", "Origin", "Range",
     "If-None-Match", "If-Modified-Since", "Accept-Encoding", "Content-Type", "Content-Length", "Cookie", "User-Agent",
     "Authorization", "Access-Control-Request-Method", "Sec-Fetch-Mode", "Last-Event-ID", "Host", "X"]
)  # fmt: skip
PIECES = some.sampled_from(
    ["for=", "127.0.0.1", "192.0.2.66", "[::1]", '"', ",", ";", "=", " ", "\t", "\\", "proto=https", "unknown", "_x",
     ":", "99999", "gzip", "q=", "bytes=", "0-", "-1", "*", "W/", "Basic ", "Og==", "Bearer ", "%00", "\x80", "\xff",
     "9" * 400, "Sat, 99 Foo 99999", "../", "https://a.example", "GET"]
)  # fmt: skip
TEXTS = some.one_of(
    some.lists(PIECES, max_size=12).map("".join), some.text(some.characters(min_codepoint=32, max_codepoint=255))
)
HEADERS = some.dictionaries(NAMES, TEXTS, max_size=5)
PARTS = some.sampled_from(
    ["jmap", ".well-known", "static", "upload", "download", "eventsource", "ws", "healthz", "live", "a1", "b1", "index",
     "..", ".", "", "%2e%2e", "%2f", "%00", "%", "%zz", "%ff", "%c0%af", "style.css", "\\", ";x", "*", "a" * 300,
     "acme-challenge", "mail", "config-v1.1.xml", "autodiscover", "autodiscover.xml", "robots.txt", "wp-login.php"]
)  # fmt: skip
PATHS = some.lists(PARTS, min_size=1, max_size=6).map(lambda parts: "/" + "/".join(parts))
QUERIES = some.one_of(
    some.just(""),
    some.lists(
        some.sampled_from(["accept=", "types=", "&", "=", "%", "%ff", "+", "*", "ping=-1", "closeafter=x", "ticket=",
                           "emailaddress=", "a@b", "<x>", "text/html\x80", "%0d%0aX:%20y", "9" * 30]),
        max_size=8,
    ).map(lambda parts: "?" + "".join(parts)),
)  # fmt: skip
METHODS = some.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "X-Y", "get"])

KNOWN = {200, 201, 204, 206, 304, 400, 401, 403, 404, 405, 408, 413, 416, 426, 429, 431}

of_home = settings(
    max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)


@pytest.mark.parametrize("written", [{}, {"use_x_forwarded": "true", "permissive_cors": "true", "hsts": "true"}])
@of_home
@given(METHODS, PATHS, QUERIES, HEADERS, some.binary(max_size=100), PEERS)
def test_whatever_is_asked_for_is_answered(
    home: Home, written: Mapping[str, str], method: str, path: str, query: str, headers: dict[str, str], body: bytes,
    peer: str | None,
) -> None:  # fmt: skip
    """Issue: bad input is a clear 4xx; never a bug of ours (500), and the log's lines are each of one line."""
    log = io.StringIO()
    configure("debug", "json", log)
    home.abides_by(**written)
    headers = {name: value.strip() for name, value in headers.items()}
    (reply,) = home.web.together([Request(method, path + query, headers, (body,), peer=peer)])

    assert reply.status in KNOWN | ({308} if written else set()), reply
    if reply.status >= 400 and method != "HEAD":
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["status"] == reply.status
    if "location" in reply.headers:
        assert re.fullmatch(r"https?://[!-~]+", reply.headers["location"])
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {"http.request"} <= {line["event"] for line in lines}
    assert not {"http.failed", "library.spoke", "store.failed"} & {line["event"] for line in lines}


@of_home
@given(some.lists(PARTS, min_size=1, max_size=3).map("/".join), QUERIES, HEADERS)
def test_whatever_is_downloaded_is_answered(home: Home, name: str, query: str, headers: dict[str, str]) -> None:
    """RFC 8620 section 6.2: names and types are anybody's."""
    alice = home.directory.find("alice@home.example")
    person = home.person("alice") if alice is None else JMAP(home.web, alice.address, "alice's secret", alice.id, 1)
    blob = person.uploads(b"octets")
    asked = {key: value for key, value in headers.items() if key not in ("Authorization", "Host")}
    target = f"/jmap/download/{person.account_id}/{blob}/{name}"
    reply = person.sends("GET", target + query, {key: value.strip() for key, value in asked.items()})

    assert reply.status in KNOWN
    if reply.status == 200:
        assert reply.headers["content-disposition"].startswith("attachment")
        assert reply.headers["content-security-policy"].startswith("sandbox;")


def fields(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def scope(peer: str | None, headers: Mapping[str, str]) -> dict[str, Any]:
    return {"client": None if peer is None else (peer, 1), "scheme": "http", "headers": fields(headers)}


@given(some.sampled_from(Forwarding), some.sampled_from(["192.0.2.9", "2001:db8::9"]), HEADERS)
@example(Forwarding.ANY, "192.0.2.9", {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"})
def test_who_is_not_trusted_is_who_they_are(forwarding: Forwarding, peer: str, headers: dict[str, str]) -> None:
    """Issue: forged headers from an untrusted peer change nothing."""
    client = Trust(forwarding).client(scope(peer, headers))

    assert (client.address, client.scheme) == (peer, "http")
    assert True not in (client.is_local, client.is_forwarded, client.is_unclear, client.is_proxy)


@given(some.sampled_from(Forwarding), some.sampled_from(["10.0.0.1", "127.0.0.1", None]), HEADERS, some.ip_addresses())
def test_of_a_trusted_proxy_the_last_word_counts(
    forwarding: Forwarding, peer: str | None, headers: dict[str, str], named: object
) -> None:
    """Architecture section 4: whatever its client has written before; and nobody who was named is local."""
    client = Trust(forwarding).client(scope(peer, headers))
    assert client.ip is None or address(client.address) == client.ip

    added = {**headers, "X-Forwarded-For": headers.get("X-Forwarded-For", "") + f", {named}"}
    client = Trust(Forwarding.X_FORWARDED_FOR).client(scope(peer, added))
    assert not client.is_local
    if (ip := address(str(named))) is not None and ip.is_global:
        assert client.address == str(ip)


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "Accept-Encoding", "Range",
                                  "If-None-Match", "Authorization", "Origin", "Content-Type", "Cookie"])  # fmt: skip
@pytest.mark.parametrize("piece", [",", '"', "for=1,", "a;", "*,", "gzip;q=0.", "0-,", "%", " \t", "\\", "=", 'a="'])
def test_a_header_of_64_kb_takes_but_a_moment(home: Home, name: str, piece: str) -> None:
    """Issue: 64 kB header lines; time and memory are bounded."""
    home.abides_by(use_x_forwarded="true", cors_origins="https://app.home.example", max_header_size="100000")
    value = (piece * 65536)[:65536].strip()
    home.web.sends("GET", "/robots.txt", {name: "a"}, peer="10.0.0.1")
    tracemalloc.start()
    began = process_time()
    replies = [
        home.web.sends("GET", path, {name: value}, peer="10.0.0.1") for path in ("/static/style.css", "/jmap/ws")
    ]
    seconds, (_, most) = process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert {reply.status for reply in replies} <= KNOWN
    assert seconds < 2
    assert most < 20_000_000
