"""The way to somebody's mail servers is tried, and told step by step."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from tests.driver import JMAP, Home, Request, Stream
from tests.driver.administrator import Administrator
from tests.driver.web import Reply
from tests.neighbour.mx import DROP, MX, STALL
from tests.neighbour.names import NameServer

from pillarbox.access import OWNER
from pillarbox.management import ENDPOINTS, Sent, answered, found
from pillarbox.management.refusal import Unsupported
from pillarbox.settings import snapshot

OPEN = {"server.outbound.allow-networks": "127.0.0.0/8"}


@pytest.fixture
def names() -> Iterator[NameServer]:
    with NameServer() as names:
        yield names


@pytest.fixture
def mx() -> Iterator[MX]:
    with MX() as mx:
        yield mx


@pytest.fixture
def root(home: Home, names: NameServer, mx: MX) -> Administrator:
    """The administrator of a server that may connect to loopback, where the neighbours are."""
    names.has_mx("far.example", [(10, "mx.far.example", "127.0.0.1")])
    sets(home, names, mx, OPEN)
    return Administrator(home)


def sets(home: Home, names: NameServer, mx: MX, more: dict[str, str]) -> None:
    pairs = {"server.hostname": "mx.home.example", "queue.port": str(mx.port)}
    home.settings, problems = snapshot({**pairs, "server.dns.servers": f"127.0.0.1:{names.port}", **more})
    assert not problems


def stages(reply: Reply) -> list[Any]:
    """What was told, without how long it took."""
    assert (reply.status, reply.headers["content-type"]) == (200, "text/event-stream"), reply.octets
    told = []
    for event in reply.octets.decode().strip().split("\n\n"):
        kind, data = event.split("\n")
        assert kind == "event: event"
        (stage,) = orjson.loads(data.removeprefix("data: "))
        assert isinstance(stage.pop("elapsed", 0), int)
        told.append(stage)
    assert told.pop() == {"type": "completed"}
    return told


def opens(root: Administrator) -> Stream:
    """The answer about far.example, while it comes."""
    token = root.does("GET", "troubleshoot/token")
    return root.home.web.opens(Request("GET", f"/api/troubleshoot/delivery/far.example?token={token}"))


def comes(stream: Stream, kind: str) -> None:
    """Waits for a stage of this type."""
    while (event := stream.event()) is not None:
        if orjson.loads(event["data"])[0]["type"] == kind:
            return
    raise AssertionError(f"no {kind} came")


def kinds(reply: Reply) -> list[str]:
    return [one["type"] for one in stages(reply)]


def reasons(reply: Reply) -> dict[str, str]:
    return {one["type"]: one["reason"] for one in stages(reply) if "reason" in one}


def test_each_step_to_a_mail_server_is_told(root: Administrator, mx: MX) -> None:
    """Management API section 17: the stages, in their order; ours: nothing of a message is sent."""
    told = stages(root.calls("GET", "troubleshoot/delivery/Bob@Far.example"))
    assert told == [
        {"type": "mxLookupStart", "domain": "far.example"},
        {"type": "mxLookupSuccess", "mxs": [{"exchanges": ["mx.far.example"], "preference": 10}]},
        {"type": "mtaStsFetchStart"},
        {"type": "mtaStsNotFound"},
        {"type": "tlsRptLookupStart"},
        {"type": "tlsRptNotFound"},
        {"type": "deliveryAttemptStart", "hostname": "mx.far.example"},
        {"type": "ipLookupStart"},
        {"type": "ipLookupSuccess", "remote_ips": ["127.0.0.1"]},
        {"type": "connectionStart", "remote_ip": "127.0.0.1"},
        {"type": "connectionSuccess"},
        {"type": "readGreetingStart"},
        {"type": "readGreetingSuccess"},
        {"type": "ehloStart"},
        {"type": "ehloSuccess"},
        {"type": "startTlsStart"},
        {"type": "startTlsError", "reason": "the server offers no STARTTLS"},
        {"type": "mailFromStart"},
        {"type": "mailFromSuccess"},
        {"type": "rcptToStart"},
        {"type": "rcptToSuccess"},
        {"type": "quitStart"},
        {"type": "quitCompleted"},
    ]
    assert [one for one in mx.commands if one.startswith(("MAIL", "RCPT", "DATA"))] == [
        "MAIL FROM:<>",
        "RCPT TO:<bob@far.example>",
    ]


def test_what_a_server_refuses_is_told(root: Administrator, mx: MX) -> None:
    """Management API section 17: errors carry a reason; what follows is not tried."""
    mx.says("RCPT", "550 5.1.1 No such\x1b user")
    refused = root.calls("GET", "troubleshoot/delivery/bob@far.example")
    assert reasons(refused)["rcptToError"] == "550 5.1.1 No such? user"
    assert kinds(refused)[-1] == "rcptToError"
    mx.says("connect", "554 5.7.1 Not you")
    refused = root.calls("GET", "troubleshoot/delivery/bob@far.example")
    assert reasons(refused)["readGreetingError"].startswith("554 5.7.1 Not you")
    mx.says("MAIL", DROP)
    assert kinds(root.calls("GET", "troubleshoot/delivery/far.example"))[-1] == "mailFromError"


def test_a_server_that_says_nothing_is_not_waited_for(root: Administrator, mx: MX) -> None:
    """Management API section 17: `timeout`, 30 seconds if it is not given; ours: a minute is the most."""
    mx.says("EHLO", STALL)
    stream = opens(root)
    comes(stream, "ehloStart")
    root.home.web.passes(31)
    comes(stream, "ehloError")
    comes(stream, "completed")
    root.is_refused(400, "GET", "troubleshoot/delivery/far.example?timeout=61")


def test_what_dns_says_is_told(root: Administrator, names: NameServer) -> None:
    """Management API section 17: no such domain, a null MX (RFC 7505), and no answer."""
    for domain, told in (("none.example", "there is no name"), ("null.example", "null MX"), ("bad.example", "not say")):
        names.knows("null.example", "MX", "0 .")
        names.fails_for("bad.example")
        reply = root.calls("GET", f"troubleshoot/delivery/{domain}")
        assert kinds(reply) == ["mxLookupStart", "mxLookupError"]
        assert told in reasons(reply)["mxLookupError"]


def test_what_a_domain_publishes_is_told(root: Administrator, names: NameServer) -> None:
    """Management API section 17: where reports go (RFC 8460), and why there is no policy where one is announced."""
    names.knows("_smtp._tls.far.example", "TXT", '"v=TLSRPTv1; rua=mailto:tls@far.example,https://far.example/r"')
    names.knows("_mta-sts.far.example", "TXT", '"v=STSv1; id=1"')
    told = stages(root.calls("GET", "troubleshoot/delivery/far.example"))
    places = [{"type": "mail", "email": "tls@far.example"}, {"type": "http", "url": "https://far.example/r"}]
    assert {"type": "tlsRptLookupSuccess", "rua": places} in told
    assert "mtaStsFetchError" in [one["type"] for one in told]


def test_nobody_is_sent_into_networks_of_ours(root: Administrator, home: Home, names: NameServer, mx: MX) -> None:
    """Ours: as in sending, whatever a stranger's DNS says."""
    sets(home, names, mx, {})
    reply = root.calls("GET", "troubleshoot/delivery/far.example")
    assert reasons(reply) == {"connectionError": "it is in a network that mail is not sent to"}
    assert mx.connections == 0


