"""TLS by the server itself, as docs/administrators/reverse-proxy.md has it where TLS is passed through, with curl."""

import dataclasses
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.journeys.proxies.front import FRONTS, Front, fronted
from tests.journeys.proxies.visit import NAME

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

PERSON, PROXY = "127.0.0.7", "127.0.0.1"
COULD_NOT_AGREE, WAS_CUT_OFF, NOT_TRUSTED = 35, 56, 60
"""How curl ends."""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("tls")
    kind = FRONTS["haproxy-passing-v2"]()
    # What waits to be sent is with the server, and not with the system.
    settings = f"{kind.settings}\n[server.socket]\nsend-buffer-size = 16384\n"
    with fronted(folder, dataclasses.replace(kind, settings=settings), data) as made:
        yield made
    shutil.rmtree(folder, ignore_errors=True)


def curl(front: Front, source: str, *options: str, name: str = NAME) -> "subprocess.CompletedProcess[str]":
    """Asks the server itself, past the proxy; prints the version of HTTP and the status."""
    resolved = ("--resolve", f"{name}:{front.tls}:127.0.0.1", "--noproxy", "*", "--interface", source)
    written = ("-sS", "-o", "/dev/null", "-w", "%{http_version} %{http_code}")
    command = ["curl", *resolved, *written, "--cacert", str(front.authority_file), *options]
    return subprocess.run(
        [*command, f"https://{name}:{front.tls}/healthz/ready"], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("versions", [("--http2",), ("--http1.1",), ("--tlsv1.3",), ("--tls-max", "1.2")])
def test_it_answers_by_http_1_1(front: Front, versions: tuple[str, ...]) -> None:
    """RFC 7301 section 3.2: of what curl offers, `http/1.1` is chosen; TLS 1.2 and 1.3 are spoken."""
    done = curl(front, PERSON, *versions)

    assert done.stdout == "1.1 200", done.stderr


def test_tls_1_1_is_not_spoken(front: Front) -> None:
    """RFC 8996 section 5."""
    assert curl(front, PERSON, "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0").returncode == COULD_NOT_AGREE


def test_the_certificate_is_for_its_name_alone(front: Front) -> None:
    """Ours: the default is shown to who asks for another name, and that is no one who trusts it."""
    assert curl(front, PERSON, name="other.example.org").returncode == NOT_TRUSTED


def test_a_trusted_proxy_has_to_name_its_client(front: Front) -> None:
    """The PROXY protocol, section 2: the header comes before TLS, and without it nobody is let in from there."""
    done = curl(front, PROXY, "--haproxy-protocol")
    assert done.stdout == "1.1 200", done.stderr

    assert curl(front, PROXY).returncode == COULD_NOT_AGREE


def test_nobody_else_may(front: Front) -> None:
    """The PROXY protocol, section 2: from others it is no header, and no TLS either."""
    assert curl(front, PERSON, "--haproxy-protocol").returncode == COULD_NOT_AGREE


def test_who_pauses_before_the_end_of_an_answer_gets_the_rest(front: Front) -> None:
    """Ours: `timeout.read`, 30 s, is what an answer may lie unread, also where the connection ends with it."""
    alice = front.alice()
    size = 400_000
    blob = alice.upload(b"x" * size)
    request = (
        f"GET /jmap/download/{alice.account}/{blob}/x?accept=text/plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Authorization: {alice.headers['Authorization']}\r\n\r\n"
    ).encode()

    def read(left: int) -> int:
        """How much is read by whoever pauses when so much is left."""
        with front.straight(PERSON).socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
            connection.sendall(request)
            found = b""
            while len(found) < size - left:
                more = connection.recv(16384)
                assert more, found[:500]
                found += more
            time.sleep(6)
            while more := connection.recv(65536):
                found += more
            return len(found)

    with ThreadPoolExecutor(4) as together:
        assert min(together.map(read, (60_000, 140_000, 220_000, 300_000))) > size
