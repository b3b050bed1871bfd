"""References to earlier results (RFC 8620 section 3.7)."""

from typing import Any

import pytest
from tests.driver import JMAP, Home, call, result_of

DEEP = {
    "list": [{"ids": ["a", "b"], "n": 1}, {"ids": ["c"], "n": 2}],
    "lists": [[["x"], ["y"]], [["z"]]],
    "text": "word",
    "none": None,
    "a/b": {"~": 3},
    "*": {"star": 4},
    "": 5,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/text", "word"),
        ("/none", None),
        ("/list/1/n", 2),
        ("/list/0", {"ids": ["a", "b"], "n": 1}),
        ("/list/*/n", [1, 2]),
        ("/list/*/ids", ["a", "b", "c"]),
        ("/list/*", DEEP["list"]),
        ("/lists/*", [["x"], ["y"], ["z"]]),
        ("/lists/*/*", ["x", "y", "z"]),
        ("/lists/0/*", ["x", "y"]),
        ("/a~1b/~0", 3),
        ("/*/star", 4),
        ("/", 5),
        ("", DEEP),
    ],
)
def test_a_reference_stands_for_what_its_path_leads_to(alice: JMAP, path: str, value: Any) -> None:
    """RFC 8620 section 3.7: a JSON pointer, where * maps over an array and arrays of arrays are flattened."""
    alice.says_all(
        call("Core/echo", "0", **DEEP), call("Core/echo", "1", **{"#got": result_of("0", "Core/echo", path)})
    )

    alice.hears("Core/echo")
    alice.hears_exactly("Core/echo", got=value)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/text/0",
        "/none/x",
        "/list/2",
        "/list/-1",
        "/list/-",
        "/list/01",
        "/list/x",
        "/list/*/nothing",
        "/text/*",
        "text",
        "/a~2b",
        "/list/99999999999999999999",
        "/list/\u0661",
        "/list/*/n/*",
    ],
)
def test_a_path_that_leads_nowhere_does_not_resolve(alice: JMAP, path: str) -> None:
    """RFC 8620 section 3.7: invalidResultReference."""
    alice.says_all(
        call("Core/echo", "0", **DEEP), call("Core/echo", "1", **{"#got": result_of("0", "Core/echo", path)})
    )

    alice.hears("Core/echo")
    alice.hears("error", call_id="1", type="invalidResultReference")


@pytest.mark.parametrize(
    "reference",
    [
        None,
        "0",
        [],
        {},
        {"resultOf": "0", "name": "Core/echo"},
        {"resultOf": "0", "path": "/a"},
        {"resultOf": 0, "name": "Core/echo", "path": "/a"},
        {"resultOf": "0", "name": "Core/echo", "path": None},
        {"resultOf": "other", "name": "Core/echo", "path": "/a"},
        {"resultOf": "1", "name": "Core/echo", "path": "/a"},
        {"resultOf": "0", "name": "Mailbox/get", "path": "/a"},
        {"resultOf": "0", "name": "core/echo", "path": "/a"},
    ],
    ids=str,
)
def test_what_is_no_reference_to_an_earlier_call_does_not_resolve(alice: JMAP, reference: Any) -> None:
    """RFC 8620 section 3.7: invalidResultReference."""
    alice.says_all(call("Core/echo", "0", a=1), call("Core/echo", "1", **{"#got": reference}))

    alice.hears("Core/echo")
    alice.hears("error", type="invalidResultReference")


def test_a_reference_to_a_failed_call_does_not_resolve(alice: JMAP) -> None:
    """RFC 8620 section 3.7: the name of the response must be the one stated."""
    alice.says_all(call("Core/none", "0"), call("Core/echo", "1", **{"#got": result_of("0", "Core/none", "/type")}))

    alice.hears("error", type="unknownMethod")
    alice.hears("error", type="invalidResultReference")


def test_an_argument_is_not_given_twice(alice: JMAP) -> None:
    """RFC 8620 section 3.7: the same name in normal and referenced form is invalidArguments."""
    reference = result_of("0", "Core/echo", "/a")
    alice.says_all(call("Core/echo", "0", a=1), call("Core/echo", "1", **{"got": 1, "#got": reference}))

    alice.hears("Core/echo")
    alice.hears("error", type="invalidArguments")


def test_the_first_response_with_the_id_is_meant(alice: JMAP) -> None:
    """RFC 8620 section 3.7: "the first response"."""
    reference = result_of("0", "Core/echo", "/a")
    alice.says_all(
        call("Core/echo", "0", a=1), call("Core/echo", "0", a=2), call("Core/echo", "1", **{"#got": reference})
    )

    alice.hears("Core/echo", a=1)
    alice.hears("Core/echo", a=2)
    alice.hears_exactly("Core/echo", got=1)


def test_what_a_query_found_can_be_got(alice: JMAP) -> None:
    """RFC 8620 section 3.7: the use that references were made for."""
    alice.says_all(
        call("Mailbox/query", "0", filter={"role": "inbox"}),
        call("Mailbox/get", "1", **{"#ids": result_of("0", "Mailbox/query", "/ids")}, properties=["role"]),
    )

    (inbox,) = alice.hears("Mailbox/query")["ids"]
    alice.hears("Mailbox/get", list=[{"id": inbox, "role": "inbox"}])


def test_a_reference_to_what_is_no_list_is_checked_like_any_argument(alice: JMAP) -> None:
    """RFC 8620 section 3.7: references are resolved first, then arguments are checked."""
    alice.says_all(call("Core/echo", "0", a=1), call("Mailbox/get", "1", **{"#ids": result_of("0", "Core/echo", "/a")}))

    alice.hears("Core/echo")
    alice.hears("error", type="invalidArguments")


def test_the_account_can_be_referred_to(alice: JMAP, bob: JMAP) -> None:
    """Ours: a reference to an account is checked like an account that was sent."""
    alice.says_all(
        call("Core/echo", "0", a=bob.account_id),
        call("Mailbox/get", "1", accountId=None, **{"#accountId": result_of("0", "Core/echo", "/a")}),
        call("Mailbox/get", "2", **{"#accountId": result_of("0", "Core/echo", "/a")}),
    )

    alice.hears("Core/echo")
    alice.hears("error", type="invalidArguments")
    alice.hears("error", type="invalidArguments")


def test_references_to_references_do_not_grow_without_bounds(home: Home, alice: JMAP) -> None:
    """Ours: a reference costs little to send, so what a call is given by them is bounded like a request."""
    home.build(size_request=100_000, calls_in_request=16)
    calls = [call("Core/echo", "0", a=["x" * 1000])]
    for at in range(1, 16):
        before = result_of(str(at - 1), "Core/echo", "")
        calls.append(call("Core/echo", str(at), **{"#a": before, "#b": before, "#c": before, "#d": before}))
    alice.says_all(*calls)

    heard = alice.response["methodResponses"]
    assert [heard[-1][0], heard[-1][1]["type"]] == ["error", "invalidResultReference"]
    assert len(str(heard)) < 500_000
