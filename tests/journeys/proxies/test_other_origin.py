"""A web client that is hosted elsewhere, in Chromium: what its page may do is what the settings say (WHATWG Fetch)."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.journeys.client import Client
from tests.journeys.program import Server
from tests.neighbour.chromium import Tab, tab

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

PAGE = b"""<!doctype html><title>Mail elsewhere</title><script>
async function ask(method, url, headers, body) {
  try {
    const answer = await fetch(url, {method, headers, body});
    const told = Object.fromEntries(answer.headers);
    return {status: answer.status, text: await answer.text(), headers: told};
  } catch (problem) {
    return {blocked: problem.name};
  }
}
function listen(url) {
  return new Promise((done) => {
    const source = new EventSource(url);
    source.addEventListener("state", (event) => { source.close(); done(event.data); });
    source.onopen = () => { window.listening = true; };
    source.onerror = () => { source.close(); done("error"); };
  });
}
</script>"""
MESSAGE = b"From: bob@far.example\r\nSubject: Hello\r\n\r\nHello.\r\n"


@dataclass
class Elsewhere:
    """A page of `origin`, and the mail server of Alice, which is another one."""

    page: Tab
    origin: str
    server: Server
    alice: Client
    usual: str

    def may(self, cors: str) -> None:
        """Puts the settings of `server.http` in force, and opens the page anew: browsers remember preflights."""
        self.server.program.config.write_text(f"{self.usual}\n[server.http]\n{cors}\n")
        done = self.server.program.run_at(self.server.program.data, "reload")
        assert done.returncode == 0, done.stdout + done.stderr
        self.page.opens(self.origin)
        self.page.waits("document.title === 'Mail elsewhere' && document.readyState === 'complete'")

    def asks(self, method: str, path: str, body: str | None = None, **headers: str) -> dict[str, Any]:
        """What the page gets to see of an answer: status, text and headers; or `blocked`."""
        said = {**self.alice.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        arguments = json.dumps([method, self.server.url + path, said, body])
        found: dict[str, Any] = self.page.says(f"ask(...{arguments})")
        return found

    def echo(self) -> dict[str, Any]:
        request = {"using": ["urn:ietf:params:jmap:core"], "methodCalls": [["Core/echo", {"hello": True}, "c"]]}
        return self.asks("POST", "/jmap/", json.dumps(request), Content_Type="application/json")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    folder = tmp_path_factory.mktemp("elsewhere")
    server = Server(folder / "server", "[server]\nworkers = 1\n")
    server.program.account("alice@far.example")
    done = server.program.run_at(server.program.data, "account", "role", "alice@far.example", "add", "admin")
    assert done.returncode == 0, done.stdout + done.stderr
    with server.running(), _site() as origin, tab() as page:
        alice = server.client("alice@far.example")
        yield Elsewhere(page, origin, server, alice, server.program.config.read_text())
    shutil.rmtree(folder, ignore_errors=True)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's word
        """Nothing."""


@contextmanager
def _site() -> Iterator[str]:
    """The origin of the other site, which is there for a block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{serving.server_port}"
        finally:
            serving.shutdown()
            thread.join()


@pytest.fixture(scope="module", params=["permissive-cors", "cors-origins"])
def permitted(request: pytest.FixtureRequest, elsewhere: Elsewhere) -> Elsewhere:
    """The page may read answers, as all pages may, or as this one may."""
    one = {"permissive-cors": "permissive-cors = true", "cors-origins": f'cors-origins = ["{elsewhere.origin}"]'}
    elsewhere.may(one[request.param])
    return elsewhere


@pytest.fixture(scope="module", params=["neither", "another origin"])
def forbidden(request: pytest.FixtureRequest, elsewhere: Elsewhere) -> Elsewhere:
    """It may not, as none may, or as another one may."""
    elsewhere.may("" if request.param == "neither" else 'cors-origins = ["http://127.0.0.1:1"]')
    return elsewhere


def test_jmap_is_spoken_after_a_preflight(permitted: Elsewhere) -> None:
    """Issue; `Authorization` and the media type are what the browser asks leave for."""
    answer = permitted.echo()

    assert answer["status"] == 200
    assert json.loads(answer["text"])["methodResponses"] == [["Core/echo", {"hello": True}, "c"]]


def test_the_session_is_read(permitted: Elsewhere) -> None:
    """RFC 8620 section 2.2: where a client that knows nothing but the host begins."""
    assert permitted.asks("GET", "/.well-known/jmap")["status"] == 200


def test_files_are_uploaded_and_downloaded(permitted: Elsewhere) -> None:
    """RFC 8620 sections 6.1 and 6.2; a part of one, too."""
    account = permitted.alice.account
    answer = permitted.asks("POST", f"/jmap/upload/{account}/", "0123456789", Content_Type="text/plain")
    assert answer["status"] == 201
    blob = json.loads(answer["text"])["blobId"]

    path = f"/jmap/download/{account}/{blob}/x.txt?accept=text/plain"
    whole, part = permitted.asks("GET", path), permitted.asks("GET", path, Range="bytes=2-4")

    assert (whole["status"], whole["text"]) == (200, "0123456789")
    assert (part["status"], part["text"]) == (206, "234")
    assert "etag" in whole["headers"]


