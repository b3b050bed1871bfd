"""What a whole request may be, and how one that is none is refused (RFC 8620 sections 3.1 to 3.6.1)."""

import json
from typing import Any

import pytest
from tests.driver import CORE, JMAP, MAIL, Home, Reply, call, like

ERROR = "urn:ietf:params:jmap:error:"


def refused_as(reply: Reply, error: str, status: int = 400, **more: Any) -> None:
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == like(type=f"{ERROR}{error}", status=status, **more)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"{",
        b"not json",
        b'{"using": [], "methodCalls": [],}',
        b'{"using": [], "methodCalls": []} {}',
        b"\xef\xbb\xbf{}",
        b'{"using": [], "using": [], "methodCalls": []}',
        b'{"using": [], "methodCalls": [["Core/echo", {"a": {"b": 1, "b": 1}}, "0"]]}',
        b'{"using": [], "methodCalls": [["Core/echo", {"a": 1, "\\u0061": 1}, "0"]]}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1e400}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\\ud800"}',
        b'{"a": 01}',
        b'{"a": "\n"}',
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
    ids=[
        "nothing",
        "cut off",
        "no JSON",
        "trailing comma",
        "two values",
        "byte order mark",
        "a name twice",
        "a name twice deep inside",
        "a name twice in two spellings",
        "5000 digits",
        "larger than any double",
        "NaN",
        "Infinity",
        "no UTF-8",
        "a surrogate in UTF-8",
        "half a surrogate pair",
        "leading zero",
        "control character",
        "10,000 brackets open",
        "10,000 arrays deep",
        "10,000 objects deep",
    ],
)
def test_what_is_not_i_json_is_not_json(alice: JMAP, octets: bytes) -> None:
    """RFC 8620 sections 1.5 and 3.6.1: notJSON, for what does not parse as I-JSON."""
    refused_as(alice.posts(octets), "notJSON")


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/jmap", "application/x-www-form-urlencoded"])
def test_another_content_type_is_not_json(alice: JMAP, content_type: str | None) -> None:
    """RFC 8620 section 3.6.1: notJSON if the content type of the request was not application/json."""
    refused_as(alice.posts(alice.request(call("Core/echo")), content_type), "notJSON")


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/json ;charset=UTF-8"]
)
def test_a_content_type_may_have_parameters_in_any_case(alice: JMAP, content_type: str) -> None:
    """RFC 9110 section 8.3.1: media types compare without case, and may have parameters."""
    assert alice.posts(alice.request(call("Core/echo")), content_type).status == 200


@pytest.mark.parametrize(
    "body",
    [
        None,
        1,
        "text",
        [],
        {},
        {"foo": "bar"},
        {"using": [CORE]},
        {"methodCalls": []},
        {"using": CORE, "methodCalls": []},
        {"using": None, "methodCalls": []},
        {"using": [1], "methodCalls": []},
        {"using": [CORE], "methodCalls": {}},
        {"using": [CORE], "methodCalls": None},
        {"using": [CORE], "methodCalls": [{}]},
        {"using": [CORE], "methodCalls": [["Core/echo", {}]]},
        {"using": [CORE], "methodCalls": [["Core/echo", {}, "0", "1"]]},
        {"using": [CORE], "methodCalls": [["Core/echo", [], "0"]]},
        {"using": [CORE], "methodCalls": [["Core/echo", None, "0"]]},
        {"using": [CORE], "methodCalls": [["Core/echo", {}, 0]]},
        {"using": [CORE], "methodCalls": [[1, {}, "0"]]},
        {"using": [CORE], "methodCalls": [["Core/echo", {}, "0"], None]},
        {"using": [CORE], "methodCalls": [], "createdIds": []},
        {"using": [CORE], "methodCalls": [], "createdIds": {"k": 1}},
        {"using": [CORE], "methodCalls": [], "createdIds": {"k": "not an id"}},
        {"using": [CORE], "methodCalls": [], "createdIds": {"#": "m1"}},
    ],
    ids=lambda body: json.dumps(body).replace(CORE, "core"),
)
def test_json_that_is_no_request_object_is_not_request(alice: JMAP, body: Any) -> None:
    """RFC 8620 section 3.6.1: notRequest, for JSON that does not match the Request type."""
    refused_as(alice.posts(body), "notRequest")


def test_nothing_is_processed_of_what_is_no_request(alice: JMAP) -> None:
    """RFC 8620 section 3.6.1: a request-level error is for the request as a whole."""
    create = ["Mailbox/set", {"accountId": alice.account_id, "create": {"a": {"name": "Plans"}}}, "0"]
    state = alice.state("Mailbox")
    refused_as(alice.posts({"using": [CORE, MAIL], "methodCalls": [create, None]}), "notRequest")
    refused_as(alice.posts({"using": [CORE, MAIL, "urn:x"], "methodCalls": [create]}), "unknownCapability")

    assert alice.state("Mailbox") == state


def test_a_null_created_ids_is_none(alice: JMAP) -> None:
    """RFC 8620 section 3.3: createdIds is optional; null, as JSON has it, is taken for left out (ours)."""
    reply = alice.posts({"using": [CORE], "methodCalls": [], "createdIds": None})

    assert reply.json() == like(methodResponses=[])
    assert "createdIds" not in reply.json()


