"""TLS from the first start, what clients do over it, and a certificate that comes later, without a restart."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from socket import create_connection

import pytest
import trustme
from tests.journeys.client import Client
from tests.journeys.program import SESAME, Server, free_port, until
from websockets.sync.client import connect

pytestmark = pytest.mark.neighbour


@contextmanager
def speaking(port: int, client: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    """A connection with TLS."""
    connection = create_connection(("127.0.0.1", port), 10)
    with closing(client.wrap_socket(connection, server_hostname="mail.example.org")) as secured:
        yield secured


def answers(connection: ssl.SSLSocket) -> bytes:
    """How the answer to a request begins."""
    connection.sendall(b"GET /.well-known/jmap HTTP/1.1\r\nHost: mail.example.org\r\n\r\n")
    answer = b""
    while b"}" not in answer:
        more = connection.recv(65536)
        assert more, "the connection was closed"
        answer += more
    return answer


def test_tls_works_from_the_first_start_and_gets_a_certificate_while_it_runs(
    served: Callable[..., Server], folder: Path
) -> None:
    """Ours: all workers show the same, and who is connected is not cut off when that changes."""
    port = free_port()
    listener = f"[server.listener.https]\nprotocol = 'http'\nbind = '127.0.0.1:{port}'\ntls.implicit = true\n"
    server = served(f"{listener}[server]\nhostname = 'mail.example.org'\nworkers = 2\n")
    own = (server.program.data / "self-signed.pem").read_text()
    trusting_itself = ssl.create_default_context(cadata=own.partition("-----BEGIN PRIVATE")[0])
    for _ in range(4):
        with speaking(port, trusting_itself) as connection:
            assert answers(connection).startswith(b"HTTP/1.1 401 ")

    authority = trustme.CA()
    made = authority.issue_cert("mail.example.org")
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(one.bytes() for one in made.cert_chain_pems))
    made.private_key_pem.write_to_path(key)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    def is_shown() -> bool:
        try:
            with speaking(port, trusting) as connection:
                return answers(connection).startswith(b"HTTP/1.1 401 ")
        except ssl.SSLCertVerificationError:
            return False

    with speaking(port, trusting_itself) as before:
        answers(before)
        with server.program.config.open("a") as config:
            config.write(f"[certificate.main]\ncert = '{chain}'\nprivate-key = '{key}'\n")
        done = server.program.run_at(server.program.data, "reload")
        assert done.returncode == 0, done.stdout + done.stderr

        until(is_shown, "the new certificate is shown")
        assert answers(before).startswith(b"HTTP/1.1 401 ")


def test_a_client_does_all_its_work_over_tls(served: Callable[..., Server]) -> None:
    """RFC 8620 sections 1.7 and 8.1, RFC 8887 section 5.1: requests, blobs, and a WebSocket with what changes."""
    port = free_port()
    listener = f"[server.listener.https]\nprotocol = 'http'\nbind = '127.0.0.1:{port}'\ntls.implicit = true\n"
    server = served(f"{listener}[server]\nhostname = 'mail.example.org'\n")
    server.program.account("alice@far.example")
    own = (server.program.data / "self-signed.pem").read_text()
    trusting = ssl.create_default_context(cadata=own.partition("-----BEGIN PRIVATE")[0])
    trusting.minimum_version = ssl.TLSVersion.TLSv1_3
    alice = Client(
        "127.0.0.1", port, "alice@far.example", SESAME, lambda: HTTPSConnection("127.0.0.1", port, context=trusting)
    )
    session = alice.session()

    assert session["apiUrl"] == f"https://127.0.0.1:{port}/jmap/"
    url = session["capabilities"]["urn:ietf:params:jmap:websocket"]["url"]
    assert url == f"wss://127.0.0.1:{port}/jmap/ws"
    subprotocols = ["jmap"]
    with (
        closing(alice),
        connect(url, ssl=trusting, subprotocols=subprotocols, additional_headers=alice.headers) as socket,  # type: ignore[arg-type]
    ):
        socket.send(json.dumps({"@type": "WebSocketPushEnable", "dataTypes": ["Email"]}))
        raw = b"From: bob@far.example\r\nSubject: Hello\r\n\r\n" + b"Hello. " * 100_000
        blob = alice.import_(raw)["blobId"]

        told = json.loads(socket.recv(timeout=10))
        assert (told["@type"], [*told["changed"][alice.account]]) == ("StateChange", ["Email"])
        assert alice.download(blob) == raw