def test_errors_can_be_read(permitted: Elsewhere) -> None:
    """Architecture: errors carry the headers, too, and a script sees what it is asked for; no dialog pops up."""
    answer = permitted.asks("GET", "/.well-known/jmap", Authorization="Basic YTpi")

    assert (answer["status"], json.loads(answer["text"])["status"]) == (401, 401)
    assert answer["headers"]["www-authenticate"].startswith('Bearer realm="Pillarbox"')
    assert permitted.asks("POST", "/jmap/", "{", Content_Type="application/json")["status"] == 400


def test_events_are_heard_with_a_ticket(permitted: Elsewhere) -> None:
    """RFC 8620 section 7.3: an EventSource, which sends no credentials by itself."""
    url = f"{permitted.server.url}/jmap/eventsource/?types=Email&closeafter=no&ping=0"
    ticket = permitted.asks("POST", "/jmap/ticket", json.dumps({"url": url}), Content_Type="application/json")
    assert ticket["status"] == 201

    permitted.page.says(
        f"(window.listening = false, window.heard = null,"
        f" listen({json.dumps(json.loads(ticket['text'])['url'])}).then((data) => {{ window.heard = data; }}), 0)"
    )
    permitted.page.waits("window.listening || window.heard")
    permitted.alice.import_(MESSAGE)
    permitted.page.waits("window.heard")

    told = json.loads(permitted.page.says("window.heard"))
    assert "Email" in told["changed"][permitted.alice.account]


def test_the_server_is_managed(permitted: Elsewhere) -> None:
    """Issue "6. The REST management API": by all methods, with tags and Location, and problems can be read."""
    name = "new.example"
    made = permitted.asks(
        "POST", "/api/principal", json.dumps({"type": "domain", "name": name}), Content_Type="application/json"
    )
    assert (made["status"], made["headers"]["location"]) == (200, f"/api/principal/{name}")

    path = f"/api/v1/principal/{name}"
    tag = permitted.asks("GET", path)["headers"]["etag"]
    change = json.dumps([{"action": "set", "field": "description", "value": "Ours"}])
    old = permitted.asks("PATCH", path, change, Content_Type="application/json", If_Match='"another"')
    assert (old["status"], json.loads(old["text"])["status"]) == (412, 412)
    assert permitted.asks("PATCH", path, change, Content_Type="application/json", If_Match=tag)["status"] == 200
    assert json.loads(permitted.asks("GET", path)["text"])["data"]["description"] == "Ours"
    assert permitted.asks("GET", path, If_None_Match=permitted.asks("GET", path)["headers"]["etag"])["status"] == 304
    assert permitted.asks("DELETE", path)["status"] == 200
    assert permitted.asks("GET", "/api/openapi.json")["status"] == 200


def test_a_page_that_may_not_gets_to_see_nothing(forbidden: Elsewhere) -> None:
    """Issue: without, all is blocked, by the browser."""
    alice = forbidden.alice
    states = alice.call("Email/get", ids=[])["state"]
    blob = alice.upload(MESSAGE)
    download = f"/jmap/download/{alice.account}/{blob}/x?accept=text/plain"

    answers = [
        forbidden.echo(),
        forbidden.asks("GET", "/.well-known/jmap"),
        forbidden.asks("POST", f"/jmap/upload/{alice.account}/", "0123456789", Content_Type="text/plain"),
        forbidden.asks("GET", download),
        forbidden.asks("GET", "/jmap/eventsource/?types=*&closeafter=no&ping=0"),
        forbidden.asks("GET", "/api/principal"),
        forbidden.asks("DELETE", "/api/principal/far.example"),
    ]

    assert answers == [{"blocked": "TypeError"}] * len(answers)
    assert alice.call("Email/get", ids=[])["state"] == states


def test_nor_does_it_with_a_ticket(forbidden: Elsewhere) -> None:
    """Ours: a ticket that has got into a page's hands is no permission to read."""
    alice = forbidden.alice
    blob = alice.upload(MESSAGE)
    urls = {
        "download": f"{forbidden.server.url}/jmap/download/{alice.account}/{blob}/x?accept=text/plain",
        "listen": f"{forbidden.server.url}/jmap/eventsource/?types=*&closeafter=no&ping=0",
    }
    tickets = {
        name: json.loads(alice.http("POST", "/jmap/ticket", json.dumps({"url": url}).encode()))["url"]
        for name, url in urls.items()
    }

    read = forbidden.page.says(f"ask('GET', {json.dumps(tickets['download'])}, {{}})")
    heard = forbidden.page.says(f"listen({json.dumps(tickets['listen'])})")

    assert (read, heard) == ({"blocked": "TypeError"}, "error")
