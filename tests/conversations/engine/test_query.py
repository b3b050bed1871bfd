"""/query (RFC 8620 section 5.5)."""

from typing import Any

import pytest
from tests.toy.speaker import Speaker

from pillarbox.objects import Limits


@pytest.fixture
def cakes(alice: Speaker) -> dict[str, str]:
    """Ids by name."""
    butter, nuts = alice.buys("butter"), alice.buys("nuts")
    found = {"butter": butter, "nuts": nuts}
    for name, more in (
        ("apple", {"bakedAt": "2026-01-01T00:00:00Z", "layers": 1, "ingredientIds": {butter: True}, "shelf": 1}),
        ("Banana", {"bakedAt": "2026-01-03T00:00:00Z", "layers": 3, "weight": -5, "shelf": 1, "glazed": True}),
        ("cherry", {"bakedAt": None, "layers": 2, "ingredientIds": {nuts: True, butter: True}, "shelf": 2}),
        ("Älpler", {"bakedAt": "2026-01-02T00:00:00Z", "layers": 2, "shelf": 2, "decorations": {"star": 1}}),
    ):
        found[name] = alice.bakes(name=name, **more)
    found["apple2"] = alice.bakes(name="apple", basedOn=found["apple"], weight=7, shelf=3)
    return found


def names(alice: Speaker, cakes: dict[str, str], **arguments: Any) -> list[str]:
    """The names of the cakes that are found."""
    answer = alice.says("Cake/query", **arguments)
    assert "ids" in answer, answer
    by_id = {id_: name for name, id_ in cakes.items()}
    return [by_id[id_] for id_ in answer["ids"]]


ALL = ["apple", "Banana", "cherry", "Älpler", "apple2"]


def test_a_query_tells_ids_and_a_state(alice: Speaker, cakes: dict[str, str]) -> None:
    answer = alice.says("Cake/query", sort=[{"property": "layers"}], limit=2)
    assert answer == {
        "accountId": "a1",
        "queryState": alice.state(),
        "canCalculateChanges": True,
        "position": 0,
        "ids": [cakes["apple"], cakes["apple2"]],
    }


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        (None, ALL),
        ({}, ALL),
        ({"name": "apple"}, ["apple", "apple2"]),
        ({"name": "APPLE"}, ["apple", "apple2"]),
        ({"nameHas": "pP"}, ["apple", "apple2"]),
        ({"nameHas": "ÄL"}, ["Älpler"]),
        ({"nameHas": "%"}, []),
        ({"glazed": True}, ["Banana"]),
        ({"glazed": False}, ["apple", "cherry", "Älpler", "apple2"]),
        ({"hasBase": True}, ["apple2"]),
        ({"hasBase": False}, ALL[:4]),
        ({"basedOn": "{apple}"}, ["apple2"]),
        ({"basedOn": None}, ALL[:4]),
        ({"basedOn": "c999"}, []),
        ({"basedOn": "nothing-of-ours"}, []),
        ({"before": "2026-01-02T00:00:00Z"}, ["apple"]),
        ({"after": "2026-01-02T00:00:00Z"}, ["Banana", "Älpler"]),
        ({"minLayers": 2}, ["Banana", "cherry", "Älpler"]),
        ({"maxLayers": 2}, ["apple", "apple2"]),
        ({"has": "{butter}"}, ["apple", "cherry"]),
        ({"has": "nothing-of-ours"}, []),
        ({"hasNot": "{butter}"}, ["Banana", "Älpler", "apple2"]),
        ({"decorated": True}, ["Älpler"]),
        ({"decorated": False}, ["apple", "Banana", "cherry", "apple2"]),
        ({"someOnShelfHave": "{nuts}"}, ["cherry", "Älpler"]),
        ({"heaviest": True}, ["apple2"]),
        ({"minLayers": 2, "maxLayers": 3}, ["cherry", "Älpler"]),
        ({"operator": "AND", "conditions": []}, ALL),
        ({"operator": "OR", "conditions": []}, []),
        ({"operator": "NOT", "conditions": []}, ALL),
        ({"operator": "AND", "conditions": [{"minLayers": 2}, {"has": "{nuts}"}]}, ["cherry"]),
        ({"operator": "OR", "conditions": [{"glazed": True}, {"has": "{nuts}"}]}, ["Banana", "cherry"]),
        ({"operator": "NOT", "conditions": [{"glazed": True}, {"has": "{nuts}"}]}, ["apple", "Älpler", "apple2"]),
        (
            {"operator": "NOT", "conditions": [{"before": "2026-01-02T00:00:00Z"}]},
            ["Banana", "cherry", "Älpler", "apple2"],
        ),
        (
            {
                "operator": "OR",
                "conditions": [
                    {"operator": "NOT", "conditions": [{"minLayers": 2}, {"hasBase": True}]},
                    {"operator": "AND", "conditions": [{"decorated": True}, {}]},
                ],
            },
            ["apple", "Älpler"],
        ),
    ],
    ids=repr,
)
def test_a_filter_holds_where_it_says(alice: Speaker, cakes: dict[str, str], filter_: Any, found: list[str]) -> None:
    if isinstance(filter_, dict):
        filter_ = {
            name: value.format(**cakes) if isinstance(value, str) and value.startswith("{") else value
            for name, value in filter_.items()
        }
        if "conditions" in filter_:
            filter_["conditions"] = [
                {name: cakes["nuts"] if value == "{nuts}" else value for name, value in one.items()}
                for one in filter_["conditions"]
            ]
    assert names(alice, cakes, filter=filter_) == found
    alice.says("Cake/query", filter=filter_, limit=0, calculateTotal=True)
    alice.hears("Cake/query", total=len(found), ids=[])


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        (None, ALL),
        ([], ALL),
        ([{"property": "name"}], ["apple", "apple2", "Älpler", "Banana", "cherry"]),
        ([{"property": "name", "collation": "i;unicode-casemap"}], ["apple", "apple2", "Älpler", "Banana", "cherry"]),
        ([{"property": "name", "isAscending": False}], ["cherry", "Banana", "Älpler", "apple2", "apple"]),
        ([{"property": "bakedAt"}], ["cherry", "apple2", "apple", "Älpler", "Banana"]),
        ([{"property": "bakedAt", "isAscending": False}], ["Banana", "Älpler", "apple", "apple2", "cherry"]),
        ([{"property": "weight", "isAscending": True}], ["apple", "cherry", "Älpler", "Banana", "apple2"]),
        (
            [{"property": "layers", "isAscending": False}, {"property": "name"}],
            ["Banana", "Älpler", "cherry", "apple", "apple2"],
        ),
        ([{"property": "has", "ingredientId": "{nuts}"}], ["apple", "Banana", "Älpler", "apple2", "cherry"]),
        (
            [{"property": "someOnShelfHave", "ingredientId": "{nuts}", "isAscending": False}, {"property": "name"}],
            ["Älpler", "cherry", "apple", "apple2", "Banana"],
        ),
    ],
    ids=repr,
)
def test_results_come_in_the_order_asked_for(
    alice: Speaker, cakes: dict[str, str], sort: Any, found: list[str]
) -> None:
    if sort:
        sort = [{name: cakes["nuts"] if value == "{nuts}" else value for name, value in one.items()} for one in sort]
    assert names(alice, cakes, sort=sort) == found