def test_what_is_no_address_is_refused(root: Administrator, mx: MX) -> None:
    """Ours: nothing of a stranger's choice gets into what is said to a server."""
    for bad in ("bob", "a%3E%20b@far.example", "a%3Eb@far.example", "far..example"):
        root.is_refused(404, "GET", f"troubleshoot/delivery/{bad}", error="notFound")
    root.is_refused(400, "GET", "troubleshoot/delivery/a%0d%0aRSET@far.example")
    assert mx.connections == 0


def test_a_token_is_as_good_as_credentials(root: Administrator, home: Home) -> None:
    """Management API section 2.4: for what troubleshoots alone; ours: once, and within a minute."""
    path = "/api/troubleshoot/delivery/far.example"
    token = root.does("GET", "troubleshoot/token")
    assert home.web.sends("GET", f"/api/queue/status?token={token}").status == 401
    assert home.web.sends("GET", f"/api/troubleshoot/token?token={token}").status == 401
    assert home.web.sends("GET", f"{path}?token=x{token}").status == 403
    assert kinds(home.web.sends("GET", f"{path}?timeout=5&token={token}"))[-1] == "quitCompleted"
    assert home.web.sends("GET", f"{path}?token={token}").status == 403
    late = root.does("GET", "troubleshoot/token")
    home.clock.now += 61
    assert home.web.sends("GET", f"{path}?token={late}").status == 403
    assert home.web.sends("GET", path).status == 401


def test_stages_come_as_they_happen(root: Administrator, mx: MX) -> None:
    """Management API section 17: server-sent events; a client that has gone is not tried for any more."""
    mx.says("EHLO", STALL)
    stream = opens(root)
    comes(stream, "ehloStart")
    stream.leave()
    assert stream.ended
    assert mx.commands == ["EHLO mx.home.example"]


def test_no_more_than_some_are_made_at_once(root: Administrator, mx: MX) -> None:
    """Ours: 8 of a process; each holds connections for up to two minutes."""
    mx.says("EHLO", *[STALL] * 8)
    streams = [opens(root) for _ in range(8)]
    for stream in streams:
        comes(stream, "ehloStart")
    root.is_refused(429, "GET", "troubleshoot/delivery/far.example")
    streams[0].leave()
    assert kinds(root.calls("GET", "troubleshoot/delivery/far.example"))[-1] == "quitCompleted"


def test_without_http_there_is_no_token(home: Home) -> None:
    """Ours: the command line has no use for one."""
    there = found(ENDPOINTS, "GET", "/api/troubleshoot/token")
    assert there is not None
    with pytest.raises(Unsupported):
        answered(there[0], home.office, OWNER, {}, Sent())


def test_checks_are_not_there_yet(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 3, 63: 501 to who may; section 20: users may not."""
    root.is_refused(501, "POST", "troubleshoot/dmarc", {}, error="unsupported")
    for path in ("token", "delivery/far.example"):
        Administrator(home, alice, "user").is_refused(403, "GET", f"troubleshoot/{path}")
