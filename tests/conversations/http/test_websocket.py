"""JMAP over a WebSocket (RFC 8887): requests, errors and who may shake hands.

What is pushed on it is in `push/test_websocket.py`, what only a connection can show in `test_websocket_sockets.py`.
"""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.driver import ANY, CORE, JMAP, Home, call, like, result_of

from pillarbox.http import HTTP
from pillarbox.store import Store

WEBSOCKET = "urn:ietf:params:jmap:websocket"
ERROR = "urn:ietf:params:jmap:error:"


def echo(id_: str | None = "R1", **arguments: Any) -> dict[str, Any]:
    """A Request with one call, Core/echo."""
    request = {"@type": "Request", "using": [CORE], "methodCalls": [["Core/echo", arguments, "c1"]]}
    return request if id_ is None else {**request, "id": id_}


def slow(alice: JMAP, id_: str) -> dict[str, Any]:
    """A Request that writes."""
    return {"@type": "Request", "id": id_, **alice.request(call("Mailbox/set", create={"a": {"name": id_}}))}


def test_the_session_tells_where(alice: JMAP) -> None:
    """RFC 8887 section 3: the property of the capabilities, with url and supportsPush."""
    session = alice.sends("GET", "/.well-known/jmap").json()

    assert session["capabilities"][WEBSOCKET] == {"url": "ws://127.0.0.1:8080/jmap/ws", "supportsPush": True}


def test_behind_tls_the_url_is_of_tls(home: Home, alice: JMAP) -> None:
    """RFC 8887 section 3: a wss-URI, where the server is reached over https."""
    home.web.application = HTTP(replace(home.setup, url=lambda *_: "https://mail.example"))
    session = alice.sends("GET", "/.well-known/jmap").json()

    assert session["capabilities"][WEBSOCKET]["url"] == "wss://mail.example/jmap/ws"


def test_the_subprotocol_is_jmap(alice: JMAP) -> None:
    """RFC 8887 section 4.2: the reply contains the subprotocol, also if the client speaks others."""
    assert alice.talks().subprotocol == "jmap"
    assert alice.talks(subprotocols=("other", "jmap")).subprotocol == "jmap"


@pytest.mark.parametrize("offered", [(), ("other",), ("JMAP",)])
def test_without_the_subprotocol_there_is_none(alice: JMAP, offered: tuple[str, ...]) -> None:
    """RFC 8887 section 4.2: "jmap" is in the list of the client."""
    reply = alice.talks(subprotocols=offered).reply

    assert reply is not None
    assert reply.status == 400
    assert reply.json() == like(type="about:blank", status=400)


def test_a_request_has_its_response(alice: JMAP) -> None:
    """RFC 8887 sections 4.3.2 and 4.3.3: @type Response, and the id as requestId."""
    talk = alice.talks()
    talk.says(echo(hello=True))

    assert talk.hears() == {
        "@type": "Response",
        "requestId": "R1",
        "methodResponses": [["Core/echo", {"hello": True}, "c1"]],
        "sessionState": alice.sends("GET", "/.well-known/jmap").json()["state"],
    }


def test_a_request_without_id_has_a_response_without(alice: JMAP) -> None:
    """RFC 8887 section 4.3.3: requestId is returned if there was an id."""
    talk = alice.talks()
    talk.says(echo(None))

    assert "requestId" not in talk.hears()


def test_all_of_jmap_can_be_said(alice: JMAP) -> None:
    """RFC 8887 section 4.3: a Request as over HTTP, with references and createdIds."""
    talk = alice.talks()
    calls = alice.request(
        call("Mailbox/set", "0", create={"a": {"name": "Plans"}}),
        call("Mailbox/query", "1", filter={"name": "Plans"}),
        call("Mailbox/get", "2", properties=["name"], **{"#ids": result_of("1", "Mailbox/query", "/ids")}),
    )
    talk.says({"@type": "Request", "id": "R1", **calls, "createdIds": {}})
    response = talk.hears()

    assert response["createdIds"] == {"a": ANY}
    assert response["methodResponses"][2] == ["Mailbox/get", like(list=[like(name="Plans")]), "2"]


def test_requests_are_served_beside_each_other(alice: JMAP) -> None:
    """RFC 8887 section 4.3.2: the id says which response is whose; the order is the server's."""
    talk = alice.talks()
    for at in range(12):
        talk.says(slow(alice, f"w{at}") if at % 3 == 0 else echo(f"e{at}"))

    assert {talk.hears()["requestId"] for _ in range(12)} == {f"{'e' if at % 3 else 'w'}{at}" for at in range(12)}


