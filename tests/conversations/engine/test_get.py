"""/get (RFC 8620 section 5.1)."""

from typing import Any
from unittest.mock import ANY

import pytest
from tests.toy.cakes import INGREDIENT
from tests.toy.speaker import Speaker

from pillarbox.objects import Limits
from pillarbox.store import Store

WHOLE = {
    "name": "Plum",
    "layers": 1,
    "weight": None,
    "glazed": False,
    "bakedAt": None,
    "shelf": 0,
    "baker": None,
    "topping": "cream",
    "basedOn": None,
    "ingredientIds": {},
    "similar": [],
    "decorations": {},
    "tasters": [],
    "portions": 8,
    "recipe": None,
    "summary": "Plum, 1 layers",
}


def test_objects_are_told_with_all_properties_but_secret_ones(alice: Speaker) -> None:
    """Section 5.1, "properties": if null, all."""
    id_ = alice.bakes(name="Plum", note="hush")

    answer = alice.says("Cake/get", ids=[id_])
    assert answer == {"accountId": "a1", "state": ANY, "list": [{"id": id_, **WHOLE}], "notFound": []}

    alice.says("Cake/get", ids=[id_], properties=None)
    alice.hears("Cake/get", list=[{"id": id_, **WHOLE}])


def test_null_for_ids_means_all(alice: Speaker) -> None:
    ids = [alice.bakes(name="Plum"), alice.bakes(name="Rhubarb")]

    for arguments in ({}, {"ids": None}):
        alice.says("Cake/get", properties=["name"], **arguments)
        alice.hears(
            "Cake/get",
            list=[{"id": ids[0], "name": "Plum"}, {"id": ids[1], "name": "Rhubarb"}],
            notFound=[],
        )


def test_no_ids_are_no_objects(alice: Speaker) -> None:
    alice.bakes(name="Plum")

    alice.says("Cake/get", ids=[])
    alice.hears("Cake/get", list=[], notFound=[])


def test_ids_that_are_not_there_are_told_once_each(alice: Speaker) -> None:
    id_ = alice.bakes(name="Plum")

    alice.says("Cake/get", ids=["czzz", id_, "nothing_of-ours", "czzz", "i1", id_.upper()], properties=[])
    alice.hears("Cake/get", list=[{"id": id_}], notFound=["czzz", "nothing_of-ours", "i1", id_.upper()])


def test_an_id_given_twice_is_told_once(alice: Speaker) -> None:
    """Section 5.1: "MUST only be included once"."""
    id_ = alice.bakes(name="Plum")

    alice.says("Cake/get", ids=[id_, id_], properties=[])
    alice.hears("Cake/get", list=[{"id": id_}], notFound=[])


def test_the_id_is_always_told_and_nothing_else_that_was_not_asked_for(alice: Speaker) -> None:
    id_ = alice.bakes(name="Plum")

    for names in ([], ["id"], ["id", "id"]):
        alice.says("Cake/get", ids=[id_], properties=names)
        alice.hears("Cake/get", list=[{"id": id_}])
    alice.says("Cake/get", ids=[id_], properties=["layers", "summary", "layers"])
    alice.hears("Cake/get", list=[{"id": id_, "layers": 1, "summary": "Plum, 1 layers"}])


def test_what_is_kept_apart_and_what_a_pattern_names_is_told_if_asked_for(alice: Speaker) -> None:
    id_ = alice.bakes(name="Plum", recipe={"steps": ["bake"]})

    alice.says("Cake/get", ids=[id_], properties=["recipe", "taste:plums"])
    alice.hears("Cake/get", list=[{"id": id_, "recipe": {"steps": ["bake"]}, "taste:plums": "Plum tastes of plums"}])


@pytest.mark.parametrize("name", ["colour", "Name", "", "note", "decorations/a"])
def test_an_unknown_property_is_an_invalid_argument(alice: Speaker, name: str) -> None:
    """Section 5.1: "the method MUST be rejected with an invalidArguments error"; a secret one is as unknown."""
    alice.says("Cake/get", ids=[], properties=["name", name])
    alice.hears("error", type="invalidArguments")


def test_too_many_ids_are_too_large_a_request(alice: Speaker) -> None:
    """Section 5.1, requestTooLarge; nothing is cut off silently."""
    ids = [alice.bakes(name=name) for name in "abc"]
    alice.begins(Limits(objects_in_get=2))

    alice.says("Cake/get", ids=ids)
    alice.hears("error", type="requestTooLarge")
    alice.says("Cake/get", ids=None)
    alice.hears("error", type="requestTooLarge")
    alice.says("Cake/get", ids=ids[:2], properties=[])
    alice.hears("Cake/get", list=[{"id": ids[0]}, {"id": ids[1]}])


def test_more_than_an_answer_may_hold_is_too_large_a_request(alice: Speaker) -> None:
    id_ = alice.bakes(name="Plum", recipe="x" * 10_000)
    alice.begins(Limits(answer=5000))

    alice.says("Cake/get", ids=[id_], properties=["recipe"])
    alice.hears("error", type="requestTooLarge")
    alice.says("Cake/get", ids=[id_], properties=["name"])
    alice.hears("Cake/get", list=[{"id": id_, "name": "Plum"}])


@pytest.mark.parametrize(
    "arguments",
    [
        {"ids": "c1"},
        {"ids": [1]},
        {"ids": [""]},
        {"ids": ["#new"]},
        {"ids": {}},
        {"properties": "name"},
        {"properties": [None]},
        {"accountId": None},
        {"accountId": 1},
        {"language": 1},
        {"colour": "red"},
        {"Ids": []},
    ],
    ids=repr,
)
def test_arguments_of_other_types_or_names_are_invalid(alice: Speaker, arguments: dict[str, Any]) -> None:
    """Section 3.6.2, invalidArguments."""
    alice.says("Cake/get", **arguments)
    alice.hears("error", type="invalidArguments")


def test_an_argument_that_the_type_declares_is_taken(alice: Speaker) -> None:
    alice.says("Cake/get", ids=[], language="de")
    alice.hears("Cake/get", list=[])


def test_the_state_moves_with_each_change_and_with_nothing_else(alice: Speaker) -> None:
    """Section 5.1, "state": if the data changes, this string MUST change."""
    states = [alice.state()]
    id_ = alice.bakes(name="Plum")
    states.append(alice.state())
    assert alice.state() == states[-1]
    alice.says("Cake/set", update={id_: {"layers": 2}})
    states.append(alice.state())
    alice.buys("butter")
    assert alice.state() == states[-1]
    alice.says("Cake/set", destroy=[id_])
    states.append(alice.state())
    assert len(set(states)) == 4


def test_an_object_from_before_a_property_was_declared_has_its_default(alice: Speaker, store: Store) -> None:
    """Ours: additive changes follow from the declaration, without a migration."""
    with store.write(1) as unit:
        number = unit.fresh()
        unit.insert(INGREDIENT.table, number, {"name": "salt"})
    salt = INGREDIENT.id(number)
    alice.says("Ingredient/get", ids=[salt])
    alice.hears("Ingredient/get", list=[{"id": salt, "name": "salt", "uses": 0}])
    alice.says("Ingredient/set", update={salt: {"id": salt, "name": "sea salt", "uses": 0}})
    alice.hears("Ingredient/set", updated={salt: None})
