"""/set: creates, updates, destroys (RFC 8620 section 5.3); patches and references have files of their own."""

from typing import Any
from unittest.mock import ANY

import pytest
from tests.toy.speaker import Speaker, like

from pillarbox.objects import Limits

NOTHING: dict[str, Any] = dict.fromkeys(("created", "updated", "destroyed", "notCreated", "notUpdated", "notDestroyed"))


def invalid(*names: str) -> like:
    """An error that tells all these properties."""
    return like(type="invalidProperties", properties=list(names))


def test_a_new_object_is_told_with_what_its_client_did_not_say(alice: Speaker) -> None:
    """Section 5.3, "created": all properties set by the server, defaults included."""
    before = alice.state()
    answer = alice.says("Cake/set", create={"k": {"name": " Plum ", "layers": 3, "weight": None, "note": "hush"}})
    assert answer == {
        **NOTHING,
        "accountId": "a1",
        "oldState": before,
        "newState": alice.state(),
        "created": {
            "k": {
                "id": ANY,
                "name": "Plum",
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
                "summary": "Plum, 3 layers",
            }
        },
    }
    assert answer["oldState"] != answer["newState"]


def test_nothing_to_do_changes_nothing(alice: Speaker) -> None:
    before = alice.state()
    nothings: tuple[dict[str, Any], ...] = (
        {},
        {"create": None, "update": None, "destroy": None},
        {"create": {}, "update": {}, "destroy": []},
    )
    for arguments in nothings:
        assert alice.says("Cake/set", **arguments) == {
            **NOTHING,
            "accountId": "a1",
            "oldState": before,
            "newState": before,
        }


def test_an_updated_object_is_told_as_null_if_it_is_what_was_asked_for(alice: Speaker) -> None:
    """Section 5.3, "updated": what changed in a way not explicitly requested, or null."""
    id_ = alice.bakes(name="Plum")
    alice.says("Cake/set", update={id_: {"name": "Apple", "layers": 2}})
    alice.hears("Cake/set", updated={id_: None}, notUpdated=None)
    assert alice.sees(id_, "name", "layers") == {"id": id_, "name": "Apple", "layers": 2}

    alice.says("Cake/set", update={id_: {"name": "  Apple cake "}})
    alice.hears("Cake/set", updated={id_: {"name": "Apple cake"}})


def test_an_update_that_changes_nothing_is_none(alice: Speaker) -> None:
    id_ = alice.bakes(name="Plum")
    before = alice.state()
    alice.says("Cake/set", update={id_: {"name": "Plum"}})
    alice.hears("Cake/set", updated={id_: None}, oldState=before, newState=before)


def test_a_destroyed_object_is_gone(alice: Speaker) -> None:
    id_ = alice.bakes(name="Plum")
    alice.says("Cake/set", destroy=[id_])
    alice.hears("Cake/set", destroyed=[id_], notDestroyed=None)
    alice.says("Cake/get", ids=[id_])
    alice.hears("Cake/get", list=[], notFound=[id_])


def test_what_is_not_there_cannot_be_updated_or_destroyed(alice: Speaker) -> None:
    """Section 5.3, notFound."""
    id_ = alice.bakes(name="Plum")
    before = alice.state()
    alice.says(
        "Cake/set",
        update={"c9": {"name": "x"}, "i1": {}, "#new": {}, "no id at all!": {}, id_.upper(): {}},
        destroy=["c9", "#new", ""],
    )
    missing = {"type": "notFound"}
    alice.hears(
        "Cake/set",
        updated=None,
        destroyed=None,
        notUpdated=dict.fromkeys(("c9", "i1", "#new", "no id at all!", id_.upper()), missing),
        notDestroyed=dict.fromkeys(("c9", "#new", ""), missing),
        newState=before,
    )


def test_each_object_is_accepted_or_refused_by_itself(alice: Speaker) -> None:
    """Section 5.3: "Each create, update, or destroy is considered an atomic unit"."""
    plum, apple = alice.bakes(name="Plum"), alice.bakes(name="Apple")
    alice.says(
        "Cake/set",
        create={"good": {"name": "Pear"}, "bad": {}},
        update={plum: {"layers": 4}, apple: {"layers": 40}},
        destroy=["c9"],
    )
    alice.hears(
        "Cake/set",
        created={"good": like(id=ANY)},
        notCreated={"bad": invalid("name")},
        updated={plum: None},
        notUpdated={apple: invalid("layers")},
        destroyed=None,
        notDestroyed={"c9": {"type": "notFound"}},
    )
    assert [cake["name"] for cake in alice.says("Cake/get", properties=["name"])["list"]] == ["Plum", "Apple", "Pear"]
    assert alice.sees(apple, "layers") == 1


