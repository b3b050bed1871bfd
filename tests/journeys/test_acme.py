"""A real server has its certificates from a real authority, pebble, which comes to see whose the names are."""

import json
import shutil
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from tests.journeys.program import Server, free_port, until
from tests.neighbour.pebble import Pebble, pebble

pytestmark = [pytest.mark.slow, pytest.mark.neighbour]

SERVED = """
[server.listener.secured]
protocol = "http"
bind = "127.0.0.1:{port}"
tls.implicit = true
"""
TWO = "[server]\nworkers = 2\n"
KEYS = {"kid-1": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"}
NAMES = ["mail.home.example", "autoconfig.home.example"]
PATIENCE = 150.0
"""Seconds in which an attempt is made, and, should it fail, another one: that is after 60 to 75."""


@pytest.fixture
def http_port() -> int:
    """Where the authority comes for http-01."""
    return free_port()


@pytest.fixture
def tls_port() -> int:
    """Where it comes for tls-alpn-01."""
    return free_port()


@pytest.fixture
def authority(folder: Path, http_port: int, tls_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pebble]:
    """An authority that is believed to be one; all names lead to this machine as far as it knows."""
    with pebble(folder / "authority", (free_port(), free_port()), http_port, tls_port) as made:
        for name in NAMES:
            made.names.knows(name, "A", "127.0.0.1")
        monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
        yield made


def wanting(
    authority: Pebble,
    http_port: int,
    *more: str,
    domains: str = '["mail.home.example"]',
    challenge: str = "http-01",
) -> str:
    """Settings of a server that wants a certificate of the authority."""
    settings = f"""
[server.listener.challenges]
protocol = "http"
bind = "127.0.0.1:{http_port}"
[acme.home]
directory = "{authority.directory}"
challenge = "{challenge}"
contact = ["postmaster@home.example"]
domains = {domains}
"""
    return settings + "".join(f"{line}\n" for line in more)


@pytest.fixture
def serves(served: Callable[..., Server], authority: Pebble, http_port: int) -> Callable[..., Server]:
    """Starts a server that wants a certificate for mail.home.example, with http-01, and further settings of it."""

    def serve(*more: str, domains: str = '["mail.home.example"]', challenge: str = "http-01", end: str = "") -> Server:
        return served(wanting(authority, http_port, *more, domains=domains, challenge=challenge) + end)

    return serve


def listed(server: Server) -> dict[str, Any]:
    """The one certificate that `pillarbox certificate list` shows."""
    (found,) = json.loads(server.program("certificate", "list", "--json"))
    return dict(found)


def issued(server: Server, count: int = 1) -> list[dict[str, Any]]:
    """Waits until so many were had; what the log says of them."""
    try:
        until(lambda: len(server.events("acme.issued")) >= count, "the certificate is there", PATIENCE)
    except AssertionError as late:
        told = "\n".join(line for line in server.log().splitlines() if '"acme.' in line or '"level":"' not in line)
        raise AssertionError(f"{late}\n{told}") from None
    return server.events("acme.issued")


def failures(server: Server, kind: str) -> list[str]:
    """What was told of attempts that failed for this; on a machine that does ten other things one may be late."""
    return [one["known"] for one in server.events("acme.failed") if kind in one["known"]]


@dataclass
class Certified:
    """A server that has a certificate, and the authority that it is of, which may be started again."""

    server: Server
    authority: Pebble


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certified]:
    folder, port = tmp_path_factory.mktemp("known"), free_port()
    with pebble(folder / "authority", (free_port(), free_port()), port, free_port()) as authority:
        for name in NAMES:
            authority.names.knows(name, "A", "127.0.0.1")
        authority.start()
        server = Server(folder / "server", wanting(authority, port, domains=json.dumps(NAMES)))
        server.program.environment["SSL_CERT_FILE"] = str(authority.authority)
        with server.running():
            issued(server)
            yield Certified(server, authority)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def certified(known: Certified) -> Certified:
    """The authority that runs knows the server; how many certificates it has given is counted anew."""
    known.server.turn_page()
    return known


def test_a_certificate_is_had_by_http(known: Certified) -> None:
    """RFC 8555 sections 7.3 to 7.5 and 8.3: an account, an order, a file under a well-known path, a certificate."""
    server = known.server

    found = listed(server)

    assert found["names"] == NAMES
    assert (found["tries"], found["failure"]) == (0, None)
    assert found["issuer"].startswith("CN=Pebble Intermediate")
    assert found["begins"] < found["nextAttempt"] < found["ends"]
    assert "PRIVATE" not in server.log()


def test_the_same_account_orders_again(certified: Certified) -> None:
    """Ours: `pillarbox certificate renew`; RFC 8555 section 7.3: the account is made once."""
    server = certified.server
    before = listed(server)

    assert server.program("certificate", "renew", "home") == "To be ordered now: home.\n"

    (told,) = issued(server)
    assert told["names"] == NAMES
    until(lambda: listed(server)["nextAttempt"] > before["begins"], "it is written down")
    assert server.events("acme.registered") == []


def test_an_authority_that_has_forgotten_us_is_told_again_who_we_are(certified: Certified) -> None:
    """RFC 8555 section 6.7, accountDoesNotExist: a new account, and the certificate in the same attempt."""
    server = certified.server
    certified.authority.stop()
    certified.authority.start()

    server.program("certificate", "renew")

    issued(server)
    assert len(server.events("acme.registered")) == 1
    assert failures(server, "accountDoesNotExist") == []


