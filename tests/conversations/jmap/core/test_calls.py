"""Method calls, their responses and their errors (RFC 8620 sections 3.2 to 3.6.2)."""

import json
from typing import Any

import pytest
from tests.driver import CORE, JMAP, MAIL, NOTHING, Home, call, like


def test_calls_are_answered_in_order_each_with_its_id(alice: JMAP) -> None:
    """RFC 8620 sections 3.3 and 3.4."""
    alice.says_all(call("Core/echo", "b", at=1), call("Mailbox/get", "a", ids=[]), call("Core/echo", "b", at=2))

    alice.hears("Core/echo", call_id="b", at=1)
    alice.hears("Mailbox/get", call_id="a", list=[])
    alice.hears("Core/echo", call_id="b", at=2)
    alice.hears_nothing_more()


def test_a_request_without_calls_is_answered(alice: JMAP) -> None:
    """RFC 8620 section 3.4: as many responses as calls."""
    alice.says_all()

    assert alice.response == {"methodResponses": [], "sessionState": alice.response["sessionState"]}


def test_the_session_state_is_told(alice: JMAP) -> None:
    """RFC 8620 section 3.4: sessionState is the current value of the Session object's state."""
    alice.asks("Core/echo")

    assert alice.response["sessionState"] == alice.sends("GET", "/.well-known/jmap").json()["state"]


@pytest.mark.parametrize(
    "name", ["Core/none", "Mailbox/fly", "Nothing/get", "mailbox/get", "Mailbox", "", "Account/get"]
)
def test_a_method_that_is_not_there_is_unknown(alice: JMAP, name: str) -> None:
    """RFC 8620 section 3.6.2: unknownMethod."""
    alice.says(name)

    alice.hears("error", type="unknownMethod")


def test_without_any_capability_every_method_is_unknown(alice: JMAP) -> None:
    """RFC 8620 section 3.3, as clarified (Q4): processed, and each call is unknownMethod."""
    alice.using = []
    alice.says_all(call("Core/echo"), call("Mailbox/get"))

    alice.hears("error", type="unknownMethod")
    alice.hears("error", type="unknownMethod")


def test_a_method_of_a_capability_that_is_not_used_is_unknown(alice: JMAP) -> None:
    """RFC 8620 section 1.8: the client opts in with `using`."""
    alice.using = [CORE]
    alice.says("Mailbox/get")
    alice.hears("error", type="unknownMethod")

    alice.using = [MAIL]
    alice.says("Core/echo")
    alice.hears("error", type="unknownMethod")


def test_a_failed_call_does_not_keep_the_next_from_running(alice: JMAP) -> None:
    """RFC 8620 section 3.6.2: further calls are processed as normal."""
    alice.says_all(call("Core/none", "a"), call("Core/echo", "b", at=2))

    alice.hears("error", call_id="a", type="unknownMethod")
    alice.hears("Core/echo", call_id="b", at=2)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Mailbox/get", {"accountId": NOTHING}),
        ("Mailbox/get", {"accountId": None}),
        ("Mailbox/get", {"accountId": 1}),
        ("Mailbox/get", {"accountId": ""}),
        ("Mailbox/get", {"accountId": "a/b"}),
        ("Mailbox/get", {"accountId": "a" * 256}),
        ("Mailbox/get", {"ids": "m1"}),
        ("Mailbox/get", {"ids": [1]}),
        ("Mailbox/get", {"ids": ["not an id!"]}),
        ("Mailbox/get", {"properties": ["nothing"]}),
        ("Mailbox/get", {"properties": "name"}),
        ("Mailbox/get", {"unknown": 1}),
        ("Mailbox/changes", {}),
        ("Mailbox/changes", {"sinceState": None}),
        ("Mailbox/changes", {"sinceState": "x", "maxChanges": 0}),
        ("Mailbox/changes", {"sinceState": "x", "maxChanges": -1}),
        ("Mailbox/changes", {"sinceState": "x", "maxChanges": 1.5}),
        ("Mailbox/changes", {"sinceState": "x", "maxChanges": True}),
        ("Mailbox/set", {"create": []}),
        ("Mailbox/set", {"create": {"a": None}}),
        ("Mailbox/set", {"create": {"not an id!": {}}}),
        ("Mailbox/set", {"update": {"m1": []}}),
        ("Mailbox/set", {"destroy": {}}),
        ("Mailbox/set", {"destroy": [None]}),
        ("Mailbox/set", {"ifInState": 1}),
        ("Mailbox/set", {"onDestroyRemoveEmails": None}),
        ("Mailbox/query", {"limit": -1}),
        ("Mailbox/query", {"limit": "1"}),
        ("Mailbox/query", {"position": None}),
        ("Mailbox/query", {"filter": []}),
        ("Mailbox/query", {"filter": {"operator": "XOR", "conditions": []}}),
        ("Mailbox/query", {"filter": {"operator": "AND"}}),
        ("Mailbox/query", {"filter": {"operator": "AND", "conditions": [None]}}),
        ("Mailbox/query", {"filter": {"name": 1}}),
        ("Mailbox/query", {"sort": {"property": "name"}}),
        ("Mailbox/query", {"sort": [{}]}),
        ("Mailbox/query", {"sort": [{"property": "name", "isAscending": None}]}),
        ("Mailbox/query", {"calculateTotal": 1}),
        ("Mailbox/queryChanges", {}),
        ("Blob/copy", {"fromAccountId": "x"}),
        ("Blob/copy", {"fromAccountId": "x", "blobIds": None}),
        ("Thread/get", {"ids": {}}),
    ],
    ids=str,
)
def test_arguments_that_are_missing_or_of_a_wrong_type_are_invalid(
    alice: JMAP, name: str, arguments: dict[str, object]
) -> None:
    """RFC 8620 section 3.6.2: invalidArguments; accountId too is required (clarification Q5)."""
    alice.says(name, **arguments)

    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Mailbox/query", {"limit": 2**53}),
        ("Mailbox/query", {"limit": 10**30}),
        ("Mailbox/query", {"position": -(2**53)}),
        ("Mailbox/query", {"anchorOffset": 2**53 + 1}),
        ("Mailbox/changes", {"sinceState": "x", "maxChanges": 2**53}),
        ("Email/query", {"filter": {"minSize": 2**53}}),
        ("Email/get", {"maxBodyValueBytes": 2**53}),
    ],
    ids=str,
)
def test_a_number_that_is_no_int_is_an_invalid_argument(alice: JMAP, name: str, arguments: dict[str, Any]) -> None:
    """RFC 8620 sections 1.3 and 3.6.2; RFC 7493 section 2.2: JSON may hold larger numbers."""
    alice.says_all(call(name, accountId=alice.account_id, **arguments), call("Core/echo", large=2**53))

    alice.hears("error", type="invalidArguments")
    alice.hears("Core/echo", large=2**53)