def test_all_that_is_wrong_with_an_object_is_told_at_once(alice: Speaker) -> None:
    """Section 5.3, invalidProperties: "the server SHOULD list all"."""
    alice.says(
        "Cake/set",
        create={
            "k": {
                "id": "c1",
                "layers": -1,
                "weight": 1.5,
                "glazed": 1,
                "bakedAt": "2026-05-01T12:00:00+02:00",
                "topping": None,
                "basedOn": "c999",
                "ingredientIds": {"i999": True},
                "similar": ["#nobody"],
                "decorations": [],
                "tasters": {},
                "portions": 9,
                "summary": "mine",
                "colour": "red",
                "taste:plum": "good",
            }
        },
    )
    error = alice.heard[1]["notCreated"]["k"]
    assert error["type"] == "invalidProperties"
    assert sorted(error["properties"]) == sorted(
        (
            "id",
            "layers",
            "weight",
            "glazed",
            "bakedAt",
            "topping",
            "basedOn",
            "ingredientIds",
            "similar",
            "decorations",
            "tasters",
            "portions",
            "summary",
            "colour",
            "taste:plum",
            "name",
        )
    )
    assert isinstance(error["description"], str)

    id_ = alice.bakes(name="Plum")
    before = alice.state()
    alice.says(
        "Cake/set",
        update={
            id_: {
                "layers": "two",
                "shelf": 1,
                "baker": "bob",
                "portions": 9,
                "summary": "mine",
                "colour": 1,
                "id": "c2",
                "name": " ",
                "recipe": "new",
            }
        },
    )
    alice.hears(
        "Cake/set",
        notUpdated={id_: invalid("baker", "colour", "id", "layers", "name", "portions", "recipe", "shelf", "summary")},
        newState=before,
    )


def test_what_breaks_a_rule_is_told_with_the_rules_own_error(alice: Speaker) -> None:
    base = alice.bakes(name="Plum")
    alice.bakes(name="Plum with nuts", basedOn=base)
    alice.says("Cake/set", destroy=[base])
    alice.hears("Cake/set", destroyed=None, notDestroyed={base: {"type": "cakeHasVariants"}})


@pytest.mark.parametrize("name", ["portions", "summary", "id", "shelf", "baker", "recipe", "taste:plum"])
def test_what_clients_may_not_change_may_be_sent_as_it_is(alice: Speaker, name: str) -> None:
    """Section 5.3: "the client MAY choose to optimise by sending the whole object back"."""
    id_ = alice.bakes(name="Plum", recipe={"steps": ["bake"]})
    value = alice.sees(id_, name)
    alice.says("Cake/set", update={id_: {name: value, "layers": 2}})
    alice.hears("Cake/set", updated={id_: None})


def test_an_object_is_refused_by_its_state(alice: Speaker) -> None:
    """Section 5.3, "ifInState": stateMismatch, and nothing is done."""
    old = alice.state()
    id_ = alice.bakes(name="Plum")
    now = alice.state()
    for state in (old, "", "x", now.upper()):
        alice.says("Cake/set", ifInState=state, update={id_: {"layers": 2}}, create={"k": {"name": "Pear"}})
        alice.hears("error", type="stateMismatch")
    assert alice.state() == now
    for same in (now, None):
        alice.says("Cake/set", ifInState=same, update={id_: {"layers": 1}})
        alice.hears("Cake/set", updated={id_: None})


def test_too_many_objects_are_too_large_a_request(alice: Speaker) -> None:
    """Section 5.3, requestTooLarge; nothing is done."""
    alice.begins(Limits(objects_in_set=3))
    alice.says("Cake/set", create={"a": {"name": "a"}, "b": {"name": "b"}}, update={"c1": {}}, destroy=["c2"])
    alice.hears("error", type="requestTooLarge")
    assert alice.says("Cake/get", ids=None)["list"] == []
    alice.says("Cake/set", create={"a": {"name": "a"}, "b": {"name": "b"}}, destroy=["c2"])
    alice.hears("Cake/set", created={"a": ANY, "b": ANY})