@pytest.mark.parametrize(
    ("window", "position", "found"),
    [
        ({}, 0, ALL),
        ({"position": 2}, 2, ALL[2:]),
        ({"position": 2, "limit": 1}, 2, ALL[2:3]),
        ({"position": 4, "limit": 9}, 4, ALL[4:]),
        ({"position": 5}, 5, []),
        ({"position": 2**53 - 1}, 2**53 - 1, []),
        ({"position": -2}, 3, ALL[3:]),
        ({"position": -2, "limit": 1}, 3, ALL[3:4]),
        ({"position": -5}, 0, ALL),
        ({"position": -99}, 0, ALL),
        ({"limit": 0}, 0, []),
        ({"limit": None}, 0, ALL),
        ({"limit": 2**53 - 1}, 0, ALL),
        ({"anchor": "{cherry}"}, 2, ALL[2:]),
        ({"anchor": "{cherry}", "anchorOffset": 1}, 3, ALL[3:]),
        ({"anchor": "{cherry}", "anchorOffset": -1}, 1, ALL[1:]),
        ({"anchor": "{cherry}", "anchorOffset": -9}, 0, ALL),
        ({"anchor": "{cherry}", "anchorOffset": 9}, 11, []),
        ({"anchor": "{cherry}", "anchorOffset": -1, "limit": 2}, 1, ALL[1:3]),
        ({"anchor": "{cherry}", "position": 4}, 2, ALL[2:]),
        ({"anchor": None, "anchorOffset": 3}, 0, ALL),
    ],
    ids=repr,
)
def test_a_window_of_the_result_is_told(
    alice: Speaker, cakes: dict[str, str], window: dict[str, Any], position: int, found: list[str]
) -> None:
    """Section 5.5: a negative position counts from the end; an anchor overrules it; both are clamped to 0."""
    if window.get("anchor"):
        window = {**window, "anchor": cakes["cherry"]}
    assert names(alice, cakes, **window) == found
    alice.hears("Cake/query", position=position)


