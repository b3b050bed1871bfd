"""What an authority comes to see over HTTP (RFC 8555 section 8.3)."""

from datetime import datetime, timedelta

import pytest
from tests.driver import Home, like

from pillarbox.datatypes.server import ChallengeKind, ShownChallenge, hide_challenges, show_challenge
from pillarbox.store import Store

GIVEN = "evaGxfADs6pSRb2LAv9IZ"
PATH = "/.well-known/acme-challenge/"


def shows(store: Store, home: Home, token: str = GIVEN, kind: ChallengeKind = "http-01") -> datetime:
    """The server was asked to show something for a quarter of an hour; until when."""
    expires = home.now() + timedelta(minutes=15)
    show_challenge(store, ShownChallenge(kind, "mail.home.example", token, f"{token}.thumbprint", expires))
    return expires


def test_it_sees_what_it_asked_for(home: Home, store: Store) -> None:
    """RFC 8555 section 8.3: the body is the key authorization, application/octet-stream; nobody need log in."""
    shows(store, home)

    reply = home.web.sends("GET", PATH + GIVEN)

    assert (reply.status, reply.octets) == (200, b"evaGxfADs6pSRb2LAv9IZ.thumbprint")
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "token", ["other", "EVAGXFADS6PSRB2LAV9IZ", "eva", "e%76aGxfADs6pSRb2LAv9IZ%00", "%2e%2e", "*", "A" * 600, "%D9%A1"]
)
def test_nobody_sees_anything_else(home: Home, store: Store, token: str) -> None:
    """RFC 8555 section 11.4: what is at that path is for who knows the token."""
    shows(store, home)

    reply = home.web.sends("GET", PATH + token)

    assert reply.status == 404
    assert reply.json() == like(status=404)


def test_what_is_for_tls_is_not_seen_over_http(home: Home, store: Store) -> None:
    """RFC 8555 section 8: a challenge is proved in the way that was chosen."""
    shows(store, home, kind="tls-alpn-01")

    assert home.web.sends("GET", PATH + GIVEN).status == 404


def test_what_is_over_is_not_seen(home: Home, store: Store) -> None:
    """Ours: hidden when the authority has decided, and after a quarter of an hour in any case."""
    expires = shows(store, home)
    shows(store, home, "another")
    hide_challenges(store, frozenset(["another"]), home.now())
    assert home.web.sends("GET", PATH + "another").status == 404
    assert home.web.sends("GET", PATH + GIVEN).status == 200

    home.clock.now = expires.timestamp()

    assert home.web.sends("GET", PATH + GIVEN).status == 404


def test_a_token_is_shown_once(home: Home, store: Store) -> None:
    """Ours: an order that is begun again may be given the same token."""
    shows(store, home)
    shows(store, home)

    assert home.web.sends("GET", PATH + GIVEN).status == 200
    hide_challenges(store, frozenset([GIVEN]), home.now())
    assert home.web.sends("GET", PATH + GIVEN).status == 404
