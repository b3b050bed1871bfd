"""TLS from the first start, and a certificate that comes later, without a restart."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import create_connection

import pytest
import trustme
from tests.journeys.program import Server, free_port, until

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