@pytest.mark.parametrize("anchor", ["c999", "i1", "nothing-of-ours"])
def test_an_anchor_that_is_not_in_the_result_is_not_found(alice: Speaker, cakes: dict[str, str], anchor: str) -> None:
    alice.says("Cake/query", anchor=anchor)
    alice.hears("error", type="anchorNotFound")
    alice.says("Cake/query", anchor=cakes["apple"], filter={"glazed": True})
    alice.hears("error", type="anchorNotFound")


def test_the_total_is_told_only_if_asked_for(alice: Speaker, cakes: dict[str, str]) -> None:
    for arguments in ({}, {"calculateTotal": False}):
        assert "total" not in alice.says("Cake/query", **arguments)
    alice.says("Cake/query", calculateTotal=True, limit=1, position=3)
    alice.hears("Cake/query", total=5)
    alice.says("Cake/query", calculateTotal=True, oneOfEachShelf=True, limit=1)
    alice.hears("Cake/query", total=3)


def test_a_limit_that_the_server_sets_is_told_and_no_other(alice: Speaker, cakes: dict[str, str]) -> None:
    """Section 5.5, "limit": "only returned if the server set a limit or used a different limit"."""
    alice.begins(Limits(query_results=2))
    for limit in (None, 3, 99):
        alice.says("Cake/query", limit=limit)
        alice.hears("Cake/query", limit=2, ids=[cakes["apple"], cakes["Banana"]])
    assert "limit" not in alice.says("Cake/query", limit=2)
    assert "limit" not in alice.says("Cake/query", limit=1)


def test_one_of_each_group_is_told(alice: Speaker, cakes: dict[str, str]) -> None:
    newest = [{"property": "bakedAt", "isAscending": False}]
    assert names(alice, cakes, sort=newest, oneOfEachShelf=True) == ["Banana", "Älpler", "apple2"]
    assert names(alice, cakes, sort=newest, oneOfEachShelf=True, filter={"glazed": False}) == [
        "Älpler",
        "apple",
        "apple2",
    ]
    assert names(alice, cakes, sort=newest, oneOfEachShelf=True, anchor=cakes["Älpler"]) == ["Älpler", "apple2"]
    alice.says("Cake/query", sort=newest, oneOfEachShelf=True, anchor=cakes["cherry"])
    alice.hears("error", type="anchorNotFound")


def test_a_type_may_arrange_a_result_itself(alice: Speaker, cakes: dict[str, str]) -> None:
    tallest = ["Banana", "cherry", "Älpler", "apple", "apple2"]
    assert names(alice, cakes, tallestFirst=True) == tallest
    assert names(alice, cakes, tallestFirst=True, position=-2, calculateTotal=True) == tallest[3:]
    alice.hears("Cake/query", total=5, position=3)
    assert names(alice, cakes, tallestFirst=True, anchor=cakes["cherry"], limit=2) == tallest[1:3]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filter": {"colour": "red"}}, "unsupportedFilter"),
        ({"filter": {"glazed": True, "colour": "red"}}, "unsupportedFilter"),
        ({"filter": []}, "invalidArguments"),
        ({"filter": "glazed"}, "invalidArguments"),
        ({"filter": {"glazed": "yes"}}, "invalidArguments"),
        ({"filter": {"glazed": None}}, "invalidArguments"),
        ({"filter": {"minLayers": -1}}, "invalidArguments"),
        ({"filter": {"minLayers": 1.5}}, "invalidArguments"),
        ({"filter": {"minLayers": True}}, "invalidArguments"),
        ({"filter": {"before": "yesterday"}}, "invalidArguments"),
        ({"filter": {"before": "2026-01-02T00:00:00+01:00"}}, "invalidArguments"),
        ({"filter": {"has": ["i1"]}}, "invalidArguments"),
        ({"filter": {"operator": "XOR", "conditions": []}}, "invalidArguments"),
        ({"filter": {"operator": "and", "conditions": []}}, "invalidArguments"),
        ({"filter": {"operator": ["AND"], "conditions": []}}, "invalidArguments"),
        ({"filter": {"operator": "AND"}}, "invalidArguments"),
        ({"filter": {"operator": "AND", "conditions": {}}}, "invalidArguments"),
        ({"filter": {"operator": "AND", "conditions": [None]}}, "invalidArguments"),
        ({"filter": {"operator": "AND", "conditions": [], "glazed": True}}, "invalidArguments"),
        ({"filter": {"operator": "AND", "conditions": [{"colour": 1}]}}, "unsupportedFilter"),
        ({"sort": {"property": "name"}}, "invalidArguments"),
        ({"sort": ["name"]}, "invalidArguments"),
        ({"sort": [{}]}, "invalidArguments"),
        ({"sort": [{"property": 1}]}, "invalidArguments"),
        ({"sort": [{"property": "name", "isAscending": 1}]}, "invalidArguments"),
        ({"sort": [{"property": "name", "isAscending": None}]}, "invalidArguments"),
        ({"sort": [{"property": "name", "collation": 1}]}, "invalidArguments"),
        ({"sort": [{"property": "name", "colour": 1}]}, "invalidArguments"),
        ({"sort": [{"property": "has"}]}, "invalidArguments"),
        ({"sort": [{"property": "has", "ingredientId": 1}]}, "invalidArguments"),
        ({"sort": [{"property": "glazed"}]}, "unsupportedSort"),
        ({"sort": [{"property": "colour"}]}, "unsupportedSort"),
        ({"sort": [{"property": "name", "collation": "i;octet"}]}, "unsupportedSort"),
        ({"sort": [{"property": "name"}] * 17}, "unsupportedSort"),
        ({"limit": -1}, "invalidArguments"),
        ({"limit": "1"}, "invalidArguments"),
        ({"limit": 1.0}, "invalidArguments"),
        ({"position": None}, "invalidArguments"),
        ({"position": "1"}, "invalidArguments"),
        ({"anchor": 1}, "invalidArguments"),
        ({"anchorOffset": "1"}, "invalidArguments"),
        ({"calculateTotal": 1}, "invalidArguments"),
        ({"oneOfEachShelf": 1}, "invalidArguments"),
        ({"colour": "red"}, "invalidArguments"),
        ({"ids": []}, "invalidArguments"),
    ],
    ids=repr,
)
def test_what_cannot_be_asked_is_told_as_an_error(alice: Speaker, arguments: dict[str, Any], error: str) -> None:
    """Section 5.5; queryChanges takes the same filters and sorts, and refuses the same ones."""
    alice.says("Cake/query", **arguments)
    alice.hears("error", type=error)
    if set(arguments) & {"filter", "sort", "oneOfEachShelf"}:
        alice.says("Cake/queryChanges", sinceQueryState=alice.state(), **arguments)
        alice.hears("error", type=error)


