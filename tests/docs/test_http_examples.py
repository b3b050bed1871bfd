"""Each example of the page about HTTP does what the page says of it."""

import base64
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from tests.docs.page import blocks
from tests.docs.test_http import PAGE, parsed
from tests.driver import JMAP, Home, Reply, Request
from tests.driver.entrance import MirrorListener

from pillarbox.app.figures import site
from pillarbox.app.policy import bounds, policy, url
from pillarbox.app.supervisor.binding import bound, released
from pillarbox.app.worker.entering import Entrances
from pillarbox.http import HTTP, BanPolicy
from pillarbox.settings import Listener, Snapshot, TcpAddress, catalogue, snapshot
from pillarbox.telemetry import configure

SESSION = "/.well-known/jmap"
BROWSER, PROXY, CLIENT = "192.0.2.9", "203.0.113.7", "198.51.100.1"

EXECUTED: dict[tuple[str, int], str] = {}
"""Which example each test is of: the heading that it stands below, and which one of those there it is."""


def of(heading: str, number: int = 0) -> pytest.MarkDecorator:
    """Gives the test the settings of that example, in the way that they are loaded, as `pairs`."""
    texts = [block.text for block in blocks(PAGE) if block.language == "toml" and heading_of(block.line) == heading]
    EXECUTED[(heading, number)] = texts[number]
    return pytest.mark.parametrize("pairs", [parsed(texts[number])], ids=[f"{heading} {number}"])


def heading_of(line: int) -> str:
    lines = PAGE.read_text("utf-8").splitlines()[:line]
    return next(one.removeprefix("## ") for one in reversed(lines) if one.startswith("## "))


def obeys(home: Home, pairs: Mapping[str, str]) -> Snapshot:
    """The server lives by these settings, and by nothing else."""
    listener = {"server.listener.of-the-test.protocol": "http", "server.listener.of-the-test.bind": "127.0.0.1:8080"}
    settings, problems = snapshot({"server.hostname": "mail.home.example", **listener, **pairs})
    assert problems == []
    home.ban_policy = BanPolicy.of(settings, settings[catalogue.TRUSTED_PROXIES])
    home.account_rate = settings[catalogue.RATE_ACCOUNT]
    home.anonymous_rate = settings[catalogue.RATE_ANONYMOUS]
    home.build()
    home.setup = replace(
        home.setup,
        policy=policy(settings),
        url=url(settings),
        site=site(settings),
        patience=settings[catalogue.TIMEOUT_BODY].seconds,
    )
    home.web.application = HTTP(home.setup)
    return settings


