"""Chromium reads mail over a WebSocket (RFC 8887), in a page of another site that has a ticket and nothing else."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.journeys.program import Server
from tests.neighbour.chromium import Tab, tab

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

PAGE = Path(__file__).with_name("mail.html")


@pytest.fixture
def site() -> Iterator[str]:
    """Where the page is served, which is not where mail is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            octets = PAGE.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's word
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_address[1]}/"
        serving.shutdown()
        thread.join()


@pytest.fixture
def chromium() -> Iterator[Tab]:
    with tab() as page:
        yield page


def mail(subject: str, text: str) -> bytes:
    """A message."""
    return f"From: bob@far.example\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()


def test_mail_is_listed_opened_marked_and_heard_of(server: Server, site: str, chromium: Tab) -> None:
    alice = server.account("alice@far.example")
    email = alice.import_(mail("First", "Hello from Bob."))["id"]
    socket = f"ws://127.0.0.1:{server.port}/jmap/ws"
    ticketed = json.loads(alice.http("POST", "/jmap/ticket", json.dumps({"url": socket}).encode()))["url"]

    chromium.opens(f"{site}#{urlencode({'socket': ticketed, 'account': alice.account})}")
    chromium.waits("document.querySelectorAll('li.unread').length === 1")
    chromium.says("document.querySelector('li').click()")
    chromium.waits("document.getElementById('opened').textContent.includes('Hello from Bob.')")
    chromium.waits("document.querySelectorAll('li.read').length === 1")
    assert alice.call("Email/get", ids=[email], properties=["keywords"])["list"][0]["keywords"] == {"$seen": True}

    alice.import_(mail("Second", "Hello again."))
    chromium.waits("document.querySelectorAll('li').length === 2")
    shown = chromium.says("[...document.querySelectorAll('li')].map((line) => line.textContent)")
    assert set(shown) == {"First", "Second"}

    server.stop()
    chromium.waits("document.title === 'closed: 1001'")


def test_a_page_without_a_ticket_is_kept_out(server: Server, site: str, chromium: Tab) -> None:
    alice = server.account("alice@far.example")
    socket = f"ws://127.0.0.1:{server.port}/jmap/ws"

    chromium.opens(f"{site}#{urlencode({'socket': socket, 'account': alice.account})}")
    chromium.waits("document.title === 'closed: 1006'")
