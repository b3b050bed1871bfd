"""Clients come by a real proxy, configured as docs/administrators/reverse-proxy.md prints it."""

import base64
import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.program import until
from tests.journeys.proxies.front import FRONTS, Front, asked, fronted
from tests.journeys.proxies.visit import NAME
from websockets.sync.client import connect

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

PERSON, OTHER, PROXY = "127.0.0.7", "127.0.0.8", "127.0.0.1"
FAR = "203.0.113.9"
FORGED = {
    "Forwarded": f"for={FAR};proto=http;by=203.0.113.1",
    "X-Forwarded-For": FAR,
    "X-Forwarded-Proto": "http",
    "X-Real-IP": FAR,
    "Via": "1.1 far.example",
}
MESSAGE = b"From: bob@far.example\r\nSubject: Hello\r\n\r\nHello.\r\n"


@pytest.fixture(scope="module", params=FRONTS)
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Front]:
    """Each way of the page in turn, one server for all that is promised of it."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    with fronted(folder, FRONTS[request.param](), data) as made:
        yield made
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def nobody_left(front: Front) -> Iterator[None]:
    """What one test has begun is not the next one's."""
    yield
    front.hang_up()


def path() -> str:
    """A path that nobody else asks for."""
    return f"/nothing/{uuid.uuid4()}"


def test_clients_are_told_the_urls_of_the_proxy(front: Front) -> None:
    """RFC 8620 section 2: apiUrl and the others; ours: the scheme, host and port that clients see."""
    session = front.alice().session()

    named = [session[name] for name in ("apiUrl", "uploadUrl", "downloadUrl", "eventSourceUrl")]
    assert [url.startswith(f"{front.url}/jmap/") for url in named] == [True] * 4
    socket = session["capabilities"]["urn:ietf:params:jmap:websocket"]["url"]
    assert socket == f"wss://{NAME}:{front.port}/jmap/ws"


def test_the_log_has_the_address_of_the_client(front: Front) -> None:
    """Issue: computed once, for the log as for limits and access."""
    here = path()

    asked(front.visit(PERSON), here)

    assert front.told(here)["client"] == PERSON


# Caddy and HAProxy are put on 127.0.0.1 alone here.
@pytest.mark.parametrize("front", ["nginx", "nginx-forwarded"], indirect=True)
def test_the_address_may_be_one_of_ipv6(front: Front) -> None:
    """RFC 7239 section 6: in brackets and quotes there; without them in X-Forwarded-For."""
    here = path()

    asked(front.visit("::1"), here)

    assert front.told(here)["client"] == "::1"


@pytest.mark.parametrize("header", [None, *FORGED])
def test_what_a_client_says_of_itself_changes_nothing_in_the_log(front: Front, header: str | None) -> None:
    """Issue: forged headers from an untrusted peer; all of them, and each alone."""
    here = path()

    answer, _ = asked(front.visit(PERSON), here, headers=FORGED if header is None else {header: FORGED[header]})

    assert (answer.status, front.told(here)["client"]) == (404, PERSON)


def test_who_comes_past_the_proxy_is_not_believed(front: Front) -> None:
    """Issue: they are no trusted peer, though on the same machine."""
    here = path()

    answer, _ = asked(front.past(OTHER), here, headers={**FORGED, "X-Forwarded-Proto": "https"})

    # In the clear; and not sent on, for it could be a proxy that nobody has told of, which would bring it back.
    assert (answer.status, front.told(here)["client"]) == (403, OTHER)


def test_forged_headers_change_nothing_in_access_control(front: Front) -> None:
    """Issue: `allowed-endpoint` refuses 203.0.113.66, and nobody becomes that address by saying so."""
    banned = {name: value.replace(FAR, "203.0.113.66") for name, value in FORGED.items()}

    assert asked(front.visit(PERSON), "/robots.txt", headers=banned)[0].status == 200
    assert asked(front.past(OTHER), "/healthz/live", headers=banned)[0].status == 200


def test_limits_go_by_the_client_whatever_it_says(front: Front) -> None:
    """Ours: 20 requests a minute without credentials, set for this test; those of one are not another's."""

    def statuses(source: str, times: int) -> list[int]:
        visit = front.visit(source)
        found = []
        for at in range(times):
            forged = {name: value.replace(FAR, f"203.0.113.{at}") for name, value in FORGED.items()}
            visit.request("GET", "/.well-known/mta-sts.txt", headers=forged)
            answer = visit.getresponse()
            answer.read()
            found.append(answer.status)
        visit.close()
        return found

    assert statuses("127.0.0.77", 21) == [404] * 20 + [429]
    assert statuses("127.0.0.78", 1) == [404]


def test_browsers_are_told_to_come_by_https_alone(front: Front) -> None:
    """RFC 6797 section 7.1: the header is sent over secure transport, here the proxy's."""
    answer, _ = asked(front.visit(PERSON), "/robots.txt")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_requests_in_the_clear_are_sent_on(front: Front) -> None:
    """RFC 6797 section 7.2; with the port that clients know, and without the header."""
    answer, _ = asked(front.clearly(PERSON), "/robots.txt?a=b")

    assert (answer.status, answer.headers["Location"]) == (308, f"{front.url}/robots.txt?a=b")
    assert "Strict-Transport-Security" not in answer.headers


