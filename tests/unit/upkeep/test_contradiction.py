"""Settings that do not go together are remarked, by their names."""

import pytest

from pillarbox.settings import snapshot
from pillarbox.upkeep.contradiction import contradictions


def test_the_defaults_go_together() -> None:
    settings, _ = snapshot({})

    assert list(contradictions(settings)) == []


@pytest.mark.parametrize(
    ("pairs", "named"),
    [
        ({"server.listener.mail.protocol": "lmtp", "server.listener.mail.bind": "127.0.0.1:24"}, ["server.listener"]),
        (
            {
                "server.listener.a.protocol": "http",
                "server.listener.a.bind": "127.0.0.1:8080",
                "server.listener.b.protocol": "lmtp",
                "server.listener.b.bind": "127.0.0.1:8080",
            },
            ["server.listener.b.bind", "server.listener.a"],
        ),
        (
            {
                "server.listener.a.protocol": "http",
                "server.listener.a.bind": "0.0.0.0:8080",
                "server.hostname": "mail.home.example",
                "server.http.url": "'http://localhost:8080'",
            },
            ["server.http.url", "server.listener.a"],
        ),
        (
            {
                "server.listener.a.protocol": "http",
                "server.listener.a.bind": "0.0.0.0:8080",
                "server.hostname": "mail",
            },
            ["server.hostname", "mail has no dot"],
        ),
        ({"server.blocked-ip.127.0.0.0/8": ""}, ["server.blocked-ip.127.0.0.0/8", "this machine"]),
        (
            {
                "server.blocked-ip.10.0.0.0/8": "",
                "server.allowed-ip.10.1.0.0/16": "",
                "server.http.trusted-proxies": "10.0.0.7",
            },
            ["server.blocked-ip.10.0.0.0/8", "10.0.0.7/32", "server.http.trusted-proxies"],
        ),
        ({"server.http.hsts": "true"}, ["server.http.hsts", "tls.implicit", "use-x-forwarded", "server.http.url"]),
        ({"queue.relay.host": "smtp.far.example", "queue.relay.username": "us"}, ["queue.relay.secret"]),
        ({"queue.relay.username": "us", "queue.relay.secret": "sesame"}, ["queue.relay.host"]),
        (
            {
                "queue.relay.host": "smtp.far.example",
                "queue.relay.tls": "none",
                "queue.relay.username": "us",
                "queue.relay.secret": "sesame",
            },
            ["queue.relay.tls", "smtp.far.example"],
        ),
        ({"account.quota": "1000"}, ["account.quota", "session.data.limits.size"]),
        (
            {"jmap.protocol.upload.quota.size": "1000"},
            ["jmap.protocol.upload.quota.size", "jmap.protocol.upload.max-size"],
        ),
        ({"jmap.email.max-attachment-size": "90000000"}, ["jmap.email.max-attachment-size", "jmap.email.max-size"]),
    ],
)
def test_what_does_not_go_together_is_named(pairs: dict[str, str], named: list[str]) -> None:
    settings, problems = snapshot(pairs)

    (said,) = contradictions(settings)

    assert problems == []
    assert all(name in said for name in named)


@pytest.mark.parametrize("port", ["0", "8080"])
def test_a_port_that_the_system_chooses_is_nobodys_alone(port: str) -> None:
    settings, _ = snapshot(
        {
            "server.listener.a.protocol": "http",
            "server.listener.a.bind": f"127.0.0.1:{port}",
            "server.listener.b.protocol": "http",
            "server.listener.b.bind": f"127.0.0.1:{port}",
        }
    )

    assert len(list(contradictions(settings))) == (port != "0")


@pytest.mark.parametrize(
    "pairs",
    [
        {"server.http.url": "'https://mail.home.example'"},
        {"server.http.use-x-forwarded": "true"},
        {"server.proxy.trusted-networks": "127.0.0.1", "server.listener.a.protocol": "http"},
        {"server.listener.a.protocol": "http", "server.listener.a.tls.implicit": "true"},
    ],
)
def test_https_may_be_spoken_before_us(pairs: dict[str, str]) -> None:
    listening = {"server.listener.a.bind": "127.0.0.1:8080"} if "server.listener.a.protocol" in pairs else {}
    settings, _ = snapshot({"server.http.hsts": "true", **pairs, **listening})

    assert list(contradictions(settings)) == []


WANTED = {"acme.home.contact": "a@home.example", "acme.home.domains": "mail.home.example"}
PLAIN = {"server.listener.web.protocol": "http", "server.listener.web.bind": "0.0.0.0:80"}
SECURED = {
    "server.listener.tls.protocol": "http",
    "server.listener.tls.bind": "0.0.0.0:443",
    "server.listener.tls.tls.implicit": "true",
}


@pytest.mark.parametrize(
    ("listeners", "challenge", "is_possible"),
    [
        (PLAIN, "tls-alpn-01", False),
        (SECURED, "tls-alpn-01", True),
        (SECURED, "http-01", False),
        (PLAIN | SECURED, "http-01", True),
        (PLAIN | SECURED, "tls-alpn-01", True),
    ],
)
def test_an_authority_needs_a_listener_to_come_to(
    listeners: dict[str, str], challenge: str, *, is_possible: bool
) -> None:
    """RFC 8555 section 8.3; RFC 8737 section 3."""
    hostname = {"server.hostname": "mail.home.example"}
    settings, _ = snapshot(hostname | WANTED | listeners | {"acme.home.challenge": challenge})

    told = [one for one in contradictions(settings) if one.startswith("acme.home.challenge")]

    assert (told == []) is is_possible


def test_a_blocked_network_of_which_the_proxy_is_allowed_is_no_contradiction() -> None:
    """docs/administrators/bans.md: the narrower entry holds."""
    pairs = {
        "server.blocked-ip.10.0.0.0/8": "",
        "server.allowed-ip.10.0.0.7": "",
        "server.http.trusted-proxies": "10.0.0.7",
    }
    settings, problems = snapshot(pairs)

    assert (list(contradictions(settings)), problems) == ([], [])