def test_unknown_members_of_a_request_are_ignored(alice: JMAP) -> None:
    """RFC 8620 section 3.3: what a future document adds does not break a request."""
    assert alice.posts({**alice.request(call("Core/echo")), "new": [1]}).status == 200


def test_a_capability_that_is_not_there_is_unknown(alice: JMAP) -> None:
    """RFC 8620 section 3.6.1: unknownCapability; it must be at the HTTP level (clarification Q3)."""
    refused_as(alice.posts({"using": [CORE, "urn:example:none"], "methodCalls": []}), "unknownCapability")


def test_a_capability_is_told_with_its_case(alice: JMAP) -> None:
    """RFC 8620 section 1.5: I-JSON is case-sensitive."""
    refused_as(alice.posts({"using": [CORE.upper()], "methodCalls": []}), "unknownCapability")


def test_a_request_that_is_too_large_is_a_limit(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.1: limit, with the limit's name; RFC 9110 section 15.5.14: 413."""
    home.build(size_request=1000)

    refused_as(alice.posts(alice.request(call("Core/echo", a="x" * 1000))), "limit", 413, limit="maxSizeRequest")


def test_a_request_that_does_not_say_its_length_is_bounded_as_well(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.1: the limit holds for what is sent, not for what is announced."""
    home.build(size_request=1000)
    reply = alice.sends(
        "POST", "/jmap/", {"Content-Type": "application/json", "Content-Length": "10"}, b'"' + b"x" * 1000 + b'"'
    )

    refused_as(reply, "limit", 413, limit="maxSizeRequest")


def test_a_request_of_the_largest_size_is_processed(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 2: maxSizeRequest is what a request may have."""
    body = json.dumps(alice.request(call("Core/echo", a="x" * 500))).encode()
    home.build(size_request=len(body))

    assert alice.posts(body).status == 200


def test_more_calls_than_are_allowed_are_a_limit(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.1: limit, for maxCallsInRequest; none of them is processed."""
    home.build(calls_in_request=2)
    echo = ["Core/echo", {}, "0"]
    reply = alice.posts({"using": [CORE], "methodCalls": [echo] * 3})

    refused_as(reply, "limit", limit="maxCallsInRequest")
    assert alice.posts({"using": [CORE], "methodCalls": [echo] * 2}).status == 200


def test_a_request_that_is_cut_off_is_not_answered_and_does_nothing(home: Home, alice: JMAP) -> None:
    """Ours: half a request is none, even if it were JSON."""
    state = alice.state("Mailbox")
    body = json.dumps(alice.request(call("Mailbox/set", create={"a": {"name": "Plans"}}))).encode()
    home.web.breaks_off(alice.asking("POST", "/jmap/", {"Content-Type": "application/json"}, body))

    assert alice.state("Mailbox") == state


def test_eight_requests_at_once_are_all_answered(alice: JMAP) -> None:
    """RFC 8620 section 2, "maxConcurrentRequests" (ours: more of them wait for their turn)."""
    replies = alice.send_together([alice.request(call("Mailbox/get", str(at))) for at in range(8)])

    assert [reply.status for reply in replies] == [200] * 8
    assert [reply.json()["methodResponses"][0][2] for reply in replies] == [str(at) for at in range(8)]


def test_writers_at_once_do_not_disturb_each_other(alice: JMAP) -> None:
    """RFC 8620 section 3.10: calls of requests that run together act as if in some order."""
    bodies = [alice.request(call("Mailbox/set", create={"a": {"name": f"Plans {at}"}})) for at in range(8)]
    for reply in alice.send_together(bodies):
        assert reply.json()["methodResponses"][0][1] == like(created={"a": like(totalEmails=0)})

    names = {mailbox["name"] for mailbox in alice.asks("Mailbox/get")["list"]}
    assert {f"Plans {at}" for at in range(8)} <= names


def test_more_than_can_wait_are_refused_with_the_name_of_the_limit(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.1: limit, for maxConcurrentRequests."""
    home.build(concurrent_requests=1)
    home.setup.turns.waiting = 1
    # Whose password is known needs no turn to have it hashed: all six come at once. What only reads may be served as it
    # comes, so that nobody waits.
    alice.asks("Core/echo")
    replies = alice.send_together([alice.request(call("Mailbox/set"))] * 6)

    statuses = sorted(reply.status for reply in replies)
    assert statuses[:2] == [200, 200]
    refused_as(next(reply for reply in replies if reply.status != 200), "limit", limit="maxConcurrentRequests")


def test_others_do_not_wait_for_one_who_sends_slowly(home: Home, alice: JMAP, bob: JMAP) -> None:
    """Ours: the limit of requests at once is each account's own."""
    home.build(concurrent_requests=1)
    slow = home.web.sends_slowly(alice.asking("POST", "/jmap/", {"Content-Type": "application/json"}, b"{"))

    assert bob.asks("Core/echo", a=1) == {"a": 1}
    slow.leave()
    assert alice.asks("Core/echo", a=1) == {"a": 1}