def test_a_password_in_the_clear_is_refused(front: Front) -> None:
    """Ours: it has been told to the network already; a client cannot say that it came by TLS."""
    token = base64.b64encode(b"alice@mail.example.org:x").decode()
    forged = {**FORGED, "X-Forwarded-Proto": "https", "Forwarded": "for=203.0.113.9;proto=https"}

    answer, _ = asked(front.clearly(PERSON), "/jmap/session", headers={"Authorization": f"Basic {token}", **forged})

    assert answer.status == 403


def test_an_event_comes_while_the_stream_goes_on(front: Front) -> None:
    """Issue: unbuffered; a proxy that waits for more would tell of it when the stream ends, which it does not."""
    alice = front.alice()
    stream = alice.listen("Email")

    alice.import_(MESSAGE)

    assert stream.change(alice.account, "Email", within=10).name == "state"


def test_a_web_socket_goes_through(front: Front) -> None:
    """RFC 8887 section 4.3: requests, and a change that is told."""
    alice = front.alice()
    request = {
        "@type": "Request",
        "id": "R1",
        "using": ["urn:ietf:params:jmap:core"],
        "methodCalls": [["Core/echo", {"hello": True}, "c"]],
    }
    with connect(
        f"ws://{NAME}:{front.port}/jmap/ws",
        sock=front.visit(PERSON).socket(),
        subprotocols=["jmap"],  # type: ignore[list-item]
        additional_headers=alice.headers,
        proxy=None,
    ) as socket:
        socket.send(json.dumps(request))
        answer = json.loads(socket.recv(timeout=10))
        assert (answer["requestId"], answer["methodResponses"]) == ("R1", [["Core/echo", {"hello": True}, "c"]])

        socket.send(json.dumps({"@type": "WebSocketPushEnable", "dataTypes": ["Email"]}))
        alice.import_(MESSAGE)
        told = json.loads(socket.recv(timeout=10))
        assert told["@type"] == "StateChange"
        assert "Email" in told["changed"][alice.account]


def test_uploads_and_parts_of_downloads_go_through(front: Front) -> None:
    """RFC 8620 sections 6.1 and 6.2; RFC 9110 section 14.2."""
    alice = front.alice()
    octets = bytes(range(256)) * 4 * 4096

    blob = alice.upload(octets)
    answer, body = asked(
        front.visit(),
        f"/jmap/download/{alice.account}/{blob}/x?type=application%2Foctet-stream",
        headers={**alice.headers, "Range": "bytes=1000000-2999999"},
    )

    assert (answer.status, body) == (206, octets[1_000_000:3_000_000])
    assert answer.headers["Content-Range"] == f"bytes 1000000-2999999/{len(octets)}"


def test_a_head_that_is_too_large_is_answered_by_the_server(front: Front) -> None:
    """RFC 6585 section 5: 8192 octets, set for this test, which every one of these proxies lets through."""
    fields = {f"X-Long-{at}": "x" * 3900 for at in range(3)}

    answer, body = asked(front.visit(PERSON), "/robots.txt", headers=fields)

    assert (answer.status, json.loads(body)["status"]) == (431, 431)


def test_metrics_without_a_secret_are_not_for_who_comes_by_a_proxy(front: Front) -> None:
    """Ours: they are for this machine alone, and on loopback everybody would be."""
    assert asked(front.visit(PROXY), "/metrics/prometheus")[0].status == 403
    assert asked(front.visit(PERSON), "/metrics/prometheus")[0].status == 403


def test_http_2_is_spoken_where_the_proxy_does(front: Front) -> None:
    """Ours: curl asks for it, and takes HTTP/1.1 from where TLS is passed through (RFC 7301)."""
    there = ("--cacert", str(front.authority_file), "--resolve", f"{NAME}:{front.port}:127.0.0.1", "--noproxy", "*")
    written = ("-sS", "-o", "/dev/null", "-w", "%{http_version} %{http_code}")
    done = subprocess.run(
        ["curl", "--http2", *there, *written, f"{front.url}/healthz/ready"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.stdout == ("2 200" if front.kind.speaks_2 else "1.1 200"), done.stderr


# What the PROXY header is like has no part in it, so that one of the two that pass TLS through is enough.
@pytest.mark.parametrize("front", [name for name in FRONTS if name != "haproxy-passing-v1"], indirect=True)
def test_clients_come_back_when_the_server_and_the_proxy_were_restarted(front: Front) -> None:
    """Ours: a connection that the proxy has kept leads nowhere any more, and that is not told as an error."""
    alice = front.alice()
    account = alice.account
    front.hang_up()

    front.server.stop()
    front.server.start()
    until(lambda: asked(front.visit(), "/healthz/ready")[0].status == 200, "the proxy finds the server again")
    again = front.alice()
    assert again.account == account

    front.proxy.stop()
    front.proxy.start()
    assert front.alice().account == account