def test_refused_nonces_are_no_failure(certified: Certified) -> None:
    """RFC 8555 section 6.5: a request whose nonce was refused is sent again with another."""
    server = certified.server
    certified.authority.stop()
    certified.authority.start(PEBBLE_WFE_NONCEREJECT="50")

    server.program("certificate", "renew")

    issued(server)
    assert failures(server, "badNonce") == []


def test_names_that_were_proved_before_are_not_proved_again(certified: Certified) -> None:
    """RFC 8555 section 7.4: an order may begin with authorizations that are valid."""
    server = certified.server
    certified.authority.stop()
    certified.authority.start(PEBBLE_AUTHZREUSE="100")

    for count in (1, 2):
        server.program("certificate", "renew")
        issued(server, count)

    assert [one["asked"] for one in server.events("acme.ordered")] == [2, 0]


def test_other_names_are_ordered_when_the_settings_are_read_again(certified: Certified) -> None:
    """Ours: SIGHUP, or `pillarbox reload`, without a restart."""
    server = certified.server
    config = server.program.config
    config.write_text(server.first.replace(json.dumps(NAMES), json.dumps(NAMES[1:])))

    server.process.send_signal(signal.SIGHUP)

    assert issued(server)[0]["names"] == NAMES[1:]
    server.use(server.first)
    assert issued(server, 2)[1]["names"] == NAMES


def test_a_name_that_does_not_lead_here_is_told_and_not_asked_for_again_and_again(
    serves: Callable[..., Server], authority: Pebble
) -> None:
    """RFC 8555 section 8: what the authority did not see is told in its words; issue 5 point 4: then it is waited."""
    authority.start()
    server = serves(domains='["mail.home.example", "elsewhere.example"]')
    until(lambda: server.events("acme.failed") != [], "it has failed", PATIENCE)

    found = listed(server)

    assert "elsewhere.example: " in found["failure"]
    assert (found["tries"], found["issuer"]) == (1, None)
    assert server.program("certificate", "list").count("elsewhere.example") >= 1
    assert server.stop() == 0
    server.start()
    assert len(server.events("acme.ordered")) == 1


def test_an_authority_that_is_away_is_told(serves: Callable[..., Server]) -> None:
    """Ours: mail is served without it."""
    server = serves()

    until(lambda: server.events("acme.failed") != [], "it has failed", PATIENCE)

    assert "it cannot be reached" in server.events("acme.failed")[0]["known"]


def test_an_authority_that_nobody_vouches_for_is_told_nothing(
    serves: Callable[..., Server], authority: Pebble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 8555 section 6.1: HTTPS, whose certificate is verified."""
    authority.start()
    monkeypatch.delenv("SSL_CERT_FILE")
    server = serves()

    until(lambda: server.events("acme.failed") != [], "it has failed", PATIENCE)

    assert "certificate verify failed" in server.events("acme.failed")[0]["known"]


@pytest.mark.parametrize(
    ("kid", "is_known"), [("kid-1", True), ("kid-2", False)], ids=["an account there", "none there"]
)
def test_an_account_is_bound_to_one_that_exists(
    folder: Path,
    served: Callable[..., Server],
    http_port: int,
    monkeypatch: pytest.MonkeyPatch,
    kid: str,
    is_known: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """RFC 8555 section 7.3.4."""
    with pebble(folder / "authority", (free_port(), free_port()), http_port, free_port(), KEYS) as authority:
        authority.names.knows("mail.home.example", "A", "127.0.0.1")
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.authority))
        authority.start()

        bound = (f'eab.kid = "{kid}"', f'eab.hmac-key = "{KEYS["kid-1"]}"')
        server = served(wanting(authority, http_port, *bound))

        if is_known:
            issued(server)
        else:
            until(lambda: server.events("acme.failed") != [], "it has failed", PATIENCE)
        assert KEYS["kid-1"] not in server.log()


def shown(port: int, authority: Pebble, name: str = "mail.home.example") -> str:
    """Who signed what a client is shown that asks for a name, which it must be good for."""
    trusting = ssl.create_default_context(cadata=authority.root())
    with (
        socket.create_connection(("127.0.0.1", port), 10) as plain,
        trusting.wrap_socket(plain, server_hostname=name) as secured,
    ):
        found = secured.getpeercert(binary_form=True)
        assert found is not None
        return x509.load_der_x509_certificate(found).issuer.rfc4514_string()


def test_a_certificate_is_had_by_tls_and_shown(serves: Callable[..., Server], authority: Pebble, tls_port: int) -> None:
    """RFC 8737 section 3: on the very port that is served, by each of the workers; who is connected stays so."""
    authority.start()
    server = serves("default = true", challenge="tls-alpn-01", end=TWO + SERVED.format(port=tls_port))
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", tls_port), 10) as plain, anybody.wrap_socket(plain) as early:
        issued(server)

        until(lambda: succeeds(lambda: shown(tls_port, authority)), "it is shown")

        assert all(shown(tls_port, authority).startswith("CN=Pebble Intermediate") for _ in range(8))
        early.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: mail.home.example\r\n\r\n")
        assert early.recv(100).startswith(b"HTTP/1.1 200")

    assert server.stop() == 0
    server.start()
    shown(tls_port, authority)


def succeeds(call: Callable[[], object]) -> bool:
    """Whether a connection can be made that is good."""
    try:
        call()
    except (ssl.SSLError, OSError):
        return False
    return True
