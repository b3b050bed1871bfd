"""How often somebody may ask (RFC 6585 section 4)."""

import pytest
from tests.driver import JMAP, Home, Request, Talk, like

from pillarbox.settings import Duration, Rate

SESSION = "/.well-known/jmap"
THREE = Rate(3, Duration(60_000))


@pytest.fixture
def limited(home: Home) -> Home:
    """Where an account, and an address that proves nothing, may ask three times a minute."""
    home.account_rate = home.anonymous_rate = THREE
    home.build()
    return home


def test_who_asks_too_often_is_told_when_to_come_back(limited: Home, alice: JMAP) -> None:
    """RFC 6585 section 4: 429 and Retry-After; RFC 9457."""
    replies = [limited.web.sends("GET", SESSION, alice.credentials) for _ in range(4)]
    limited.clock.now += 20
    last = limited.web.sends("GET", SESSION, alice.credentials)

    assert [one.status for one in replies] == [200, 200, 200, 429]
    assert last.status == 429
    assert last.json() == like(type="about:blank", status=429, title="Too Many Requests")
    assert last.headers["retry-after"] == "40"
    assert last.headers["cache-control"] == "no-store"


def test_a_refusal_says_what_the_limit_is(limited: Home, alice: JMAP) -> None:
    """Ours, in the form of the IETF's draft: a quota of so many in a window of seconds, and what is left of it."""
    for _ in range(4):
        reply = limited.web.sends("GET", SESSION, alice.credentials)

    assert reply.headers["ratelimit-policy"] == '"account";q=3;w=60'
    assert reply.headers["ratelimit"] == '"account";r=0;t=60'


def test_whoever_came_back_in_time_is_served(limited: Home, alice: JMAP) -> None:
    """RFC 6585 section 4."""
    for _ in range(4):
        limited.web.sends("GET", SESSION, alice.credentials)
    limited.clock.now += 61

    assert limited.web.sends("GET", SESSION, alice.credentials).status == 200


def test_one_account_does_not_use_up_what_another_has(limited: Home, alice: JMAP, bob: JMAP) -> None:
    """Ours."""
    for _ in range(9):
        limited.web.sends("GET", SESSION, alice.credentials)

    assert limited.web.sends("GET", SESSION, bob.credentials).status == 200


def test_who_proves_nothing_is_counted_by_address(limited: Home, alice: JMAP) -> None:
    """Ours: and those who do prove it are served from the same address."""
    replies = [limited.web.sends("GET", SESSION) for _ in range(4)]

    assert [one.status for one in replies] == [401, 401, 401, 429]
    assert limited.web.sends("GET", SESSION, peer="198.51.100.7").status == 401
    assert limited.web.sends("GET", SESSION, alice.credentials).status == 200


def test_the_addresses_of_one_ipv6_network_are_one(limited: Home) -> None:
    """RFC 6177 section 2: whoever has one address of a /64 has all of them."""
    replies = [limited.web.sends("GET", SESSION, peer=f"2001:db8::{number}") for number in range(4)]

    assert [one.status for one in replies] == [401, 401, 401, 429]
    assert limited.web.sends("GET", SESSION, peer="2001:db8:0:1::1").status == 401


def test_what_is_open_to_everybody_is_counted_by_address(limited: Home) -> None:
    """Ours."""
    target = "/mail/config-v1.1.xml?emailaddress=alice@home.example"

    assert [limited.web.sends("GET", target).status == 429 for _ in range(4)] == [False, False, False, True]


def test_health_checks_are_not_counted(limited: Home) -> None:
    """Ours: a server that is busy is not ill."""
    assert {limited.web.sends("GET", "/healthz/live").status for _ in range(20)} == {200}


def test_a_unix_socket_is_not_counted(limited: Home, alice: JMAP) -> None:
    """Ours: that is how an administrator gets in when nothing else does."""
    assert {limited.web.sends("GET", SESSION, alice.credentials, peer=None).status for _ in range(20)} == {200}


def test_without_the_shared_counts_everybody_is_served(limited: Home, alice: JMAP) -> None:
    """Ours: limits fail open (adr/0024)."""
    limited.shelf.is_down = True

    assert {limited.web.sends("GET", SESSION, alice.credentials).status for _ in range(20)} == {200}


def test_a_request_over_a_websocket_counts_as_one(limited: Home, alice: JMAP) -> None:
    """Ours: RFC 8887 section 4.3.2 has a request be told of problems as over HTTP."""
    talk = Talk(limited.web, "/jmap/ws", alice.credentials)
    told = []
    for _ in range(3):
        talk.says({"@type": "Request", "using": ["urn:ietf:params:jmap:core"], "methodCalls": []})
        told.append(talk.hears())

    assert [one["@type"] for one in told] == ["Response", "Response", "RequestError"]
    assert told[2] == like(status=429)


def test_off_is_off(home: Home, alice: JMAP) -> None:
    """Ours: `none`."""
    replies = home.web.together([Request("GET", SESSION, alice.credentials) for _ in range(30)])

    assert {one.status for one in replies} == {200}
