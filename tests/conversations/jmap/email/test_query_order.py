"""Email/query: sorting, collapsing Threads, and parts of results (RFC 8621 section 4.4.2 and 4.4.3)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import letter
from tests.driver import ANY, JMAP, NOTHING, like


@pytest.fixture
def letters(alice: JMAP) -> dict[str, str]:
    """Four Emails in two Threads, A with a and c, B with b and d; ids by letter."""
    return {
        name: alice.receives(
            letter("x" * size, Message_ID=f"<{name}@x>", In_Reply_To=parent, Subject=subject, **fields),
            receivedAt=f"2026-01-0{day}T00:00:00Z",
            keywords=dict.fromkeys(keywords, True),
        )
        for name, parent, subject, day, size, keywords, fields in (
            ("a", "", "Zebra", 1, 400, ("$seen",), {"From": '"beta" <z@x>', "To": "zoe@x"}),
            ("b", "", "apple", 2, 100, ("$flagged",), {"From": "alpha@x", "To": "Adam <z@x>"}),
            ("c", "<a@x>", "Re: Zebra", 3, 300, ("$seen", "$flagged"), {"From": "Ärger <a@x>", "To": ""}),
            ("d", "<b@x>", "[list] Fwd: APPLE", 4, 200, (), {"From": "", "To": "mia@x"}),
        )
    }


def order(alice: JMAP, letters: dict[str, str], *sort: dict[str, Any], **arguments: Any) -> str:
    """The letters of a result."""
    names = {id_: name for name, id_ in letters.items()}
    return "".join(names[id_] for id_ in alice.asks("Email/query", sort=list(sort), **arguments)["ids"])


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ({"property": "receivedAt"}, "abcd"),
        ({"property": "receivedAt", "isAscending": False}, "dcba"),
        ({"property": "size"}, "bdca"),
        ({"property": "size", "isAscending": False}, "acdb"),
        ({"property": "from"}, "dbca"),
        ({"property": "to"}, "cbda"),
        ({"property": "subject"}, "bdac"),
        ({"property": "subject", "isAscending": False}, "cadb"),
        ({"property": "subject", "collation": "i;unicode-casemap"}, "bdac"),
        ({"property": "size", "collation": "i;ascii-numeric"}, "bdca"),
        ({"property": "hasKeyword", "keyword": "$SEEN"}, "bdac"),
        ({"property": "hasKeyword", "keyword": "$seen", "isAscending": False}, "cadb"),
        ({"property": "allInThreadHaveKeyword", "keyword": "$seen"}, "bdac"),
        ({"property": "someInThreadHaveKeyword", "keyword": "$flagged", "isAscending": True}, "abcd"),
    ],
)
def test_results_are_sorted(alice: JMAP, letters: dict[str, str], sort: dict[str, Any], expected: str) -> None:
    """RFC 8621 section 4.4.2: name, else address, of the first; base subject; false before true."""
    assert order(alice, letters, sort) == expected


@pytest.mark.parametrize(
    ("collation", "expected"),
    [(None, "adcfbe"), ("i;unicode-casemap", "adcfbe"), ("i;ascii-casemap", "adcbef"), ("i;ascii-numeric", "dacbef")],
)
def test_text_is_sorted_by_the_collation_asked_for(alice: JMAP, collation: str | None, expected: str) -> None:
    """RFC 8620 section 5.5, "collation": RFC 5051, and RFC 4790 sections 9.1 and 9.2; by another's names as well."""
    names = {"a": "007", "b": "Zoo", "c": "12 apes", "d": "1", "e": "zoo keeper", "f": "élan"}
    comparator = {} if collation is None else {"collation": collation}
    subjects = {name: alice.receives(letter(Subject=text)) for name, text in names.items()}
    people = {name: alice.receives(letter(From=f'"{text}" <x@x>', Subject=name)) for name, text in names.items()}
    boxes = {
        name: alice.asks("Mailbox/set", create={"x": {"name": text}})["created"]["x"]["id"]
        for name, text in names.items()
    }
    everything = {id_: name for ids in (subjects, people, boxes) for name, id_ in ids.items()}

    def in_order(method: str, property_: str, ids: dict[str, str], **arguments: Any) -> str:
        result = alice.asks(method, sort=[{"property": property_, **comparator}], **arguments)["ids"]
        return "".join(everything[id_] for id_ in result if id_ in ids.values())

    assert in_order("Email/query", "subject", subjects) == expected
    assert in_order("Email/query", "from", people) == expected
    assert in_order("Mailbox/query", "name", boxes) == expected
    assert in_order("Mailbox/query", "name", boxes, sortAsTree=True) == expected


def test_further_comparators_break_ties(alice: JMAP, letters: dict[str, str]) -> None:
    """RFC 8620 section 5.5, "sort"; RFC 8621 section 4.4.2, the example."""
    flagged = {"property": "someInThreadHaveKeyword", "keyword": "$flagged", "isAscending": False}

    got = order(alice, letters, flagged, {"property": "subject"}, {"property": "receivedAt", "isAscending": False})

    assert got == "dbca"


