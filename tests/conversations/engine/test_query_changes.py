"""/queryChanges (RFC 8620 section 5.6); that caches are kept right is in `properties/test_engine_history.py`."""

from typing import Any

import pytest
from tests.toy.speaker import Speaker

BY_NAME = [{"property": "name"}]


@pytest.fixture
def cakes(alice: Speaker) -> list[str]:
    return [alice.bakes(name=name, shelf=shelf) for name, shelf in (("a", 1), ("c", 1), ("e", 2), ("g", 2))]


def test_what_left_and_what_came_is_told_with_its_place(alice: Speaker, cakes: list[str]) -> None:
    """Section 5.6: what changed is told as removed, and as added where it is now."""
    a, c, e, _ = cakes
    before = alice.state()
    new = alice.bakes(name="d")
    alice.says("Cake/set", update={a: {"name": "z"}}, destroy=[e])
    answer = alice.says("Cake/queryChanges", sort=BY_NAME, sinceQueryState=before)
    assert answer == {
        "accountId": "a1",
        "oldQueryState": before,
        "newQueryState": alice.state(),
        "removed": [a, e],
        "added": [{"id": new, "index": 1}, {"id": a, "index": 3}],
    }
    assert c not in answer["removed"]


def test_nothing_has_changed_since_now(alice: Speaker, cakes: list[str]) -> None:
    now = alice.state()
    alice.says("Cake/queryChanges", sinceQueryState=now)
    alice.hears("Cake/queryChanges", oldQueryState=now, newQueryState=now, removed=[], added=[])


def test_what_no_longer_matches_is_only_removed(alice: Speaker, cakes: list[str]) -> None:
    before = alice.state()
    alice.says("Cake/set", update={cakes[0]: {"layers": 5}})
    alice.says("Cake/queryChanges", sinceQueryState=before, filter={"maxLayers": 3})
    alice.hears("Cake/queryChanges", removed=[cakes[0]], added=[])


def test_what_was_created_and_destroyed_since_is_left_out(alice: Speaker, cakes: list[str]) -> None:
    before = alice.state()
    gone = alice.bakes(name="b")
    alice.says("Cake/set", destroy=[gone])
    alice.says("Cake/queryChanges", sinceQueryState=before)
    alice.hears("Cake/queryChanges", removed=[], added=[])


def test_the_total_is_told_only_if_asked_for(alice: Speaker, cakes: list[str]) -> None:
    before = alice.state()
    alice.says("Cake/set", destroy=[cakes[0]])
    assert "total" not in alice.says("Cake/queryChanges", sinceQueryState=before)
    alice.says("Cake/queryChanges", sinceQueryState=before, calculateTotal=True)
    alice.hears("Cake/queryChanges", total=3)


def test_more_changes_than_were_asked_for_are_too_many(alice: Speaker, cakes: list[str]) -> None:
    """Section 5.6, tooManyChanges: removed and added together."""
    before = alice.state()
    alice.says("Cake/set", update={cakes[0]: {"layers": 2}})
    for most, fits in ((1, False), (2, True), (None, True)):
        alice.says("Cake/queryChanges", sinceQueryState=before, maxChanges=most)
        if fits:
            alice.hears("Cake/queryChanges", removed=[cakes[0]])
        else:
            alice.hears("error", type="tooManyChanges")


@pytest.mark.parametrize("most", [0, -1, "1", 1.5])
def test_max_changes_is_a_positive_number(alice: Speaker, most: object) -> None:
    alice.says("Cake/queryChanges", sinceQueryState=alice.state(), maxChanges=most)
    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize("arguments", [{}, {"sinceQueryState": None}, {"sinceState": "x", "sinceQueryState": "x"}])
def test_arguments_of_other_types_or_names_are_invalid(alice: Speaker, arguments: dict[str, Any]) -> None:
    alice.says("Cake/queryChanges", **arguments)
    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize("state", ["", "yesterday", "{epoch}-999"])
def test_a_state_that_was_never_given_out_tells_no_changes(alice: Speaker, cakes: list[str], state: str) -> None:
    epoch = alice.state().partition("-")[0]
    alice.says("Cake/queryChanges", sinceQueryState=state.format(epoch=epoch))
    alice.hears("error", type="cannotCalculateChanges")


def test_what_is_added_after_the_last_id_of_the_client_is_left_out(alice: Speaker, cakes: list[str]) -> None:
    """Section 5.6 with erratum 6603, "upToId": what is added at a higher index SHOULD be omitted."""
    before = alice.state()
    early, late = alice.bakes(name="b"), alice.bakes(name="f")
    alice.says("Cake/queryChanges", sinceQueryState=before, sort=BY_NAME, upToId=cakes[1])
    alice.hears("Cake/queryChanges", removed=[], added=[{"id": early, "index": 1}])
    alice.says("Cake/queryChanges", sinceQueryState=before, sort=BY_NAME)
    alice.hears("Cake/queryChanges", added=[{"id": early, "index": 1}, {"id": late, "index": 4}])


def test_a_last_id_that_moved_or_is_gone_is_ignored(alice: Speaker, cakes: list[str]) -> None:
    before = alice.state()
    alice.says("Cake/set", update={cakes[1]: {"name": "aa"}}, destroy=[cakes[3]])
    late = alice.bakes(name="z")
    for up_to in (cakes[1], cakes[3], "c999", "nothing-of-ours"):
        alice.says("Cake/queryChanges", sinceQueryState=before, sort=BY_NAME, upToId=up_to)
        alice.hears("Cake/queryChanges", added=[{"id": cakes[1], "index": 1}, {"id": late, "index": 3}])


def test_with_one_of_each_group_the_others_of_a_group_may_have_come_or_gone(alice: Speaker, cakes: list[str]) -> None:
    a, c, e, g = cakes
    before = alice.state()
    alice.says("Cake/set", update={a: {"name": "z"}})
    alice.says("Cake/queryChanges", sinceQueryState=before, sort=BY_NAME, oneOfEachShelf=True)
    alice.hears("Cake/queryChanges", removed=[a, c], added=[{"id": c, "index": 0}])
    assert alice.says("Cake/query", sort=BY_NAME, oneOfEachShelf=True)["ids"] == [c, e]
    assert g not in alice.heard[1]["ids"]


def test_a_word_that_reaches_all_objects_tells_all_of_them(alice: Speaker, cakes: list[str]) -> None:
    before = alice.state()
    alice.says("Cake/set", update={cakes[2]: {"weight": 10}})
    alice.says("Cake/queryChanges", sinceQueryState=before, filter={"heaviest": True})
    alice.hears("Cake/queryChanges", removed=cakes, added=[{"id": cakes[2], "index": 0}])


def test_a_result_that_the_type_arranges_is_kept_right(alice: Speaker, cakes: list[str]) -> None:
    before = alice.state()
    alice.says("Cake/set", update={cakes[2]: {"layers": 10}})
    alice.says("Cake/queryChanges", sinceQueryState=before, tallestFirst=True)
    a, c, e, g = cakes
    alice.hears(
        "Cake/queryChanges",
        removed=cakes,
        added=[{"id": one, "index": at} for at, one in enumerate((e, a, c, g))],
    )


def test_a_word_of_which_nobody_said_how_far_it_reaches_costs_query_changes(alice: Speaker, cakes: list[str]) -> None:
    """Ours: a missing declaration may make the server less able, never wrong."""
    before = alice.state()
    assert alice.says("Cake/query", filter={"pretty": True})["canCalculateChanges"] is False
    alice.says("Cake/queryChanges", sinceQueryState=before, filter={"pretty": True})
    alice.hears("error", type="cannotCalculateChanges")
