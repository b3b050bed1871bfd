"""Bans with a server that runs, over sockets (adr/0041)."""

import json
import socket
from collections.abc import Callable

import pytest
from tests.journeys.program import Server, until

pytestmark = pytest.mark.slow

PROXIED = "[server]\nworkers = 2\nproxy.trusted-networks = '127.0.0.0/8'\n"
FORWARDED = "[server]\nworkers = 2\nhttp.use-x-forwarded = true\n"
THIEF, OTHER = "203.0.113.9", "203.0.113.10"


@pytest.fixture
def proxied(served: Callable[..., Server]) -> Server:
    """Behind a proxy that says by the PROXY protocol whom it speaks for."""
    return served(PROXIED)


def sent(server: Server, address: str | None, octets: bytes) -> bytes:
    """All that comes back for these octets, sent by way of the proxy."""
    with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
        try:
            if address is not None:
                connection.sendall(f"PROXY TCP4 {address} 192.0.2.1 40000 80\r\n".encode())
            connection.sendall(octets)
            answer = b""
            while more := connection.recv(65536):
                answer += more
        except ConnectionResetError:
            return b""
    return answer


def status(server: Server, address: str | None, path: str = "/healthz/live", header: str = "") -> int | None:
    """That of the answer; None if there is none."""
    octets = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n".encode()
    answer = sent(server, address, octets)
    return int(answer.split(b" ")[1]) if answer else None


def banned(server: Server) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(server.program("ban", "list", "--json"))
    return found


def test_who_is_banned_is_not_accepted_and_who_is_no_longer_is(proxied: Server) -> None:
    """Ours: by the command line, at once, in every worker."""
    assert status(proxied, THIEF) == 200
    proxied.program("ban", "add", THIEF, "--for", "1h", "--reason", "rude")
    until(lambda: [status(proxied, THIEF) for _ in range(8)] == [None] * 8, "all workers refuse", 5)
    assert status(proxied, OTHER) == 200

    proxied.program("ban", "remove", THIEF)
    until(lambda: [status(proxied, THIEF) for _ in range(8)] == [200] * 8, "all workers accept", 5)


def test_a_scan_is_banned_by_all_workers_and_the_ban_outlives_them(proxied: Server) -> None:
    """Ours."""
    assert status(proxied, THIEF, "/wp-login.php") == 404
    until(lambda: [status(proxied, THIEF) for _ in range(8)] == [None] * 8, "all workers refuse", 5)

    (one,) = banned(proxied)
    assert (one["network"], one["reason"]) == (f"{THIEF}/32", "scan")
    (told,) = proxied.events("ban.made")
    assert told["until"] == one["expires"]
    proxied.stop()
    proxied.start()
    assert status(proxied, THIEF) is None
    assert status(proxied, OTHER) == 200


def test_what_speaks_no_http_is_banned_but_not_a_browser_that_tries_tls(proxied: Server) -> None:
    """Ours: 30 a day; RFC 8446 section 5.1 is how TLS begins."""
    for _ in range(40):
        sent(proxied, OTHER, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64))
        sent(proxied, THIEF, b"SSH-2.0-scan\r\n\r\n")
    until(lambda: [one["network"] for one in banned(proxied)] == [f"{THIEF}/32"], "the one is banned", 10)

    until(lambda: status(proxied, THIEF) is None, "it is refused", 5)
    assert status(proxied, OTHER) == 200


def test_a_forwarded_address_is_told_that_it_is_banned(served: Callable[..., Server]) -> None:
    """Ours: the connection is the proxy's, which has others' requests to bring."""
    server = served(FORWARDED)
    header = f"X-Forwarded-For: {THIEF}\r\n"
    assert status(server, None, "/x.php", header) == 404

    until(lambda: [status(server, None, header=header) for _ in range(8)] == [403] * 8, "all workers refuse", 5)
    assert status(server, None, header=f"X-Forwarded-For: {OTHER}\r\n") == 200
    assert status(server, None) == 200
