"""PatchObject (RFC 8620 section 5.3)."""

from typing import Any

import pytest
from tests.toy.speaker import Speaker, like

CAKE: dict[str, Any] = {
    "name": "Plum",
    "decorations": {"top": {"cherries": 3, "star": {"gold": True}}, "a/b": 1, "a~b": 2, "": 3},
    "tasters": ["bob"],
    "weight": 500,
    "topping": "sugar",
}


@pytest.fixture
def cake(alice: Speaker) -> str:
    return alice.bakes(**CAKE)


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        ({}, {}),
        ({"layers": 2}, {"layers": 2}),
        ({"decorations": {}}, {"decorations": {}}),
        ({"decorations/top": None}, {"decorations": {"a/b": 1, "a~b": 2, "": 3}}),
        (
            {"decorations/top/cherries": 4},
            {"decorations": {**CAKE["decorations"], "top": {"cherries": 4, "star": {"gold": True}}}},
        ),
        (
            {"decorations/top/cherries": 4, "decorations/top/star/gold": None, "decorations/new": [1]},
            {"decorations": {**CAKE["decorations"], "top": {"cherries": 4, "star": {}}, "new": [1]}},
        ),
        ({"decorations/a~1b": 9}, {"decorations": {**CAKE["decorations"], "a/b": 9}}),
        ({"decorations/a~0b": 9}, {"decorations": {**CAKE["decorations"], "a~b": 9}}),
        ({"decorations/": 9}, {"decorations": {**CAKE["decorations"], "": 9}}),
        ({"decorations/none": None}, {}),
        ({"decorations/top/none": None}, {}),
        ({"tasters": ["carol", "bob"]}, {"tasters": ["carol", "bob"]}),
        ({"weight": None}, {"weight": None}),
        ({"topping": None}, {"topping": "cream"}),
        ({"decorations": None, "tasters": None}, {"decorations": {}, "tasters": []}),
    ],
    ids=repr,
)
def test_a_patch_changes_what_it_names(alice: Speaker, cake: str, patch: dict[str, Any], after: dict[str, Any]) -> None:
    """Null is the default value if there is one; or else takes the member away; where there is none, nothing."""
    before = alice.says("Cake/get", ids=[cake])["list"][0]
    alice.says("Cake/set", update={cake: patch})
    alice.hears("Cake/set", updated={cake: None}, notUpdated=None)
    expected = {**before, **after}
    expected["summary"] = f"Plum, {expected['layers']} layers"
    alice.says("Cake/get", ids=[cake])
    alice.hears("Cake/get", list=[expected])


@pytest.mark.parametrize(
    "patch",
    [
        {"tasters/0": "carol"},
        {"tasters/-": "carol"},
        {"decorations/top/cherries/x": 1},
        {"decorations/none/x": 1},
        {"decorations/none/x": None},
        {"weight/x": 1},
        {"colour/x": 1},
        {"topping/0": "s"},
        {"decorations": {}, "decorations/top": 1},
        {"decorations/top": {}, "decorations/top/star/gold": False},
        {"decorations/top": {}, "decorations": {}},
        {"decorations/a~2b": 1},
        {"decorations/a~": 1},
    ],
    ids=repr,
)
def test_what_is_no_patch_is_told_and_changes_nothing(alice: Speaker, cake: str, patch: dict[str, Any]) -> None:
    """Section 5.3: no path into an array, none through what is not there, none that is the beginning of another."""
    before = alice.says("Cake/get", ids=[cake])
    alice.says("Cake/set", update={cake: {"layers": 2, **patch}})
    alice.hears("Cake/set", updated=None, notUpdated={cake: like(type="invalidPatch")})
    assert alice.says("Cake/get", ids=[cake]) == before


@pytest.mark.parametrize(
    ("patch", "names"),
    [
        ({"name": None}, ["name"]),
        ({"colour": None}, ["colour"]),
        ({"decorations": None, "name": None, "layers": -1}, ["layers", "name"]),
        ({"/layers": 2}, [""]),
        ({"": 2}, [""]),
        ({"shelf": None}, ["shelf"]),
        ({"portions": None}, ["portions"]),
        ({"taste:plum": None}, ["taste:plum"]),
        ({"taste:plum": "bad"}, ["taste:plum"]),
    ],
    ids=repr,
)
def test_a_patch_of_what_cannot_be_so_is_told_by_property(
    alice: Speaker, cake: str, patch: dict[str, Any], names: list[str]
) -> None:
    before = alice.says("Cake/get", ids=[cake])
    alice.says("Cake/set", update={cake: patch})
    error = alice.heard[1]["notUpdated"][cake]
    if error["type"] == "invalidProperties":
        assert error["properties"] == names
    else:
        assert error["type"] == "invalidPatch"
    assert alice.says("Cake/get", ids=[cake]) == before


def test_a_whole_object_may_be_sent_back(alice: Speaker, cake: str) -> None:
    """Section 5.3: "a client may choose to optimise network usage ... or send back the whole object"."""
    whole = alice.says("Cake/get", ids=[cake])["list"][0]
    before = alice.state()
    alice.says("Cake/set", update={cake: whole})
    alice.hears("Cake/set", updated={cake: None}, newState=before)

    alice.says("Cake/set", update={cake: {**whole, "layers": 3, "summary": "Plum, 1 layers"}})
    alice.hears("Cake/set", updated={cake: None})
    assert alice.sees(cake, "layers") == 3


def test_a_secret_is_patched_and_never_told(alice: Speaker, cake: str) -> None:
    alice.says("Cake/set", update={cake: {"note": "hush"}})
    alice.hears("Cake/set", updated={cake: None})
    alice.says("Cake/get", ids=[cake], properties=["note"])
    alice.hears("error", type="invalidArguments")


def test_what_is_kept_in_another_form_is_told_though_only_a_part_was_patched(alice: Speaker, cake: str) -> None:
    alice.says("Cake/set", update={cake: {"name": " Plum "}})
    alice.hears("Cake/set", updated={cake: {"name": "Plum"}})
