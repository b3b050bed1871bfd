"""Mailbox/query (RFC 8621 section 2.3, RFC 8620 section 5.5)."""

from typing import Any

import pytest
from tests.driver import ANY, JMAP, Home, like

Tree = dict[str, str]

# name, sortOrder, parent, other properties
SHELF: list[tuple[str, int, str | None, dict[str, Any]]] = [
    ("Work", 20, None, {"role": "important"}),
    ("zebra", 10, None, {"isSubscribed": False}),
    ("Apple", 10, None, {}),
    ("élan", 10, None, {}),
    ("deep", 5, "Work", {}),
    ("Deeper", 1, "deep", {"isSubscribed": False}),
    ("aside", 7, "Work", {"role": "memos"}),
]


@pytest.fixture
def shelf(alice: JMAP) -> Tree:
    """Mailboxes of many kinds and no others but the inbox; ids by name."""
    others = [mailbox["id"] for mailbox in alice.asks("Mailbox/get")["list"] if mailbox["role"] != "inbox"]
    create = {
        f"k{at}": {"name": name, "sortOrder": order, "parentId": parent and f"#k{_at(parent)}", **more}
        for at, (name, order, parent, more) in enumerate(SHELF)
    }
    alice.asks("Mailbox/set", destroy=others, update={alice.mailbox("inbox"): {"sortOrder": 0, "name": "Inbox"}})
    created = alice.asks("Mailbox/set", create=create)["created"]
    return {"Inbox": alice.mailbox("inbox")} | {name: created[f"k{at}"]["id"] for at, (name, *_) in enumerate(SHELF)}


def _at(name: str) -> int:
    return [one for one, *_ in SHELF].index(name)


def found(alice: JMAP, shelf: Tree, **arguments: Any) -> list[str]:
    """The names of what a query gives."""
    names = {number: name for name, number in shelf.items()}
    return [names[id_] for id_ in alice.asks("Mailbox/query", **arguments)["ids"]]