def asks(home: Home, target: str = "/robots.txt", peer: str | None = BROWSER, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return home.web.sends("GET", target, named, peer=peer)


def test_every_example_is_executed() -> None:
    """Issue: an example that is executed in a test."""
    examples = [block.text for block in blocks(PAGE) if block.language == "toml"]

    assert [text for text in examples if text not in EXECUTED.values()] == []


@of("The URL")
def test_clients_are_told_the_url(home: Home, alice: JMAP, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, pairs)

    assert alice.sends("GET", SESSION).json()["apiUrl"] == "https://mail.example.org/jmap/"


@of("The URL", 1)
def test_a_url_may_follow_the_host(home: Home, alice: JMAP, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, pairs)
    told = [alice.sends("GET", SESSION, {"Host": f"{name}.example.org"}).json()["apiUrl"] for name in ("jmap", "evil")]

    assert told == ["https://jmap.example.org/jmap/", "https://mail.example.org/jmap/"]


def seen(home: Home, pairs: Mapping[str, str], peer: str, **headers: str) -> str:
    """Whom access control takes for the client: those that are let in are who is asked about."""
    for address in (CLIENT, BROWSER, PROXY):
        obeys(home, {**pairs, "server.http.allowed-endpoint": f"if_then(remote_ip == '{address}', 200, 403)"})
        if asks(home, peer=peer, **headers).status == 200:
            return address
    return "nobody"


@of("Who the client is")
def test_a_proxy_that_is_trusted_names_the_client(home: Home, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    assert seen(home, pairs, PROXY, X_Forwarded_For=f"{BROWSER}, {CLIENT}") == CLIENT
    assert seen(home, pairs, PROXY, Forwarded=f"for={CLIENT}") == CLIENT
    assert seen(home, pairs, BROWSER, X_Forwarded_For=CLIENT) == BROWSER


@of("Who the client is", 1)
def test_one_header_may_be_the_one_that_counts(home: Home, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    both = {"X_Forwarded_For": CLIENT, "Forwarded": f"for={BROWSER}"}

    assert seen(home, pairs, "10.0.0.1", **both) == CLIENT
    obeys(home, {key: value for key, value in pairs.items() if not key.endswith("forwarded-header")})
    assert asks(home, peer="10.0.0.1", **both).status == 400


@of("Who the client is", 2)
def test_the_unix_socket_is_a_way_in(home: Home, pairs: dict[str, str], tmp_path: Path) -> None:
    """docs/administrators/http.md."""
    here = {key: value.replace("/run/pillarbox", str(tmp_path)).replace(":8080", ":0") for key, value in pairs.items()}
    settings, _ = snapshot(here)
    (opened,) = bound(settings.listeners).opened
    try:
        assert [one.family for one in opened.sockets] == [socket.AF_INET, socket.AF_UNIX]
    finally:
        released([opened])
    obeys(home, {"server.http.allowed-endpoint": "403"})
    assert asks(home, peer="127.0.0.1").status == 403
    assert asks(home, peer=None).status == 200


@of("Headers of every answer")
def test_every_answer_has_the_headers(home: Home, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, pairs)

    for target in ("/robots.txt", SESSION, "/nothing"):
        headers = asks(home, target).headers
        assert (headers["cache-control"], headers["server"]) == ("max-age=3600", "Example")


@of("HTTPS alone")
def test_https_alone_is_spoken(home: Home, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, {**pairs, "server.http.url": "'https://mail.example.org'"})
    sent_on = asks(home, "/?x=1")
    (secure,) = home.web.together([Request("GET", "/", scheme="https")])

    assert (sent_on.status, sent_on.headers["location"]) == (308, "https://mail.example.org/?x=1")
    assert "strict-transport-security" not in sent_on.headers
    assert secure.headers["strict-transport-security"] == "max-age=63072000"
    assert asks(home, SESSION, Authorization="Basic eDp5").status == 403
    assert asks(home, "/healthz/live").status == 200


@of("Pages of other sites")
def test_named_origins_may_read(home: Home, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, pairs)

    for origin in ("https://app.example.org", "http://localhost:3000"):
        assert asks(home, Origin=origin).headers["access-control-allow-origin"] == origin
    assert "access-control-allow-origin" not in asks(home, Origin="https://evil.example").headers


@of("Pages of other sites", 1)
def test_all_origins_may_read(home: Home, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, pairs)
    headers = asks(home, Origin="https://evil.example").headers

    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers


@of("Access control")
def test_a_status_is_given_for_each_request(home: Home, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, pairs)

    assert asks(home, "/metrics/prometheus", CLIENT).status == 404
    assert asks(home, "/healthz/live").status == 200
    assert asks(home, SESSION).status == 401
    assert asks(home, "/robots.txt").status == 403


@of("How much and how long")
def test_how_much_and_how_long(home: Home, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    settings = obeys(home, pairs)
    found = bounds(settings)

    assert asks(home, X="x" * 32_000).status == 200
    assert asks(home, X="x" * 33_000).status == 431
    assert (found.patience, found.idle, found.unread, home.setup.patience) == (5, 120, 60, 20)


@pytest.fixture
def mirror() -> Iterator[MirrorListener]:
    """A listener whose entrance is that of an example."""
    with closing(MirrorListener()) as listening:
        yield listening


def listener(settings: Snapshot, identity: str) -> Listener:
    return next(one for one in settings.listeners if one.id == identity)


def trusts_anybody(version: ssl.TLSVersion) -> ssl.SSLContext:
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode, client.maximum_version = False, ssl.CERT_NONE, version
    return client


@of("Listeners")
def test_listeners_speak_as_they_are_told(mirror: MirrorListener, pairs: dict[str, str], tmp_path: Path) -> None:
    """docs/administrators/http.md."""
    settings, _ = snapshot(pairs)
    entrances = Entrances(settings, tmp_path, 0)

    mirror.web.entrance = entrances.of("https")
    with mirror.speaks(trusts_anybody(ssl.TLSVersion.TLSv1_3), "mail.example.org") as connection:
        assert mirror.answers(connection)["scheme"] == "https"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        mirror.speaks(trusts_anybody(ssl.TLSVersion.TLSv1_2), "mail.example.org")

    mirror.web.entrance = entrances.of("behind-haproxy")
    with mirror.connects(b"PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n") as plain:
        assert mirror.answers(plain)["client"] == ["192.0.2.7", 56324]
    assert mirror.ends(mirror.connects(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")) == b""

    assert [listener(settings, one).max_connections for one in ("https", "behind-haproxy")] == [4096, 1000]


@of("Listeners")
def test_sockets_are_as_they_are_told(pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    settings, _ = snapshot(pairs)
    free = tuple(
        replace(one, port=0) for one in listener(settings, "behind-haproxy").binds if isinstance(one, TcpAddress)
    )
    (opened,) = bound([replace(listener(settings, "behind-haproxy"), binds=free)]).opened
    try:
        (made,) = opened.sockets
        assert made.getsockopt(socket.IPPROTO_IP, socket.IP_TTL) == 64
        assert made.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 16
        assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert not made.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT)
        assert opened.listener.backlog == 512
    finally:
        released([opened])


@of("Certificates")
def test_a_certificate_is_shown(mirror: MirrorListener, pairs: dict[str, str], tmp_path: Path) -> None:
    """docs/administrators/http.md."""
    authority = trustme.CA()
    made = authority.issue_cert("mail.example.org", "*.example.net")
    (tmp_path / "fullchain.pem").write_bytes(b"".join(one.bytes() for one in made.cert_chain_pems))
    (tmp_path / "privkey.pem").write_bytes(made.private_key_pem.bytes())
    secure = {"server.listener.https.protocol": "http", "server.listener.https.bind": "127.0.0.1:8443",
              "server.listener.https.tls.implicit": "true"}  # fmt: skip
    here = {key: value.replace("/etc/pillarbox/tls", str(tmp_path)) for key, value in pairs.items()}
    settings, problems = snapshot({**secure, **here})
    mirror.web.entrance = Entrances(settings, tmp_path, 0).of("https")
    client = ssl.create_default_context()
    authority.configure_trust(client)

    assert problems == []
    for name in ("mail.example.org", "imap.example.net"):
        with mirror.speaks(client, name) as connection:
            assert mirror.answers(connection)["is_tls"]


@of("Certificates", 1)
def test_a_certificate_is_had(pairs: dict[str, str]) -> None:
    """docs/administrators/http.md; what becomes of it is tested with an authority (tests/conversations/acme)."""
    settings, _ = snapshot(pairs)
    (one,) = settings[catalogue.AUTHORITIES]

    assert (one.directory, one.challenge) == ("https://ca.example.net/acme/directory", "http-01")
    assert one.domains == ("mail.example.org", "mta-sts.example.org")
    assert (one.renew_before.seconds, one.is_default) == (20 * 86_400, True)
    assert one.eab is not None


@of("Limits and bans")
def test_limits_are_kept_and_who_scans_is_banned(home: Home, alice: JMAP, pairs: dict[str, str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, pairs)
    assert [asks(home, SESSION).status for _ in range(4)] == [401, 401, 401, 429]
    assert asks(home, peer="203.0.113.200").status == 403
    for peer in (CLIENT, "198.51.100.7"):
        assert asks(home, "/admin/login", peer).status == 404

    assert [one.network for one in home.banned()] == [f"{CLIENT}/32"]
    assert asks(home, peer=CLIENT).status == 403
    assert asks(home, peer="198.51.100.7").status == 200
    home.clock.now += 6 * 3600 + 1
    assert asks(home, peer=CLIENT).status == 200


@of("What is told")
def test_what_is_told(home: Home, pairs: dict[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    """docs/administrators/http.md."""
    obeys(home, pairs)
    configure("info", "json")
    basic = base64.b64encode(b"prometheus:open sesame").decode()
    sts = asks(home, "/.well-known/mta-sts.txt").octets.decode().split("\r\n")

    assert asks(home, "/metrics/prometheus").status == 401
    assert b"pillarbox_http_requests_total" in asks(home, "/metrics/prometheus", Authorization=f"Basic {basic}").octets
    assert set(sts) >= {"mode: enforce", "max_age: 1209600", "mx: mx.example.org", "mx: *.mx.example.net"}
    assert '"event": "http.request"' in capfd.readouterr().err
