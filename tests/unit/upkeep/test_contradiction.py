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
                "server.http.url": "'http://localhost:8080'",
            },
            ["server.http.url", "server.listener.a"],
        ),
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