def test_sent_at_is_a_moment(alice: JMAP) -> None:
    """RFC 8621 section 4.4.2, "sentAt": dates in different zones; without one comes first."""
    letters = {
        name: alice.receives(letter(**({"Date": date} if date else {})))
        for name, date in (
            ("a", "Tue, 5 May 2026 12:00:00 +0200"), ("b", "Tue, 5 May 2026 09:00:00 -0200"),
            ("c", "Tue, 5 May 2026 10:30:00 +0000"), ("d", ""), ("e", "whenever"),
        )
    }  # fmt: skip

    assert order(alice, letters, {"property": "sentAt"}) == "deacb"


def test_ties_are_stable(alice: JMAP) -> None:
    """RFC 8620 section 5.5: the order MUST be stable."""
    letters = {name: alice.receives(letter(), receivedAt="2026-01-01T00:00:00Z") for name in "abc"}

    for sort in ({"property": "receivedAt"}, {"property": "subject"}, {"property": "hasKeyword", "keyword": "x"}):
        first = order(alice, letters, sort)
        assert order(alice, letters, sort) == first
        assert order(alice, letters, {**sort, "isAscending": False}) == first[::-1]


def test_every_sort_option_of_the_session_is_served(alice: JMAP) -> None:
    """RFC 8621 section 1.3.1, "emailQuerySortOptions"."""
    session = alice.sends("GET", "/.well-known/jmap").json()
    options = session["accounts"][alice.account_id]["accountCapabilities"]["urn:ietf:params:jmap:mail"][
        "emailQuerySortOptions"
    ]

    assert set(options) >= {
        "receivedAt", "size", "from", "to", "subject", "sentAt", "hasKeyword", "allInThreadHaveKeyword",
        "someInThreadHaveKeyword",
    }  # fmt: skip
    for option in options:
        alice.asks("Email/query", sort=[{"property": option, **({"keyword": "x"} if "Keyword" in option else {})}])


@pytest.mark.parametrize(
    ("sort", "error"),
    [
        ([{"property": "nothing"}], "unsupportedSort"),
        ([{"property": "subject", "collation": "i;klingon"}], "unsupportedSort"),
        ([{"property": "hasKeyword"}], "invalidArguments"),
        ([{"property": "hasKeyword", "keyword": 1}], "invalidArguments"),
        ([{"property": "receivedAt", "keyword": "x"}], "invalidArguments"),
        ([{"property": "receivedAt", "isAscending": "no"}], "invalidArguments"),
        ([{}], "invalidArguments"),
        ([None], "invalidArguments"),
        ({"property": "receivedAt"}, "invalidArguments"),
    ],
)
def test_a_sort_that_is_none_is_refused(alice: JMAP, sort: object, error: str) -> None:
    """RFC 8620 section 5.5, "unsupportedSort"."""
    alice.says("Email/query", sort=sort)

    alice.hears("error", type=error)


BY_DATE = {"property": "receivedAt"}
NEWEST = {"property": "receivedAt", "isAscending": False}


def test_a_thread_is_there_once_when_collapsed(alice: JMAP, letters: dict[str, str]) -> None:
    """RFC 8621 section 4.4.3: at the position of its first Email, given filter and sort."""
    assert order(alice, letters, BY_DATE, collapseThreads=True) == "ab"
    assert order(alice, letters, NEWEST, collapseThreads=True) == "dc"
    assert order(alice, letters, NEWEST, collapseThreads=True, filter={"hasKeyword": "$seen"}) == "c"
    assert order(alice, letters, NEWEST, collapseThreads=True, filter={"from": "beta"}) == "a"


@pytest.mark.parametrize(
    ("window", "ids", "position"),
    [
        ({}, "dcba", 0), ({"position": 1}, "cba", 1), ({"position": -1}, "a", 3), ({"position": -9}, "dcba", 0),
        ({"position": 9}, "", ANY), ({"limit": 2}, "dc", 0), ({"position": 1, "limit": 2}, "cb", 1),
        ({"limit": 0}, "", ANY), ({"position": -3, "limit": 1}, "c", 1), ({"anchor": "b"}, "ba", 2),
        ({"anchor": "b", "anchorOffset": -1}, "cba", 1), ({"anchor": "b", "anchorOffset": 1}, "a", 3),
        ({"anchor": "b", "anchorOffset": -9}, "dcba", 0), ({"anchor": "b", "anchorOffset": 9}, "", ANY),
        ({"anchor": "c", "limit": 2, "position": 3}, "cb", 1),
        ({"anchor": "c", "anchorOffset": -1, "limit": 1}, "d", 0),
    ],
)  # fmt: skip
def test_a_part_of_a_result(
    alice: JMAP, letters: dict[str, str], window: dict[str, Any], ids: str, position: Any
) -> None:
    """RFC 8620 section 5.5: position, anchor, anchorOffset, limit; with an anchor, position is ignored."""
    asked = {name: letters.get(value, value) for name, value in window.items()}

    for filter_ in (None, {"inMailbox": alice.mailbox("inbox")}, {"minSize": 0}):
        answer = alice.asks("Email/query", sort=[NEWEST], filter=filter_, calculateTotal=True, **asked)

        assert answer["ids"] == [letters[name] for name in ids]
        assert answer == like(position=position, total=4, queryState=ANY, canCalculateChanges=True)