@pytest.mark.parametrize(
    ("said", "problem", "id_"),
    [
        ("The quick brown fox", "notJSON", None),
        ("", "notJSON", None),
        ('{"@type": "Request", "@type": "Request"}', "notJSON", None),
        ("[]", "notRequest", None),
        ({"@type": "Request", "id": "R1", "using": [CORE]}, "notRequest", "R1"),
        ({"@type": "Request", "id": 1, "using": [CORE], "methodCalls": []}, "notRequest", None),
        ({"id": "R1", "using": [CORE], "methodCalls": []}, "notRequest", "R1"),
        ({"@type": "Response", "id": "R1"}, "notRequest", "R1"),
        ({"@type": "Request", "id": "R1", "using": ["urn:x"], "methodCalls": []}, "unknownCapability", "R1"),
        ({"@type": "Request", "id": "R1", "using": [CORE], "methodCalls": [["a", {}, "0"]] * 17}, "limit", "R1"),
        ({"@type": "WebSocketPushEnable", "dataTypes": "Email"}, "notRequest", None),
        ({"@type": "WebSocketPushEnable", "dataTypes": [1]}, "notRequest", None),
        ({"@type": "WebSocketPushEnable", "dataTypes": ["x"] * 65}, "notRequest", None),
        ({"@type": "WebSocketPushEnable", "dataTypes": None, "pushState": 1}, "notRequest", None),
    ],
)
def test_what_is_no_request_is_told_so(alice: JMAP, said: Any, problem: str, id_: str | None) -> None:
    """RFC 8887 sections 4.3.1 and 4.3.4: a RequestError, with the id if it was given; the connection goes on."""
    talk = alice.talks()
    talk.says(said)

    assert talk.hears() == like(**{"@type": "RequestError", "requestId": id_, "type": ERROR + problem, "status": 400})
    talk.says(echo("R2"))
    assert talk.hears()["requestId"] == "R2"


def test_a_limit_that_was_passed_is_named(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.1: `limit` has the name of the limit; here maxCallsInRequest and maxSizeRequest."""
    home.build(size_request=1000)
    talk = alice.talks()
    talk.says({"@type": "Request", "using": [CORE], "methodCalls": [["a", {}, "0"]] * 17})
    assert talk.hears() == like(type=f"{ERROR}limit", limit="maxCallsInRequest")
    talk.says(echo(x="x" * 1000))

    assert talk.hears() == like(**{"@type": "RequestError", "type": f"{ERROR}limit", "limit": "maxSizeRequest"})


def test_a_request_of_any_size_below_the_limit_is_read(alice: JMAP) -> None:
    """RFC 8620 section 2, maxSizeRequest: also where reading takes more than a moment."""
    talk = alice.talks()
    talk.says(echo(x="x" * 100_000))

    assert talk.hears() == like(methodResponses=[["Core/echo", like(x="x" * 100_000), "c1"]])


def test_so_many_at_once_as_over_http(home: Home, alice: JMAP) -> None:
    """RFC 8887 section 4.3.2: maxConcurrentRequests holds here, too, and for both together (ours: they take turns)."""
    home.build(concurrent_requests=1)
    talk, other = alice.talks(), alice.talks()
    for at in range(4):
        talk.says(slow(alice, f"a{at}"))
        other.says(slow(alice, f"b{at}"))

    assert [talk.hears()["requestId"] for _ in range(4)] == [f"a{at}" for at in range(4)]
    assert [other.hears()["requestId"] for _ in range(4)] == [f"b{at}" for at in range(4)]


def test_who_does_not_read_is_not_read_from(home: Home, alice: JMAP) -> None:
    """Ours: no more answers wait for a client than requests may be in hand."""
    home.build(concurrent_requests=2)
    talk = alice.talks()
    talk.stops_reading()
    for at in range(10):
        talk.says(echo(f"R{at}"))
    alice.web.moves_on()
    # Two answers wait, one message is held, and the rest was never taken.
    assert talk.waiting >= 7
    talk.goes_on_reading()

    assert {talk.hears()["requestId"] for _ in range(10)} == {f"R{at}" for at in range(10)}


def test_a_bug_ends_a_call_and_not_the_conversation(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.2: serverFail; nothing of what is inside is told."""
    home.service_fails("a secret")
    talk = alice.talks()
    talk.says({"@type": "Request", "id": "R1", **alice.request(call("Mailbox/get"))})
    answer = talk.hears()

    assert answer["methodResponses"][0][:2] == ["error", like(type="serverFail")]
    assert "a secret" not in json.dumps(answer)


def test_what_was_asked_is_answered_before_the_end(alice: JMAP) -> None:
    """Ours: also when the server stops, which is told as an end, too (1001)."""
    talk = alice.talks()
    for at in range(3):
        talk.says(slow(alice, f"R{at}"))
    talk.leave(1001)

    assert {talk.hears()["requestId"] for _ in range(3)} == {"R0", "R1", "R2"}


def test_octets_end_it(alice: JMAP) -> None:
    """RFC 8887 section 4.3.1: a binary frame; closed with 1003."""
    talk = alice.talks()
    talk.says(b"{}")

    assert talk.ends() == 1003


def test_nobody_shakes_hands_without_credentials(home: Home, alice: JMAP) -> None:
    """RFC 8887 section 4.1: as for any other request of HTTP."""
    for headers in ({}, {"Authorization": "Basic eDp5"}):
        reply = alice.talks(headers).reply
        assert reply is not None
        assert reply.status == 401
        assert "www-authenticate" in reply.headers
        assert reply.json() == like(status=401)


def test_a_changed_password_ends_it_with_the_next_request(home: Home, alice: JMAP) -> None:
    """RFC 8887 section 4.2: credentials that expire; closed with 1008."""
    talk = alice.talks()
    home.gives_password(alice, "new")
    talk.says(echo())

    assert talk.ends() == 1008


def test_a_changed_password_ends_it_while_all_is_quiet(home: Home, alice: JMAP) -> None:
    """RFC 8887 section 4.2; ours: half a minute later at most."""
    talk = alice.talks()
    home.gives_password(alice, "new")
    alice.web.passes(31)

    assert talk.ends() == 1008


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "HTTP://127.0.0.1:8080", "https://mail.example"])
def test_a_page_of_ours_may(alice: JMAP, origin: str) -> None:
    """RFC 6455 section 10.2: Origin is where the request goes to; as the browser sees it, behind TLS as well."""
    host = {"Host": "mail.example"} if "mail" in origin else {}

    assert alice.talks({**alice.credentials, "Origin": origin, **host}).subprotocol == "jmap"