def test_an_account_that_is_not_there_is_not_found(alice: JMAP) -> None:
    """RFC 8620 section 3.6.2: accountNotFound."""
    alice.says("Mailbox/get", accountId="a9999")

    alice.hears("error", type="accountNotFound")


def test_an_account_of_another_is_not_found(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 3.6.2: accountNotFound, as for one that does not exist: nobody learns which there are."""
    alice.says_all(call("Mailbox/get", accountId=bob.account_id), call("Mailbox/get", accountId="a9999"))

    theirs, nobodys = alice.hears("error"), alice.hears("error")
    assert theirs == nobodys


def test_the_server_s_own_account_is_not_found(alice: JMAP) -> None:
    """Ours: account 0 holds every password; its number makes no id that anybody is granted."""
    alice.says("Mailbox/get", accountId="a0")

    alice.hears("error", type="accountNotFound")


def test_created_ids_are_told_if_they_were_sent(alice: JMAP) -> None:
    """RFC 8620 section 3.4: those of the request, and those of what was created."""
    alice.created_ids = {"before": "m1"}
    created = alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})["created"]["a"]["id"]

    assert alice.response["createdIds"] == {"before": "m1", "a": created}


def test_created_ids_are_not_told_if_they_were_not_sent(alice: JMAP) -> None:
    """RFC 8620 section 3.4: only if it was given in the request."""
    alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})

    assert "createdIds" not in alice.response


def test_created_ids_of_an_earlier_request_can_be_referred_to(alice: JMAP) -> None:
    """RFC 8620 section 3.3: createdIds lets a request go on where another ended."""
    alice.created_ids = {"top": alice.asks("Mailbox/set", create={"a": {"name": "Top"}})["created"]["a"]["id"]}
    below = alice.asks("Mailbox/set", create={"b": {"name": "Below", "parentId": "#top"}})

    assert below["created"] == {"b": like(parentId=alice.created_ids["top"])}


def test_a_creation_id_is_known_to_later_calls(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the map of creation ids is kept for the whole request."""
    alice.says_all(
        call("Mailbox/set", create={"a": {"name": "Top"}}),
        call("Mailbox/set", create={"b": {"name": "Below", "parentId": "#a"}}),
    )

    top = alice.hears("Mailbox/set")["created"]["a"]["id"]
    alice.hears("Mailbox/set", created={"b": like(parentId=top)})


def test_deep_arguments_are_told_as_they_were_or_refused_as_a_whole(alice: JMAP) -> None:
    """Ours: what a request may nest, its answer can hold."""
    for depth in (10, 100, 150, 200, 250, 254, 255, 300, 500, 900, 990):
        value = "[" * depth + "]" * depth
        body = json.dumps(alice.request(call("Core/echo", deep="DEEP"))).replace('"DEEP"', value)
        reply = alice.posts(body.encode())
        assert reply.status in (200, 400), depth
        if reply.status == 200:
            assert value.encode() in reply.octets
        else:
            assert reply.json() == like(type="urn:ietf:params:jmap:error:notJSON")
            assert depth > 100


def test_references_cannot_nest_deeper_than_can_be_told(home: Home, alice: JMAP) -> None:
    """Ours: what a request may nest, its answer can hold, whatever was put into each other."""
    depth = 120
    deep: object = 1
    for _ in range(depth):
        deep = [deep]
    calls = [call("Core/echo", "0", a=deep)]
    for at in range(1, home.traffic.calls_in_request):
        before = {"resultOf": str(at - 1), "name": "Core/echo", "path": ""}
        calls.append(call("Core/echo", str(at), **{"#a": before}))
    alice.says_all(*calls)

    assert len(alice.response["methodResponses"]) == home.traffic.calls_in_request


def test_a_bug_is_told_as_server_fail_and_nothing_more(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.2: serverFail, with no further information that should not be public."""
    home.service_fails("secret words")
    alice.says_all(call("Mailbox/get", "a"), call("Core/echo", "b"))

    error = alice.hears("error", call_id="a", type="serverFail")
    assert "secret" not in str(error)
    alice.hears("Core/echo", call_id="b")
