"""Whom the log, limits and bans take for the client (the assignment, "Use Forwarded IP"; architecture section 4)."""

import json
from datetime import timedelta

import pytest
from tests.driver import JMAP, Home, Reply

from pillarbox.datatypes.server import ban
from pillarbox.settings import Duration, Rate
from pillarbox.wire.network import network

SESSION = "/.well-known/jmap"
CLIENT, FORGER, PROXY, EDGE = "192.0.2.66", "198.51.100.7", "10.0.0.1", "203.0.113.1"
TOLD = {"X-Forwarded-For": CLIENT}
FORGED = (
    {"X-Forwarded-For": CLIENT},
    {"Forwarded": f"for={CLIENT};proto=https"},
    {"X-Real-IP": CLIENT, "Via": "1.1 proxy", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
)


def asks(home: Home, peer: str, headers: dict[str, str]) -> Reply:
    return home.web.sends("GET", SESSION, headers, peer=peer)


def blamed(home: Home, capfd: pytest.CaptureFixture[str], peer: str, headers: dict[str, str]) -> str:
    """Whom the log names when somebody signs in with a wrong password."""
    capfd.readouterr()
    asks(home, peer, {"Authorization": "Basic YTpi", **headers})
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    return next(str(line["client"]) for line in lines if line["event"] == "auth.failed")


@pytest.mark.parametrize("headers", FORGED)
@pytest.mark.parametrize("settings", [{}, {"use_x_forwarded": "true"},
                                      {"use_x_forwarded": "true", "trusted_proxies": EDGE}])  # fmt: skip
def test_the_log_names_who_asked_and_nobody_that_they_name(
    home: Home, capfd: pytest.CaptureFixture[str], headers: dict[str, str], settings: dict[str, str]
) -> None:
    """Issue: forged headers from an untrusted peer change nothing: not the log."""
    home.abides_by(**settings)

    assert blamed(home, capfd, FORGER, headers) == FORGER


@pytest.mark.parametrize("headers", FORGED[:2])
@pytest.mark.parametrize(("settings", "peer"), [({}, PROXY), ({"trusted_proxies": EDGE}, EDGE)])
def test_the_log_names_whom_a_trusted_proxy_names(
    home: Home, capfd: pytest.CaptureFixture[str], headers: dict[str, str], settings: dict[str, str], peer: str
) -> None:
    """The assignment, "Use Forwarded IP"."""
    home.abides_by(use_x_forwarded="true", **settings)

    assert blamed(home, capfd, peer, headers) == CLIENT


def test_the_log_says_once_which_setting_would_let_a_proxy_be_heard(
    home: Home, capfd: pytest.CaptureFixture[str]
) -> None:
    """Architecture section 4: once a minute for each peer."""

    def settings_told() -> list[str]:
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        return [line["setting"] for line in lines if line["event"] == "http.forwarded-ignored"]

    home.abides_by()
    for _ in range(3):
        asks(home, PROXY, TOLD)
        asks(home, FORGER, TOLD)
    assert settings_told() == ["server.http.use-x-forwarded"]
    home.abides_by(use_x_forwarded="true")
    for _ in range(3):
        asks(home, EDGE, TOLD)
    assert settings_told() == ["server.http.trusted-proxies"]
    home.abides_by(use_x_forwarded="true")
    asks(home, PROXY, {"Forwarded": "for=192.0.2.1", **TOLD})
    assert settings_told() == ["server.http.forwarded-header"]


def limited(home: Home, **settings: str) -> None:
    """An address that proves nothing may ask twice a minute."""
    home.anonymous_rate = Rate(2, Duration(60_000))
    home.build()
    home.abides_by(**settings)


@pytest.mark.parametrize("headers", FORGED)
def test_a_limit_is_not_escaped_by_another_address_for_each_request(home: Home, headers: dict[str, str]) -> None:
    """Issue: forged headers from an untrusted peer change nothing: not the limits."""
    limited(home, use_x_forwarded="true")
    statuses = [asks(home, FORGER, {**headers, "X-Forwarded-For": f"192.0.2.{at}"}).status for at in range(1, 5)]

    assert statuses == [401, 401, 429, 429]


def test_a_client_cannot_prepend_another_address_either(home: Home) -> None:
    """Architecture section 4: the list is walked from the right."""
    limited(home, use_x_forwarded="true")
    statuses = [asks(home, PROXY, {"X-Forwarded-For": f"192.0.2.{at}, {FORGER}"}).status for at in range(1, 5)]

    assert statuses == [401, 401, 429, 429]


def test_clients_of_one_proxy_have_a_limit_each(home: Home) -> None:
    """The assignment, "Use Forwarded IP"."""
    limited(home, use_x_forwarded="true")
    statuses = [asks(home, PROXY, {"X-Forwarded-For": f"192.0.2.{at}"}).status for at in range(1, 5)]

    assert statuses == [401, 401, 401, 401]


def test_a_ban_is_in_force_behind_a_proxy(home: Home, alice: JMAP) -> None:
    """http-server.md section 3: the forwarded address is looked at, with 403."""
    ban(home.store, network(CLIENT), "", home.now(), home.now() + timedelta(hours=1))
    home.bans.look()
    home.abides_by(use_x_forwarded="true")

    assert asks(home, PROXY, {**alice.credentials, **TOLD}).status == 403
    assert asks(home, PROXY, {**alice.credentials, "X-Forwarded-For": FORGER}).status == 200
    assert asks(home, FORGER, {**alice.credentials, **TOLD}).status == 200


def test_nobody_who_is_banned_comes_in_by_a_header(home: Home, alice: JMAP) -> None:
    """Issue: forged headers from an untrusted peer change nothing: not access control."""
    ban(home.store, network(FORGER), "", home.now(), home.now() + timedelta(hours=1))
    home.bans.look()
    home.abides_by(use_x_forwarded="true")

    for headers in FORGED:
        assert asks(home, FORGER, {**alice.credentials, **headers}).status == 403


def test_the_scheme_of_a_trusted_proxy_is_in_the_urls(home: Home, alice: JMAP) -> None:
    """Architecture section 4: it counts for `protocol`."""
    home.abides_by(use_x_forwarded="true", url="protocol + '://mail.home.example'")

    def api(peer: str) -> str:
        headers = {**alice.credentials, **TOLD, "X-Forwarded-Proto": "https"}
        return str(asks(home, peer, headers).json()["apiUrl"])

    assert api(PROXY).startswith("https://mail.home.example/")
    assert api(FORGER).startswith("http://mail.home.example/")