@pytest.mark.parametrize(
    ("window", "ids", "position"),
    [
        ({}, "dc", 0), ({"position": 1}, "c", 1), ({"position": -1}, "c", 1), ({"limit": 1}, "d", 0),
        ({"anchor": "c"}, "c", 1), ({"anchor": "c", "anchorOffset": -1}, "dc", 0), ({"position": 2}, "", ANY),
        ({"anchor": "d", "anchorOffset": 1}, "c", 1),
    ],
)  # fmt: skip
def test_a_part_of_a_collapsed_result(
    alice: JMAP, letters: dict[str, str], window: dict[str, Any], ids: str, position: Any
) -> None:
    """RFC 8621 section 4.4.3: positions count what is left."""
    asked = {name: letters.get(value, value) for name, value in window.items()}

    for filter_ in (None, {"inMailbox": alice.mailbox("inbox")}, {"minSize": 0}):
        answer = alice.asks(
            "Email/query", sort=[NEWEST], filter=filter_, calculateTotal=True, collapseThreads=True, **asked
        )

        assert answer["ids"] == [letters[name] for name in ids]
        assert answer == like(position=position, total=2)


def test_an_anchor_that_is_not_in_the_result_is_told(alice: JMAP, letters: dict[str, str]) -> None:
    """RFC 8620 section 5.5, "anchorNotFound": gone, filtered out, or collapsed away."""
    for anchor, arguments in (
        ("nobody", {}), (letters["a"], {"filter": {"from": "alpha"}}), (letters["a"], {"collapseThreads": True}),
    ):  # fmt: skip
        alice.says("Email/query", sort=[NEWEST], anchor=anchor, **arguments)
        alice.hears("error", type="anchorNotFound")


def test_the_total_is_told_only_when_asked_for(alice: JMAP, letters: dict[str, str]) -> None:
    """RFC 8620 section 5.5, "total": this argument MUST be omitted if calculateTotal is not true."""
    alice.says("Email/query")

    alice.hears("Email/query", total=NOTHING)


def test_totals_are_the_counts_of_the_mailbox(alice: JMAP, letters: dict[str, str]) -> None:
    """RFC 8621 section 4.4, and the clarifications' question 24."""
    alice.asks("Email/set", update={letters["c"]: {"mailboxIds": {alice.mailbox("archive"): True}}})

    for mailbox in alice.asks("Mailbox/get", ids=None)["list"]:
        for collapsed, name in ((False, "totalEmails"), (True, "totalThreads")):
            answer = alice.asks(
                "Email/query", filter={"inMailbox": mailbox["id"]}, collapseThreads=collapsed, calculateTotal=True
            )
            assert answer["total"] == mailbox[name] == len(answer["ids"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position", 1.5), ("position", "1"), ("anchor", 1), ("anchorOffset", None), ("limit", -1), ("limit", "1"),
        ("calculateTotal", 1), ("collapseThreads", None), ("nothing", 1), ("sort", "x"),
    ],
)  # fmt: skip
def test_an_argument_of_the_wrong_type_is_refused(alice: JMAP, name: str, value: object) -> None:
    """RFC 8620 section 3.6.2, invalidArguments."""
    alice.says("Email/query", **{name: value})

    alice.hears("error", type="invalidArguments")


def test_the_first_example_is_answered(alice: JMAP, letters: dict[str, str]) -> None:
    """RFC 8621 section 4.10: query, then threadIds, Threads and all their Emails by back reference."""

    def path(call_id: str, name: str, where: str) -> dict[str, str]:
        return {"resultOf": call_id, "name": name, "path": where}

    alice.says_all(
        (
            "Email/query",
            {
                "filter": {"inMailbox": alice.mailbox("inbox")},
                "sort": [{"isAscending": False, "property": "receivedAt"}],
                "collapseThreads": True,
                "position": 0,
                "limit": 30,
                "calculateTotal": True,
            },
            "0",
        ),
        ("Email/get", {"#ids": path("0", "Email/query", "/ids"), "properties": ["threadId"]}, "1"),
        ("Thread/get", {"#ids": path("1", "Email/get", "/list/*/threadId")}, "2"),
        (
            "Email/get",
            {"#ids": path("2", "Thread/get", "/list/*/emailIds"), "properties": ["threadId", "preview"]},
            "3",
        ),
    )

    alice.hears("Email/query", ids=[letters["d"], letters["c"]], total=2)
    alice.hears("Email/get", list=[{"id": ANY, "threadId": ANY}] * 2, notFound=[])
    threads = alice.hears("Thread/get", notFound=[])["list"]
    assert sorted(thread["emailIds"] for thread in threads) == [
        [letters["a"], letters["c"]],
        [letters["b"], letters["d"]],
    ]
    assert len(alice.hears("Email/get", notFound=[])["list"]) == 4