@pytest.mark.parametrize(
    "arguments",
    [
        {"create": []},
        {"create": {"k": None}},
        {"create": {"k": "cake"}},
        {"create": {"": {"name": "x"}}},
        {"create": {"a b": {"name": "x"}}},
        {"create": {"x" * 256: {"name": "x"}}},
        {"update": {"c1": None}},
        {"update": {"c1": []}},
        {"update": []},
        {"destroy": "c1"},
        {"destroy": {}},
        {"destroy": [1]},
        {"ifInState": 1},
        {"colour": "red"},
    ],
    ids=lambda arguments: repr(arguments)[:40],
)
def test_arguments_of_other_types_or_names_are_invalid(alice: Speaker, arguments: dict[str, Any]) -> None:
    alice.says("Cake/set", **{"create": {"good": {"name": "Pear"}}, **arguments})
    alice.hears("error", type="invalidArguments")
    assert alice.says("Cake/get", ids=None)["list"] == []


def test_two_objects_swap_their_unique_names(alice: Speaker) -> None:
    """Section 5.3: "the final state MUST be valid after the Foo/set is finished; however, ... may not be" before."""
    plum, apple = alice.bakes(name="Plum"), alice.bakes(name="Apple")
    alice.says("Cake/set", update={plum: {"name": "Apple"}, apple: {"name": "Plum"}})
    alice.hears("Cake/set", updated={plum: None, apple: None}, notUpdated=None)
    assert (alice.sees(plum, "name"), alice.sees(apple, "name")) == ("Apple", "Plum")


def test_two_objects_swap_their_names_whatever_else_is_refused(alice: Speaker) -> None:
    plum, apple = alice.bakes(name="Plum"), alice.bakes(name="Apple")
    alice.says(
        "Cake/set",
        update={plum: {"name": "Apple"}, apple: {"name": "Plum"}},
        create={"k": {"name": "High", "layers": 11}},
    )
    alice.hears(
        "Cake/set",
        updated={plum: None, apple: None},
        notUpdated=None,
        created=None,
        notCreated={"k": invalid("layers")},
    )


def test_a_name_is_taken_over_from_an_object_destroyed_in_the_same_call(alice: Speaker) -> None:
    plum = alice.bakes(name="Plum")
    alice.says("Cake/set", create={"k": {"name": "Plum"}}, destroy=[plum])
    alice.hears("Cake/set", created={"k": like(id=ANY)}, destroyed=[plum])


def test_of_two_new_objects_that_exclude_each_other_one_is_made(alice: Speaker) -> None:
    alice.says("Cake/set", create={"a": {"name": "Plum"}, "b": {"name": "Plum"}})
    alice.hears("Cake/set", created={"a": like(id=ANY)}, notCreated={"b": invalid("name")})


def test_an_object_and_those_based_on_it_are_destroyed_together(alice: Speaker) -> None:
    base = alice.bakes(name="Plum")
    variant = alice.bakes(name="Nuts", basedOn=base)
    alice.says("Cake/set", destroy=[base, variant])
    alice.hears("Cake/set", destroyed=[base, variant], notDestroyed=None)


def test_an_id_is_destroyed_once_however_often_it_is_named(alice: Speaker) -> None:
    id_ = alice.bakes(name="Plum")
    alice.says("Cake/set", destroy=[id_, id_])
    alice.hears("Cake/set", destroyed=[id_], notDestroyed=None)


def test_an_object_is_updated_and_destroyed_in_one_call(alice: Speaker) -> None:
    id_ = alice.bakes(name="Plum")
    alice.says("Cake/set", update={id_: {"layers": 2}}, destroy=[id_])
    alice.hears("Cake/set", destroyed=[id_], notDestroyed=None)
    alice.says("Cake/get", ids=[id_])
    alice.hears("Cake/get", list=[])


def test_what_follows_from_a_change_is_done_and_undone_with_it(alice: Speaker) -> None:
    butter, plums = alice.buys("butter"), alice.buys("plums")

    def uses() -> list[int]:
        return [one["uses"] for one in alice.says("Ingredient/get", ids=[butter, plums])["list"]]

    cake = alice.bakes(name="Plum", ingredientIds={butter: True})
    assert uses() == [1, 0]
    alice.says("Cake/set", update={cake: {f"ingredientIds/{plums}": True}})
    assert uses() == [1, 1]
    alice.says("Cake/set", update={cake: {"ingredientIds": {}, "layers": 99}})
    assert uses() == [1, 1]
    alice.says("Ingredient/set", destroy=[butter])
    alice.hears("Ingredient/set", notDestroyed={butter: {"type": "ingredientInUse"}})
    alice.says(
        "Cake/set", destroy=[cake], create={"bad": {"name": "High", "layers": 11, "ingredientIds": {plums: True}}}
    )
    assert uses() == [0, 0]