def test_a_filter_may_be_deep_and_large_but_not_without_end(alice: Speaker, cakes: dict[str, str]) -> None:
    def deep(levels: int) -> dict[str, Any]:
        filter_: dict[str, Any] = {"glazed": True}
        for _ in range(levels):
            filter_ = {"operator": "NOT", "conditions": [filter_]}
        return filter_

    def wide(conditions: int) -> dict[str, Any]:
        return {"operator": "OR", "conditions": [{"name": "Banana"}] * conditions}

    assert names(alice, cakes, filter=deep(32)) == ["Banana"]
    assert names(alice, cakes, filter=wide(499)) == ["Banana"]
    for filter_ in (deep(33), deep(100), wide(500)):
        alice.says("Cake/query", filter=filter_)
        alice.hears("error", type="unsupportedFilter")


def test_the_state_of_a_query_moves_when_its_result_may_have_changed(alice: Speaker, cakes: dict[str, str]) -> None:
    """Section 5.5, "queryState": "This string MUST change if the results of the query ... have changed"."""
    before = alice.says("Cake/query")["queryState"]
    alice.says("Cake/set", update={cakes["apple"]: {"layers": 5}})
    assert alice.says("Cake/query")["queryState"] != before


def test_what_jmapc_sends_in_a_comparator_is_borne(alice: Speaker, cakes: dict[str, str]) -> None:
    """Ours: jmapc (0.4) puts these arguments of /query into each Comparator as well."""
    plain = alice.says("Cake/query", sort=[{"property": "name", "isAscending": False}])
    more = {"anchorOffset": 0, "calculateTotal": False, "position": 0}
    alice.says("Cake/query", sort=[{"property": "name", "isAscending": False, **more}])
    alice.hears("Cake/query", ids=plain["ids"])
    assert len(plain["ids"]) == 5


@pytest.mark.parametrize("more", [{"position": 1}, {"anchorOffset": "0"}, {"calculateTotal": True}, {"keyword": "x"}])
def test_what_means_something_in_a_comparator_is_not_ignored(alice: Speaker, more: dict[str, Any]) -> None:
    """Ours: nothing is ignored silently."""
    alice.says("Cake/query", sort=[{"property": "name", **more}])
    alice.hears("error", type="invalidArguments")


def test_objects_that_no_index_can_tell_of_are_read_in_bounds(alice: Speaker, cakes: dict[str, str]) -> None:
    """Ours: hostile filters cost a bounded amount."""
    alice.limits = Limits(looked_at=len(cakes) * 2 - 1)
    decorated = {"operator": "OR", "conditions": [{"decorated": True}, {"decorated": False}]}
    alice.says("Cake/query", filter={"decorated": True})
    alice.hears("Cake/query", position=0)
    alice.says("Cake/query", filter={"operator": "AND", "conditions": [decorated, decorated]})
    alice.hears("error", type="unsupportedFilter")
