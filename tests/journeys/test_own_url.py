"""The server asks under its own URL, and says so if somebody else answers there."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.program import Server, free_port
from tests.journeys.tls import Certificate, Proxy

pytestmark = pytest.mark.slow


@dataclass
class Front:
    """A proxy that says these things of its clients, or sends them elsewhere."""

    to: int
    says: Mapping[str, str] = field(default_factory=dict)
    moved_to: str | None = None

    @contextmanager
    def serving(self) -> Iterator[int]:
        """A block in which it listens at a port."""
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if front.moved_to is not None:
                    self.send_response(301)
                    self.send_header("Location", front.moved_to + self.path)
                    self.end_headers()
                    return
                connection = HTTPConnection("127.0.0.1", front.to, timeout=10)
                connection.request("GET", self.path, headers={"Host": self.headers["Host"], **front.says})
                answer = connection.getresponse()
                octets = answer.read()
                connection.close()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def log_message(self, *_: Any) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", free_port()), Handler) as listening:
            thread = threading.Thread(target=listening.serve_forever)
            thread.start()
            try:
                yield listening.server_port
            finally:
                listening.shutdown()
                thread.join()


@pytest.fixture
def server(shared: Server) -> Server:
    shared.turn_page()
    return shared


@pytest.fixture
def fronts() -> Iterator[Callable[..., int]]:
    """Starts proxies; the port of each."""
    with ExitStack() as running:
        yield lambda to, says=None, moved_to=None: running.enter_context(Front(to, says or {}, moved_to).serving())


def write(server: Server, text: str) -> None:
    """Further settings, in force at once."""
    with server.program.config.open("a") as config:
        config.write(text)
    done = server.program.run_at(server.program.data, "reload")
    assert done.returncode == 0, done


def found(server: Server) -> list[tuple[str, str, str]]:
    return [(one["place"], one["weight"], one["problem"]) for one in server.program.doctor()]


def test_a_server_that_is_reached_directly(server: Server) -> None:
    assert found(server) == []
    write(server, f"[server.http]\nurl = \"'http://localhost:{server.port}'\"\n")
    assert found(server) == []


def test_a_wrong_port_is_told_with_the_right_one(server: Server) -> None:
    write(server, f"[server.http]\nurl = \"'http://localhost:{free_port()}'\"\n")

    done = server.program.run("doctor", "--json")

    (one,) = json.loads(done.stdout)
    assert (done.returncode, one["place"], one["weight"]) == (1, "server.http.url", "trouble")
    assert f"write server.http.url = \"'http://localhost:{server.port}'\"" in one["problem"]


def test_a_proxy_that_is_not_heeded(server: Server, fronts: Callable[..., int]) -> None:
    """Issue: missing `use-x-forwarded` and `trusted-proxies` when forwarded headers were seen."""
    port = fronts(server.port, {"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "http"})
    write(server, f"[server.http]\nurl = \"'http://localhost:{port}'\"\n")

    (one,) = found(server)

    assert one[:2] == ("server.http.use-x-forwarded", "remark")
    assert 'server.http.trusted-proxies = ["127.0.0.1"]' in one[2]
    write(server, 'use-x-forwarded = true\ntrusted-proxies = ["127.0.0.1"]\n')
    assert found(server) == []


def test_a_proxy_that_does_not_stand_where_the_url_leads(server: Server) -> None:
    """What workers have seen is told, until the settings are read again."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    for _ in range(2):
        connection.request("GET", "/robots.txt", headers={"X-Forwarded-For": "192.0.2.9"})
        connection.getresponse().read()
    connection.close()

    (one,) = found(server)

    assert one[:2] == ("server.http.use-x-forwarded", "remark")
    assert "127.0.0.1 says whom requests are from" in one[2]
    write(server, "")
    assert found(server) == []


def test_what_waits_for_a_restart_is_told(server: Server) -> None:
    config = server.program.config
    config.write_text(config.read_text().replace("workers = 1", "workers = 7"))
    write(server, "")

    assert [one[:2] for one in found(server)] == [("server.workers", "remark")]


@pytest.mark.parametrize("says", [{"X-Forwarded-Proto": "https"}, {"Forwarded": "for=192.0.2.9;proto=https"}])
def test_https_at_the_proxy_but_http_in_the_url(
    server: Server, fronts: Callable[..., int], says: Mapping[str, str]
) -> None:
    port = fronts(server.port, says)
    write(server, f"[server.http]\nurl = \"'http://localhost:{port}'\"\nuse-x-forwarded = true\n")

    told = found(server)

    assert ("server.http.url", "remark") in {one[:2] for one in told}
    assert any(f"write server.http.url = \"'https://localhost:{port}'\"" in one[2] for one in told)


def test_where_a_redirect_leads_is_the_right_url(folder: Path, fronts: Callable[..., int]) -> None:
    """As proxies do with all that comes by http."""
    certificate = Certificate(folder)
    tls = free_port()
    server = Server(folder / "server")
    port = fronts(server.port, moved_to=f"https://127.0.0.1:{tls}")
    server.program.environment["SSL_CERT_FILE"] = str(certificate.path)
    with server.program.config.open("a") as config:
        config.write(f"[server.http]\nurl = \"'http://127.0.0.1:{port}'\"\n")
    with Proxy(certificate, tls, server.port), server.running():
        (one,) = found(server)

    assert one[1] == "trouble"
    assert f"redirected to https://127.0.0.1:{tls}" in one[2]
    assert f"write server.http.url = \"'https://127.0.0.1:{tls}'\"" in one[2]


def test_another_server_is_no_proof(server: Server, served: Callable[..., Server]) -> None:
    """One that is Pillarbox as well, and answers at the same path."""
    other = served()
    write(server, f"[server.http]\nurl = \"'http://127.0.0.1:{other.port}'\"\n")

    (one,) = found(server)

    assert "(404) is another server" in one[2]
    assert f"'http://127.0.0.1:{server.port}'" in one[2]


def test_an_address_that_was_not_to_be_had_is_told(served: Callable[..., Server]) -> None:
    """Ours: all others are served, so that nothing else would say so."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = served(f"[server.listener.second]\nprotocol = 'http'\nbind = '127.0.0.1:{port}'\n")

        done = server.program.run("doctor", "--json")

    assert done.returncode == 1
    (found,) = [one for one in json.loads(done.stdout) if one["place"] == "server.listener.second.bind"]
    assert found["weight"] == "trouble"
    assert "something else listens there" in found["problem"]
