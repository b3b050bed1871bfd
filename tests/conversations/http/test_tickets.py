"""Tickets: credentials for one URL, for browsers (architecture section 4)."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.driver import ANY, JMAP, Home, Reply, Request, Stream, like
from tests.toy.clock import Clock

from pillarbox.http.guard.admission import LASTING, LIFE, MOST
from pillarbox.telemetry import configure

EVENTS = "/jmap/eventsource/?types=Mailbox&closeafter=no&ping=0"


def asks(person: JMAP, url: Any) -> Reply:
    """The answer to whoever asks for a ticket."""
    return person.sends("POST", "/jmap/ticket", {"Content-Type": "application/json"}, json.dumps({"url": url}).encode())


def ticketed(person: JMAP, url: str) -> str:
    """The URL with a ticket."""
    reply = asks(person, url)
    assert reply.status == 201, reply
    return str(reply.json()["url"])


def listens(person: JMAP, url: str, **headers: str) -> Stream:
    """An event source as a browser opens it."""
    return person.web.opens(Request("GET", url, headers))


def test_a_ticket_is_put_into_the_url(alice: JMAP) -> None:
    """Architecture section 4: an authenticated call mints it; it is to be used within a minute."""
    reply = asks(alice, EVENTS)

    assert reply.status == 201
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json() == {"url": ANY, "seconds": 60}
    assert re.fullmatch(re.escape(f"{EVENTS}&ticket=") + r"[\w-]{32}", reply.json()["url"])


def test_a_browser_listens_with_it(alice: JMAP) -> None:
    """RFC 8620 section 7.3: an EventSource has a URL and no Authorization."""
    stream = listens(alice, ticketed(alice, EVENTS))
    alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})

    assert stream.status == 200
    assert stream.change()["changed"] == {alice.account_id: {"Mailbox": alice.state("Mailbox")}}


def test_a_browser_talks_with_it(alice: JMAP) -> None:
    """RFC 8887 section 4.1: a WebSocket of a browser has a URL and no Authorization; whole URLs are taken, too."""
    base = "ws://127.0.0.1:8080"
    talk = alice.talks({}, ticketed(alice, f"{base}/jmap/ws").removeprefix(base))

    assert talk.subprotocol == "jmap"


def test_a_page_of_another_site_may_come_with_it(alice: JMAP) -> None:
    """Ours: no browser has a ticket by itself, as it may have a password."""
    talk = alice.talks({"Origin": "https://mail.elsewhere.example"}, ticketed(alice, "/jmap/ws"))

    assert talk.subprotocol == "jmap"


def test_a_browser_downloads_with_it(alice: JMAP, home: Home) -> None:
    """RFC 8620 section 6.2: a link has a URL and no Authorization."""
    blob = alice.uploads(b"hello")
    url = ticketed(alice, f"/jmap/download/{alice.account_id}/{blob}/hello%20world?accept=text/plain")
    reply = home.web.sends("GET", url)

    assert (reply.status, reply.octets) == (200, b"hello")


def test_it_is_good_once(alice: JMAP, home: Home) -> None:
    """Architecture section 4: for one URL, and not twice."""
    blob = alice.uploads(b"hello")
    url = ticketed(alice, f"/jmap/download/{alice.account_id}/{blob}/name")
    assert home.web.sends("GET", url).status == 200

    reply = home.web.sends("GET", url)
    assert reply.status == 403
    assert "www-authenticate" not in reply.headers


def test_it_is_good_for_no_other_url(alice: JMAP, home: Home) -> None:
    """Architecture section 4: exactly one URL."""
    blob, other = alice.uploads(b"hello"), alice.uploads(b"secret")
    place = f"/jmap/download/{alice.account_id}"
    for at, wanted in enumerate((f"{place}/{other}/name", f"{place}/{blob}/other", f"{place}/{blob}/name?accept=a/b")):
        ticket = ticketed(alice, f"{place}/{blob}/name").rpartition("ticket=")[2]
        url = f"{wanted}{'&' if '?' in wanted else '?'}ticket={ticket}"
        assert home.web.sends("GET", url).status == 403, at


def test_it_is_good_where_tickets_are_and_nowhere_else(alice: JMAP, home: Home) -> None:
    """Architecture section 4: event source, WebSocket, download."""
    for method, path in (("GET", "/.well-known/jmap"), ("POST", "/jmap/"), ("POST", "/jmap/ticket")):
        assert home.web.sends(method, ticketed(alice, path)).status == 401


def test_it_is_to_be_used_within_a_minute(alice: JMAP, home: Home, clock: Clock) -> None:
    """Architecture section 4."""
    blob = alice.uploads(b"hello")
    url = ticketed(alice, f"/jmap/download/{alice.account_id}/{blob}/name")
    clock.now += LIFE + 1

    assert home.web.sends("GET", url).status == 403


def test_an_event_source_comes_again_with_it(alice: JMAP, clock: Clock) -> None:
    """Architecture section 4: good for reconnects; RFC 8620 section 7.3: what was missed is told."""
    url = ticketed(alice, EVENTS)
    stream = listens(alice, url)
    alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})
    event = stream.event()
    assert event is not None
    stream.leave()
    alice.asks("Mailbox/set", create={"a": {"name": "More plans"}})
    clock.now += LASTING - 60

    again = listens(alice, url, **{"Last-Event-ID": event["id"]})
    assert again.change()["changed"] == {alice.account_id: {"Mailbox": alice.state("Mailbox")}}


def test_an_event_source_that_stays_away_needs_another(alice: JMAP, home: Home, clock: Clock) -> None:
    """Ours: an hour after the last use."""
    url = ticketed(alice, EVENTS)
    listens(alice, url).leave()
    clock.now += LASTING + 1

    assert home.web.sends("GET", url).status == 403


def test_a_changed_password_ends_what_came_by_ticket(alice: JMAP, home: Home) -> None:
    """Architecture section 4: while its credential is valid."""
    url, talk = ticketed(alice, EVENTS), alice.talks({}, ticketed(alice, "/jmap/ws"))
    stream = listens(alice, url)
    home.gives_password(alice, "new")
    alice.web.passes(31)

    assert stream.event() is None
    assert talk.ends() == 1008
    assert home.web.sends("GET", url).status == 401


def test_nobody_gets_one_without_credentials(home: Home) -> None:
    """Architecture section 4: an authenticated call."""
    assert home.web.sends("POST", "/jmap/ticket", {}, b'{"url": "/jmap/ws"}').status == 401


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"url": 1}', b"\xff", b'{"url": "/a b"}', b'{"url": "/\\u00e4"}']
)
def test_what_asks_for_nothing_is_refused(alice: JMAP, body: bytes) -> None:
    """Ours: 400 says what is asked for."""
    reply = alice.sends("POST", "/jmap/ticket", {}, body)

    assert reply.status == 400
    assert reply.json() == like(status=400)


@pytest.mark.parametrize(
    "url",
    ["", "jmap/ws", "//elsewhere.example/jmap/ws", "https://elsewhere.example/jmap/ws", "http://127.0.0.1:80801/x"],
)
def test_no_ticket_is_for_another_server(alice: JMAP, url: str) -> None:
    """Ours: it would be sent there."""
    assert asks(alice, url).status == 400


def test_so_many_a_minute(alice: JMAP, bob: JMAP, clock: Clock) -> None:
    """Ours: 429, for this account and no other; RFC 9110 section 10.2.3: Retry-After."""
    for _ in range(MOST):
        assert asks(alice, "/jmap/ws").status == 201
    reply = asks(alice, "/jmap/ws")
    assert (reply.status, int(reply.headers["retry-after"])) == (429, 60)
    assert asks(bob, "/jmap/ws").status == 201
    clock.now += 61

    assert asks(alice, "/jmap/ws").status == 201


def test_without_shared_memory_there_are_none(alice: JMAP, home: Home) -> None:
    """Ours: 503; a code fails closed."""
    url = ticketed(alice, EVENTS)
    home.shelf.is_down = True

    assert asks(alice, EVENTS).status == 503
    assert home.web.sends("GET", url).status == 503


def test_what_is_kept_is_of_no_use_to_who_reads_it(alice: JMAP, home: Home) -> None:
    """Ours: neither the ticket nor the password is in what processes share."""
    ticket = ticketed(alice, EVENTS).rpartition("ticket=")[2]
    kept = b"".join(name + octets for name, (octets, _) in home.shelf.codes.items())

    assert kept
    assert ticket.encode() not in kept
    assert alice.credentials["Authorization"].split()[1].encode() not in kept


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged."""
    stream = io.StringIO()
    configure("trace", "json", stream)
    yield stream
    configure("disable")


def test_no_ticket_is_logged(alice: JMAP, home: Home, log: io.StringIO) -> None:
    """Architecture section 4: tickets are never logged."""
    url = ticketed(alice, EVENTS)
    listens(alice, url).leave()
    home.web.sends("GET", ticketed(alice, "/jmap/eventsource/?types=%ff"))

    assert "http.request" in log.getvalue()
    assert "ticket=" not in log.getvalue()
    assert url.rpartition("ticket=")[2] not in log.getvalue()
