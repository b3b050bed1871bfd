"""What commands call reaches an endpoint with the same octets by every way, and so does what comes back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.unit.cli.served import supervised

from pillarbox.app import NotServed, asked, house, is_served
from pillarbox.app.endpointcall import MOST, EndpointCall
from pillarbox.app.office import office
from pillarbox.app.performing import answer, performed
from pillarbox.cli.client import Client, Refused, Unreached, at
from pillarbox.cli.client.client import Send
from pillarbox.cli.client.here import by_socket
from pillarbox.cli.client.remote import read, remote, secret
from pillarbox.management import Answer, Endpoint, Office, Request
from pillarbox.management.endpoint import Body, Parameter, Raw
from pillarbox.management.refusal import NotFound
from pillarbox.management.shape import ANYTHING, FLAG, Integer, Text
from pillarbox.settings import snapshot
from pillarbox.store import StoreError

NAME = "Jörg / 50% off?@far.example"


def _said(request: Request) -> Answer:
    told = {"name": request.parts["name"], "query": dict(request.query), "body": request.body}
    return Answer({**told, "by": request.manager.name})


def _gone(request: Request) -> Answer:
    raise NotFound(request.parts["name"])


def _broken(_: Request) -> Answer:
    raise StoreError("the disk is full")


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/echo/{name}",
        "individual-get",
        _said,
        "Says what it was asked.",
        parameters=(
            Parameter("words", Text(), "Any."),
            Parameter("limit", Integer(), "Any."),
            Parameter("count", FLAG, "Any."),
        ),
        body=Body(ANYTHING),
    ),
    Endpoint("DELETE", "/api/echo/{name}", "individual-get", _gone, "Is not there."),
    Endpoint("GET", "/api/broken", "individual-get", _broken, "Fails."),
    Endpoint(
        "POST",
        "/api/raw",
        "individual-get",
        lambda request: Answer(Raw(request.body[::-1], "text/plain")),
        "Octets.",
        body=Body(None, MOST),
        answer=None,
    ),
    Endpoint("GET", "/api/much", "individual-get", lambda _: Answer("a" * MOST), "More than goes."),
)


@contextmanager
def _alone(own: Office, _: Path) -> Iterator[Send]:
    yield lambda call: performed(own, call, ENDPOINTS)


@contextmanager
def _by_socket(own: Office, folder: Path) -> Iterator[Send]:
    with supervised(folder, lambda question: answer(own, question, ENDPOINTS)):
        yield by_socket(folder)


@contextmanager
def _remote(own: Office, _: Path) -> Iterator[Send]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            assert self.headers["Authorization"] == "Bearer sesame"
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            outcome = performed(own, EndpointCall(self.command, self.path, body), ENDPOINTS)
            self.send_response(outcome.status)
            self.send_header("Content-Type", outcome.media_type)
            self.end_headers()
            self.wfile.write(outcome.octets)

        do_GET = do_POST = do_DELETE = _do  # noqa: N815 - as the library calls them

        def log_message(self, *_: object) -> None:
            pass

    with _listening(Handler) as url, remote(url, "sesame") as send:
        yield send


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Office]:
    """A server without a server."""
    settings, _ = snapshot({})
    with house(settings, tmp_path / "var") as built:
        yield office(built, lambda: settings, dict)


@pytest.fixture(params=[_alone, _by_socket, _remote], ids=["alone", "socket", "remote"])
def client(request: pytest.FixtureRequest, own: Office, tmp_path: Path) -> Iterator[Client]:
    """Whoever calls, by each of the ways."""
    with request.param(own, tmp_path / "var") as send:
        yield Client(send)


def test_what_is_called_arrives_as_it_is(client: Client) -> None:
    """Ours: names have any characters, and a flag and a number are read as such."""
    asked = {"words": "a&b=c +ü", "limit": 3, "count": True, "page": None}

    told = client.post(at("echo", NAME), {"a": ["ü", 1]}, asked)

    assert told == {
        "name": NAME,
        "query": {"words": "a&b=c +ü", "limit": 3, "count": True},
        "body": {"a": ["ü", 1]},
        "by": "owner",
    }


def test_a_refusal_is_told_with_what_it_is(client: Client) -> None:
    """Management API section 2.3."""
    with pytest.raises(Refused, match="there is no bob") as refused:
        client.delete(at("echo", "bob"))

    assert (refused.value.status, refused.value.error, refused.value.document["item"]) == (404, "notFound", "bob")


def test_octets_go_and_come_as_they_are(client: Client) -> None:
    """Ours: up to 16 MiB."""
    octets = bytes(range(256)) * 4096

    assert client.raw("POST", "/api/raw", {}, octets).octets == octets[::-1]


def test_an_endpoint_that_is_not_there_is_told(client: Client) -> None:
    """Ours: as a server of another version lacks it."""
    with pytest.raises(Refused, match="there is no endpoint GET /api/nothing"):
        client.get("/api/nothing")


def test_the_largest_body_goes_and_comes_by_the_socket(own: Office, tmp_path: Path) -> None:
    """Ours: 16 MiB in each direction."""
    with _by_socket(own, tmp_path / "var") as send:
        assert Client(send).raw("POST", "/api/raw", {}, b"a" * MOST).octets == b"a" * MOST
        with pytest.raises(Refused, match="no more than 1048576 octets"):
            Client(send).post(at("echo", "bob"), "a" * 1_048_576)
        with pytest.raises(Refused, match="ask for less at a time"):
            Client(send).get("/api/much")


def test_a_store_that_fails_is_told(own: Office, tmp_path: Path) -> None:
    """Ours: in words, and not as a bug."""
    with _by_socket(own, tmp_path / "var") as send, pytest.raises(Unreached, match="the disk is full"):
        Client(send).get("/api/broken")


def test_an_empty_name_names_nothing() -> None:
    """Ours: the path would be that of all of them."""
    with pytest.raises(Refused, match="names nothing"):
        at("echo", "")


def test_a_folder_that_no_server_has_is_known(own: Office, tmp_path: Path) -> None:
    """Ours: then a command does the work itself."""
    assert not is_served(tmp_path / "nothing")
    assert not is_served(tmp_path / "var")
    with supervised(tmp_path / "var", lambda _: {"done": True}):
        assert is_served(tmp_path / "var")
        assert asked(tmp_path / "var", {"do": "it"}, 5.0) == {"done": True}
    with pytest.raises(NotServed, match="pillarbox serve"):
        by_socket(tmp_path / "var")(EndpointCall("GET", "/api/broken"))
    assert own.store is not None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://mail.far.example", "for everybody to read"),
        ("ftp://mail.far.example", "for everybody to read"),
        ("mail.far.example", "names no server"),
        ("https://", "names no server"),
        ("https://root:sesame@mail.far.example", "names no server"),
        ("https://mail.far.example/api?token=a", "names no server"),
        ("https://mail.far.example:many", "names no server"),
    ],
)
def test_a_url_that_is_none_of_a_server_is_not_called(url: str, said: str) -> None:
    """Ours: a token goes over TLS, or does not leave the machine."""
    with pytest.raises(Unreached, match=said), remote(url, "sesame"):
        pass


def test_who_does_not_answer_is_told() -> None:
    """Ours: nobody listens there."""
    with remote("http://127.0.0.1:1", "sesame") as send, pytest.raises(Unreached, match="gives no answer"):
        send(EndpointCall("GET", "/api/broken"))


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "does not take the token"), (302, "is elsewhere: it names https://far.example/"), (200, "is no server")],
)
def test_an_answer_that_is_none_is_told(status: int, said: str) -> None:
    """Ours: a token is not sent on to where another server points."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", "https://far.example/")
            self.end_headers()
            self.wfile.write(b"<p>Hello")

        def log_message(self, *_: object) -> None:
            pass

    with _listening(Handler) as url, remote(url, "sesame") as send, pytest.raises(Unreached, match=said):
        Client(send).get("/api/principal")


def test_a_token_is_taken_with_what_it_is_printed_with(tmp_path: Path) -> None:
    """Ours: `pillarbox apikey add` prints a header."""
    (tmp_path / "token").write_text("Authorization: Bearer api_c2VzYW1l\n")

    assert read(tmp_path / "token") == "api_c2VzYW1l"
    assert secret(" api_c2VzYW1l\n") == "api_c2VzYW1l"
    for wrong in ("", "two words", "a\nHost: b", "schlüssel"):
        with pytest.raises(Unreached) as refused:
            secret(wrong)
        assert not wrong or wrong not in str(refused.value)


def test_a_refusal_without_a_document_has_its_status() -> None:
    """Ours: as a proxy answers."""
    assert str(Refused(502, {})) == "the server answered 502"