@pytest.mark.parametrize(
    "origin",
    ["https://elsewhere.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:8080.evil.example"],
)
def test_a_page_of_another_site_may_not(alice: JMAP, origin: str) -> None:
    """RFC 6455 section 10.2: a browser sends what it remembers of Basic, whoever asks it to."""
    reply = alice.talks({**alice.credentials, "Origin": origin}).reply

    assert reply is not None
    assert reply.status == 403


def test_a_wrong_handshake_is_told_what_is_right(alice: JMAP) -> None:
    """RFC 6455 sections 4.2.1 and 4.2.2: 426 with the version, 400 for a key that is none."""
    older = alice.talks({**alice.credentials, "Sec-WebSocket-Version": "8"}).reply
    keyless = alice.talks({**alice.credentials, "Sec-WebSocket-Key": "short"}).reply
    plain = alice.sends("GET", "/jmap/ws/")

    assert older is not None
    assert keyless is not None
    assert [older.status, keyless.status, plain.status] == [426, 400, 426]
    assert older.headers["sec-websocket-version"] == plain.headers["sec-websocket-version"] == "13"
    assert plain.headers["upgrade"] == "websocket"


def test_elsewhere_there_is_no_websocket(alice: JMAP) -> None:
    """RFC 6455 section 4.2.1: the resource is the one that the session names."""
    for target in ("/.well-known/jmap", "/nothing"):
        reply = alice.talks(target=target).reply
        assert reply is not None
        assert reply.status == 404


def test_an_account_has_only_so_many(home: Home, alice: JMAP, bob: JMAP) -> None:
    """Ours: each may be half way through the largest of requests; others are not in its way."""
    home.setup.sockets.most = 2
    first = alice.talks()
    alice.talks()
    refused = alice.talks().reply
    assert refused is not None
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) > 0
    assert bob.talks().subprotocol == "jmap"
    first.leave()

    assert alice.talks().subprotocol == "jmap"


def test_a_store_that_fails_ends_no_conversation(alice: JMAP, home: Home, store: Store) -> None:
    """Ours: what a client asks is answered with what can be told."""
    talk = alice.talks()
    store.remove(alice.number)
    talk.says({"@type": "Request", "id": "R1", **alice.request(call("Mailbox/get"))})

    assert talk.hears()["requestId"] == "R1"
