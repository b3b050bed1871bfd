"""Envelopes, JSON pointers and result references (RFC 8620 sections 3.2 to 3.7, RFC 6901)."""

from typing import Any

import pytest

from pillarbox.wire.jmap import BadReference, NotRequest, Request, Response, pointer, referenced, request

CALL: list[Any] = ["Core/echo", {}, "c1"]


def test_a_request_is_understood() -> None:
    asked = request({"using": ["a"], "methodCalls": [CALL], "createdIds": {"k": "c1"}, "more": 1})
    assert (asked.using, asked.created_ids) == (("a",), {"k": "c1"})
    assert asked.method_calls[0].name == "Core/echo"
    assert request({"using": [], "methodCalls": []}) == Request((), (), None)
    assert request({"using": [], "methodCalls": [], "createdIds": None}).created_ids is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "x",
        {},
        {"using": ["a"]},
        {"methodCalls": []},
        {"using": "a", "methodCalls": []},
        {"using": [1], "methodCalls": []},
        {"using": None, "methodCalls": []},
        {"using": [], "methodCalls": {}},
        {"using": [], "methodCalls": ["x"]},
        {"using": [], "methodCalls": [[]]},
        {"using": [], "methodCalls": [["a", {}]]},
        {"using": [], "methodCalls": [["a", {}, "c", 1]]},
        {"using": [], "methodCalls": [["a", [], "c"]]},
        {"using": [], "methodCalls": [["a", None, "c"]]},
        {"using": [], "methodCalls": [[1, {}, "c"]]},
        {"using": [], "methodCalls": [["a", {}, 1]]},
        {"using": [], "methodCalls": ["abc"]},
        {"using": [], "methodCalls": [], "createdIds": []},
        {"using": [], "methodCalls": [], "createdIds": {"k": 1}},
        {"using": [], "methodCalls": [], "createdIds": {"": "c1"}},
        {"using": [], "methodCalls": [], "createdIds": {"k": "#c"}},
    ],
    ids=repr,
)
def test_what_is_no_request_is_refused(value: Any) -> None:
    with pytest.raises(NotRequest):
        request(value)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ()),
        ("/", ("",)),
        ("/a/b", ("a", "b")),
        ("/a//b/", ("a", "", "b", "")),
        ("/a~1b/m~0n", ("a/b", "m~n")),
        ("/~01", ("~1",)),
        ("/ /é", (" ", "é")),
    ],
)
def test_a_pointer_has_tokens(text: str, tokens: tuple[str, ...]) -> None:
    """RFC 6901 section 4: ~1 first, then ~0."""
    assert pointer(text) == tokens


@pytest.mark.parametrize("text", ["a", "a/b", "/~", "/~2", "/a~/b", "/~~0", "#/a"])
def test_what_is_no_pointer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="JSON pointer"):
        pointer(text)


RESPONSES = [
    Response("Foo/query", {"ids": ["a", "b"], "n": 1}, "c0"),
    Response(
        "Foo/get",
        {
            "list": [
                {"id": "a", "to": ["x", "y"], "deep": [{"v": 1}, {"v": 2}]},
                {"id": "b", "to": ["z"], "deep": []},
                {"id": "c", "to": [["p"], ["q"]], "deep": [{"v": 3}]},
            ],
            "a/b": {"*": 7},
            "empty": [],
        },
        "c1",
    ),
    Response("Bar/get", {"list": []}, "c1"),
]


@pytest.mark.parametrize(
    ("name", "call", "path", "value"),
    [
        ("Foo/query", "c0", "/ids", ["a", "b"]),
        ("Foo/query", "c0", "/ids/1", "b"),
        ("Foo/query", "c0", "/n", 1),
        ("Foo/query", "c0", "", {"ids": ["a", "b"], "n": 1}),
        ("Foo/get", "c1", "/list/*/id", ["a", "b", "c"]),
        ("Foo/get", "c1", "/list/*/to", ["x", "y", "z", ["p"], ["q"]]),
        ("Foo/get", "c1", "/list/*/deep/*/v", [1, 2, 3]),
        ("Foo/get", "c1", "/list/0/to/*", ["x", "y"]),
        ("Foo/get", "c1", "/empty/*/x", []),
        ("Foo/get", "c1", "/a~1b/*", 7),
    ],
)
def test_a_reference_stands_for_a_part_of_a_response(name: str, call: str, path: str, value: Any) -> None:
    """Section 3.7: "*" maps over an array, and what is an array in each is flattened."""
    assert referenced({"resultOf": call, "name": name, "path": path}, RESPONSES) == value


@pytest.mark.parametrize(
    "reference",
    [
        None,
        "x",
        {},
        {"resultOf": "c0", "name": "Foo/query"},
        {"resultOf": "c0", "name": "Foo/query", "path": 1},
        {"resultOf": "c0", "name": "Foo/query", "path": "/ids", "more": 1},
        {"resultOf": "c9", "name": "Foo/query", "path": "/ids"},
        {"resultOf": "c0", "name": "Foo/get", "path": "/ids"},
        {"resultOf": "c1", "name": "Bar/get", "path": "/list"},
        {"resultOf": "c0", "name": "Foo/query", "path": "ids"},
        {"resultOf": "c0", "name": "Foo/query", "path": "/nothing"},
        {"resultOf": "c0", "name": "Foo/query", "path": "/ids/2"},
        {"resultOf": "c0", "name": "Foo/query", "path": "/ids/-1"},
        {"resultOf": "c0", "name": "Foo/query", "path": "/ids/01"},
        {"resultOf": "c0", "name": "Foo/query", "path": "/ids/-"},
        {"resultOf": "c0", "name": "Foo/query", "path": "/ids/1e0"},
        {"resultOf": "c0", "name": "Foo/query", "path": "/ids/" + "9" * 30},
        {"resultOf": "c0", "name": "Foo/query", "path": "/ids/0/x"},
        {"resultOf": "c0", "name": "Foo/query", "path": "/n/*"},
        {"resultOf": "c1", "name": "Foo/get", "path": "/list/*/nothing"},
    ],
    ids=repr,
)
def test_what_leads_nowhere_is_no_reference(reference: Any) -> None:
    with pytest.raises(BadReference):
        referenced(reference, RESPONSES)