BY_ORDER = [{"property": "sortOrder"}, {"property": "name"}]
BY_NAME = [{"property": "name"}]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (None, ["Apple", "aside", "deep", "Deeper", "élan", "Inbox", "Work", "zebra"]),
        ({}, ["Apple", "aside", "deep", "Deeper", "élan", "Inbox", "Work", "zebra"]),
        ({"parentId": None}, ["Apple", "élan", "Inbox", "Work", "zebra"]),
        ({"parentId": "#Work"}, ["aside", "deep"]),
        ({"parentId": "m9999"}, []),
        ({"name": "e"}, ["Apple", "aside", "deep", "Deeper", "zebra", "élan"]),
        ({"name": "DEEP"}, ["deep", "Deeper"]),
        ({"name": "ÉL"}, ["élan"]),
        ({"name": "%"}, []),
        ({"name": ""}, ["Apple", "aside", "deep", "Deeper", "élan", "Inbox", "Work", "zebra"]),
        ({"role": "inbox"}, ["Inbox"]),
        ({"role": "memos"}, ["aside"]),
        ({"role": None}, ["Apple", "deep", "Deeper", "élan", "zebra"]),
        ({"role": "trash"}, []),
        ({"hasAnyRole": True}, ["aside", "Inbox", "Work"]),
        ({"hasAnyRole": False}, ["Apple", "deep", "Deeper", "élan", "zebra"]),
        ({"isSubscribed": False}, ["Deeper", "zebra"]),
        ({"isSubscribed": True, "hasAnyRole": True, "parentId": None}, ["Inbox", "Work"]),
        ({"operator": "AND", "conditions": [{"name": "e"}, {"parentId": None}]}, ["Apple", "zebra", "élan"]),
        ({"operator": "OR", "conditions": [{"role": "inbox"}, {"name": "z"}]}, ["Inbox", "zebra"]),
        ({"operator": "NOT", "conditions": [{"parentId": None}, {"role": "memos"}]}, ["deep", "Deeper"]),
        ({"operator": "AND", "conditions": []}, ["Apple", "aside", "deep", "Deeper", "élan", "Inbox", "Work", "zebra"]),
        ({"operator": "OR", "conditions": []}, []),
        ({"operator": "NOT", "conditions": []}, ["Apple", "aside", "deep", "Deeper", "élan", "Inbox", "Work", "zebra"]),
        (
            {"operator": "NOT", "conditions": [{"operator": "OR", "conditions": [{"name": "e"}, {"role": "inbox"}]}]},
            ["Work"],
        ),
    ],
    ids=str,
)
def test_a_filter_finds_what_matches(alice: JMAP, shelf: Tree, condition: Any, names: list[str]) -> None:
    """RFC 8621 section 2.3: parentId, name, role, hasAnyRole, isSubscribed; RFC 8620 section 5.5: operators."""
    if condition and str(condition.get("parentId")).startswith("#"):
        condition = {"parentId": shelf[condition["parentId"][1:]]}
    got = found(alice, shelf, filter=condition, sort=BY_NAME)

    assert sorted(got) == sorted(names)
    assert [name for name in got if name != "élan"] == [name for name in names if name != "élan"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (BY_ORDER, ["Inbox", "Deeper", "deep", "aside", "Apple", "zebra", "Work"]),
        (
            [{"property": "sortOrder", "isAscending": False}, {"property": "name"}],
            ["Work", "Apple", "zebra", "aside", "deep", "Deeper", "Inbox"],
        ),
        (
            [{"property": "sortOrder"}, {"property": "name", "isAscending": False}],
            ["Inbox", "Deeper", "deep", "aside", "zebra", "Apple", "Work"],
        ),
        (BY_NAME, ["Apple", "aside", "deep", "Deeper", "Inbox", "Work", "zebra"]),
        (
            [{"property": "name", "collation": "i;unicode-casemap"}],
            ["Apple", "aside", "deep", "Deeper", "Inbox", "Work", "zebra"],
        ),
    ],
    ids=str,
)
def test_a_sort_orders_them(alice: JMAP, shelf: Tree, sort: Any, names: list[str]) -> None:
    """RFC 8621 section 2.3: by sortOrder and name; whatever the case of letters (RFC 8620 section 5.5)."""
    assert [name for name in found(alice, shelf, sort=sort) if name != "élan"] == names


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filter": {"nothing": 1}}, "unsupportedFilter"),
        ({"filter": {"operator": "AND", "conditions": [{"nothing": 1}]}}, "unsupportedFilter"),
        ({"sort": [{"property": "nothing"}]}, "unsupportedSort"),
        ({"sort": [{"property": "name", "collation": "i;nothing"}]}, "unsupportedSort"),
        ({"sort": BY_NAME * 100}, "unsupportedSort"),
        ({"anchor": "m9999"}, "anchorNotFound"),
        ({"anchor": "x"}, "anchorNotFound"),
        ({"sortAsTree": None}, "invalidArguments"),
        ({"filterAsTree": 1}, "invalidArguments"),
        ({"collapseThreads": True}, "invalidArguments"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_an_error(alice: JMAP, arguments: dict[str, Any], error: str) -> None:
    """RFC 8620 section 5.5: unsupportedFilter, unsupportedSort, anchorNotFound."""
    alice.says("Mailbox/query", **arguments)

    alice.hears("error", type=error)


@pytest.mark.parametrize("depth", [33, 200, 5000])
def test_a_filter_without_end_is_not_supported(alice: JMAP, depth: int) -> None:
    """Ours: bounded depth; RFC 8620 section 5.5 has unsupportedFilter for what a server cannot process."""
    condition: Any = {"name": "x"}
    if depth == 5000:
        condition = {"operator": "OR", "conditions": [condition] * depth}
    else:
        for _ in range(depth if depth < 100 else 60):
            condition = {"operator": "NOT", "conditions": [condition]}
    alice.says("Mailbox/query", filter=condition)

    alice.hears("error", type="unsupportedFilter")


TREE = ["Inbox", "Apple", "zebra", "Work", "deep", "Deeper", "aside"]


def test_as_a_tree_each_comes_after_its_parent(alice: JMAP, shelf: Tree) -> None:
    """RFC 8621 section 2.3, "sortAsTree": children after their parent, before its next sibling."""
    got = found(alice, shelf, sort=BY_ORDER, sortAsTree=True)

    assert [name for name in got if name != "élan"] == TREE


def test_as_a_tree_ancestors_that_do_not_match_still_order(alice: JMAP, shelf: Tree) -> None:
    """RFC 8621 section 2.3, "sortAsTree": compared by the ancestors that are siblings."""
    got = found(alice, shelf, sort=BY_ORDER, sortAsTree=True, filter={"name": "e"})

    assert got == ["Apple", "élan", "zebra", "deep", "Deeper", "aside"]


def test_as_a_tree_descending_children_still_follow(alice: JMAP, shelf: Tree) -> None:
    """RFC 8621 section 2.3, "sortAsTree": a parent is always before its children."""
    sort = [{"property": "name", "isAscending": False}]
    got = found(alice, shelf, sort=sort, sortAsTree=True)

    assert [name for name in got if name != "élan"] == ["zebra", "Work", "deep", "Deeper", "aside", "Inbox", "Apple"]


def test_filtered_as_a_tree_what_is_below_something_left_out_is_left_out(alice: JMAP, shelf: Tree) -> None:
    """RFC 8621 section 2.3, "filterAsTree": all ancestors must match."""
    assert found(alice, shelf, filter={"name": "deep"}, filterAsTree=True) == []
    assert found(alice, shelf, filter={"isSubscribed": True}, filterAsTree=True, sort=BY_ORDER, sortAsTree=True)[
        -3:
    ] == [
        "Work",
        "deep",
        "aside",
    ]


def test_filtered_as_a_tree_without_a_filter_is_everything(alice: JMAP, shelf: Tree) -> None:
    """RFC 8621 section 2.3, "filterAsTree"."""
    assert len(found(alice, shelf, filterAsTree=True)) == len(shelf)


@pytest.mark.parametrize("arranged", [{}, {"sortAsTree": True}])
@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ({}, 0, 8),
        ({"position": 3}, 3, 8),
        ({"position": 3, "limit": 2}, 3, 5),
        ({"position": -3}, 5, 8),
        ({"position": -3, "limit": 1}, 5, 6),
        ({"position": -99}, 0, 8),
        ({"position": 8}, 8, 8),
        ({"position": 99}, 99, 99),
        ({"position": 2**53 - 1}, 2**53 - 1, 2**53 - 1),
        ({"limit": 0}, 0, 0),
        ({"limit": 3}, 0, 3),
        ({"anchor": 4}, 4, 8),
        ({"anchor": 4, "anchorOffset": -2, "limit": 3}, 2, 5),
        ({"anchor": 4, "anchorOffset": 2}, 6, 8),
        ({"anchor": 1, "anchorOffset": -5}, 0, 8),
        ({"anchor": 4, "anchorOffset": 99}, 103, 103),
        ({"anchor": 4, "anchorOffset": 2**53 - 1}, 2**53 + 3, 2**53 + 3),
        ({"anchor": 4, "position": 1}, 4, 8),
        ({"anchorOffset": 3}, 0, 8),
    ],
    ids=str,
)
def test_a_window_is_a_part_of_the_result(
    alice: JMAP, shelf: Tree, window: dict[str, Any], first: int, last: int, arranged: dict[str, bool]
) -> None:
    """RFC 8620 section 5.5: position, anchor, anchorOffset, limit."""
    whole = alice.asks("Mailbox/query", sort=BY_ORDER, **arranged)["ids"]
    if "anchor" in window:
        window = {**window, "anchor": whole[window["anchor"]]}
    alice.says("Mailbox/query", sort=BY_ORDER, **arranged, calculateTotal=True, **window)

    heard = alice.hears("Mailbox/query", ids=whole[first:last], total=8)
    if heard["ids"]:
        assert heard["position"] == first


