"""One push, and what an answer to it means (RFC 8620 section 7.2, RFC 8030 section 5)."""

import asyncio
import hashlib
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from tests.neighbour.endpoint import Authority, Endpoint, Received

from pillarbox.datatypes.push import Subscribed
from pillarbox.jmap.push.webpush.posting import Fate, Outcome, Post
from pillarbox.net import Guard
from pillarbox.net.outbound import Outbound
from pillarbox.wire.values import Id
from pillarbox.wire.webpush import KeyPair

NOW = 1_800_000_000.0


def chance(octets: int) -> bytes:
    return hashlib.sha512(b"any").digest()[:octets]


def pushed(
    status: int = 201, fields: dict[str, str] | None = None, *, url: str | None = None, lives: float = 1e6
) -> tuple[Outcome, Received | None]:
    """What became of a push that was answered so, and what arrived."""
    authority = Authority()
    with Endpoint(authority.server("127.0.0.1")) as endpoint:
        endpoint.answers(status, fields)
        ends = datetime.fromtimestamp(NOW + lives, UTC)
        to = Subscribed(1, Id("p1"), url or endpoint.url(), None, True, None, ends, None, {})

        async def push() -> Outcome:
            guard = Guard((ip_network("127.0.0.0/8"),))
            async with Outbound(guard, trust=authority.trusted()) as outbound:
                post = Post(outbound, KeyPair(chance(48)), "mailto:a@home.example", 20, lambda: NOW, chance)
                return await post.push(to, b"{}", "normal")

        outcome = asyncio.run(push())
        return outcome, None if endpoint.took_nothing() else endpoint.takes()


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.TAKEN),
        (201, Fate.TAKEN),
        (202, Fate.TAKEN),
        (204, Fate.TAKEN),
        (301, Fate.FAILED),
        (307, Fate.FAILED),
        (400, Fate.FAILED),
        (403, Fate.FAILED),
        (404, Fate.GONE),
        (410, Fate.GONE),
        (413, Fate.FAILED),
        (429, Fate.SLOWED),
        (500, Fate.FAILED),
        (503, Fate.FAILED),
    ],
)
def test_an_answer_has_a_meaning(status: int, fate: Fate) -> None:
    """RFC 8030 sections 5, 7.3 and 8.4; RFC 8620 section 7.2."""
    assert pushed(status)[0].fate is fate


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("9" * 400, 999_999_999.0),
        ("", None),
    ],
)
def test_when_it_may_be_tried_again_is_read(text: str, seconds: float | None) -> None:
    """RFC 9110 section 10.2.3: seconds or a date; what is neither is nothing."""
    assert pushed(503, {"Retry-After": text})[0].after == seconds


@pytest.mark.parametrize(("lives", "ttl"), [(1e6, "86400"), (100.0, "100"), (-5.0, "0")])
def test_a_push_is_kept_no_longer_than_the_subscription(lives: float, ttl: str) -> None:
    """RFC 8030 section 5.2."""
    received = pushed(lives=lives)[1]

    assert received is not None
    assert received.fields["ttl"] == ttl


def test_where_nobody_listens_nothing_was_asked() -> None:
    """Ours: so a verification may be tried again."""
    assert pushed(url="https://127.0.0.1:1/")[0].fate is Fate.UNSENT


def test_where_we_do_not_send_is_told_from_a_failure() -> None:
    """RFC 8620 section 8.6."""
    assert pushed(url="https://10.0.0.1/")[0].fate is Fate.REFUSED