def test_the_answer_has_what_a_client_needs_to_go_on(alice: JMAP, shelf: Tree) -> None:
    """RFC 8620 section 5.5: queryState, canCalculateChanges, position; limit if the server set one."""
    alice.says("Mailbox/query", limit=2)

    alice.hears_exactly(
        "Mailbox/query",
        accountId=alice.account_id,
        queryState=ANY,
        canCalculateChanges=True,
        position=0,
        ids=[ANY, ANY],
    )


def test_a_limit_that_was_lowered_is_told(home: Home, alice: JMAP, shelf: Tree) -> None:
    """RFC 8620 section 5.5, "limit": told if the server set it, or another one than asked for."""
    home.build(query_results=3)
    alice.says("Mailbox/query", limit=100)
    alice.hears("Mailbox/query", ids=[ANY] * 3, limit=3)
    alice.says("Mailbox/query")
    alice.hears("Mailbox/query", ids=[ANY] * 3, limit=3)


def test_ties_keep_their_order(alice: JMAP, shelf: Tree) -> None:
    """RFC 8620 section 5.5: the order is stable from one call to the next."""
    first = alice.asks("Mailbox/query")["ids"]

    assert [alice.asks("Mailbox/query")["ids"] for _ in range(3)] == [first] * 3
    pages = [alice.asks("Mailbox/query", position=at, limit=1)["ids"][0] for at in range(len(first))]
    assert pages == first


def test_the_state_differs_once_the_result_does(alice: JMAP, shelf: Tree) -> None:
    """RFC 8620 section 5.5, "queryState"."""
    before = alice.asks("Mailbox/query", sort=BY_ORDER)["queryState"]
    alice.asks("Mailbox/set", update={shelf["Work"]: {"sortOrder": 0}})

    assert alice.asks("Mailbox/query", sort=BY_ORDER)["queryState"] != before


def test_what_is_asked_of_two_accounts_is_each_one_s_own(alice: JMAP, bob: JMAP, shelf: Tree) -> None:
    """RFC 8620 section 1.6.3: ids are unique in an account only."""
    assert len(bob.asks("Mailbox/query")["ids"]) == 6
    bob.says("Mailbox/query", anchor=shelf["Deeper"])

    bob.hears("error", type="anchorNotFound")
    assert like(ids=ANY) == alice.asks("Mailbox/query", anchor=shelf["Deeper"])
