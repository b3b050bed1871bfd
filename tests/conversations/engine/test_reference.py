"""Creation ids (RFC 8620 sections 3.3 and 5.3): "#" and the name that a create was given."""

from unittest.mock import ANY

from tests.toy.speaker import Speaker, like

from pillarbox.store import Store


def test_a_new_object_refers_to_one_made_in_the_same_call_whatever_their_order(alice: Speaker) -> None:
    alice.says(
        "Cake/set",
        create={"c": {"name": "c", "basedOn": "#b"}, "b": {"name": "b", "basedOn": "#a"}, "a": {"name": "a"}},
    )
    created = alice.heard[1]["created"]
    alice.hears(
        "Cake/set",
        created={
            "a": like(basedOn=None),
            "b": like(basedOn=created["a"]["id"]),
            "c": like(basedOn=created["b"]["id"]),
        },
    )


def test_a_chain_of_references_may_be_long(alice: Speaker) -> None:
    create = {f"k{at}": {"name": "k", "basedOn": f"#k{at + 1}"} for at in range(400)}
    alice.says("Cake/set", create={**create, "k400": {"name": "k"}})
    alice.hears("Cake/set", notCreated=None)
    assert len(alice.heard[1]["created"]) == 401


def test_creation_ids_hold_in_later_calls_of_the_request(alice: Speaker) -> None:
    alice.says("Ingredient/set", create={"b": {"name": "butter"}})
    butter = alice.heard[1]["created"]["b"]["id"]
    alice.says("Cake/set", create={"k": {"name": "Plum", "ingredientIds": {"#b": True}}})
    alice.hears("Cake/set", created={"k": like(ingredientIds={butter: True})})
    cake = alice.heard[1]["created"]["k"]["id"]

    alice.says("Cake/set", update={"#k": {"layers": 2}})
    alice.hears("Cake/set", updated={cake: None})
    alice.says("Cake/set", destroy=["#k"])
    alice.hears("Cake/set", destroyed=[cake])

    alice.begins()
    alice.says("Cake/set", create={"k": {"name": "Plum", "ingredientIds": {"#b": True}}})
    alice.hears("Cake/set", notCreated={"k": like(type="invalidProperties", properties=["ingredientIds"])})


def test_a_creation_id_means_what_it_was_given_to_last(alice: Speaker) -> None:
    """Section 3.3, "createdIds": "if the same creation id is reused, the most recent is used"."""
    alice.says("Cake/set", create={"k": {"name": "a"}})
    first = alice.heard[1]["created"]["k"]["id"]
    alice.says("Cake/set", create={"k": {"name": "b"}})
    second = alice.heard[1]["created"]["k"]["id"]
    alice.says("Cake/set", create={"k": {"layers": 3}})
    alice.says("Cake/set", create={"k": {"name": "b"}, "x": {"name": "x"}})
    alice.hears("Cake/set", notCreated={"k": ANY})

    alice.says("Cake/set", update={"#k": {"layers": 2}})
    alice.hears("Cake/set", updated={second: None})
    assert alice.sees(first, "layers") == 1


def test_references_are_understood_in_patches_paths_and_lists(alice: Speaker) -> None:
    old = alice.bakes(name="Old")
    alice.says("Ingredient/set", create={"b": {"name": "butter"}, "p": {"name": "plums"}})
    made = alice.heard[1]["created"]
    butter, plums = made["b"]["id"], made["p"]["id"]
    alice.says(
        "Cake/set",
        create={"k": {"name": "New"}},
        update={
            old: {"basedOn": "#k", "similar": ["#k", old], "ingredientIds/#b": True, f"ingredientIds/{plums}": True}
        },
    )
    new = alice.heard[1]["created"]["k"]["id"]
    assert alice.sees(old, "basedOn", "similar", "ingredientIds") == {
        "id": old,
        "basedOn": new,
        "similar": [new, old],
        "ingredientIds": {butter: True, plums: True},
    }
    alice.says("Cake/set", update={old: {"ingredientIds/#b": None}})
    assert alice.sees(old, "ingredientIds") == {plums: True}


def test_two_paths_that_mean_the_same_are_no_patch(alice: Speaker) -> None:
    old = alice.bakes(name="Old")
    alice.says("Ingredient/set", create={"b": {"name": "butter"}})
    butter = alice.heard[1]["created"]["b"]["id"]
    alice.says("Cake/set", update={old: {"ingredientIds/#b": True, f"ingredientIds/{butter}": True}})
    alice.hears("Cake/set", notUpdated={old: like(type="invalidPatch")})


def test_references_in_a_circle_cannot_be_made(alice: Speaker) -> None:
    alice.says(
        "Cake/set",
        create={
            "a": {"name": "a", "basedOn": "#b"},
            "b": {"name": "b", "basedOn": "#a"},
            "self": {"name": "c", "basedOn": "#self"},
            "good": {"name": "d"},
        },
    )
    wrong = like(type="invalidProperties", properties=["basedOn"])
    alice.hears("Cake/set", created={"good": ANY}, notCreated={"a": wrong, "b": wrong, "self": wrong})


def test_what_refers_to_something_refused_is_refused(alice: Speaker) -> None:
    alice.says(
        "Cake/set",
        create={"a": {"name": "a", "layers": 11}, "b": {"name": "b", "basedOn": "#a"}, "c": {"name": "c"}},
    )
    alice.hears(
        "Cake/set",
        created={"c": ANY},
        notCreated={
            "a": like(type="invalidProperties", properties=["layers"]),
            "b": like(type="invalidProperties", properties=["basedOn"]),
        },
    )
    alice.says("Cake/set", update={"#a": {"layers": 1}})
    alice.hears("Cake/set", notUpdated={"#a": {"type": "notFound"}})


def test_an_object_is_made_changed_and_destroyed_in_one_call(alice: Speaker) -> None:
    before = alice.state()
    alice.says("Cake/set", create={"k": {"name": "Plum"}}, update={"#k": {"layers": 2}}, destroy=["#k"])
    made = alice.heard[1]["created"]["k"]["id"]
    alice.hears("Cake/set", destroyed=[made], notUpdated=None, notDestroyed=None)
    alice.says("Cake/changes", sinceState=before)
    alice.hears("Cake/changes", created=[], updated=[], destroyed=[])


def test_an_object_named_in_two_ways_is_changed_by_both_patches(alice: Speaker) -> None:
    alice.says("Cake/set", create={"k": {"name": "Plum"}})
    cake = alice.heard[1]["created"]["k"]["id"]
    alice.says("Cake/set", update={"#k": {"layers": 2}, cake: {"topping": "sugar"}})
    alice.hears("Cake/set", updated={cake: None}, notUpdated=None)
    assert alice.sees(cake, "layers", "topping") == {"id": cake, "layers": 2, "topping": "sugar"}


def test_a_reference_to_an_object_of_another_type_leads_nowhere(alice: Speaker) -> None:
    alice.says("Cake/set", create={"k": {"name": "Plum"}})
    cake = alice.heard[1]["created"]["k"]["id"]
    for wrong in ("#k", cake):
        alice.says("Cake/set", create={"x": {"name": "x", "ingredientIds": {wrong: True}}})
        alice.hears("Cake/set", notCreated={"x": like(properties=["ingredientIds"])})


def test_nothing_refers_to_what_was_undone_with_its_call(alice: Speaker, store: Store) -> None:
    alice.says("Cake/set", create={"k": {"name": "Plum"}}, ifInState="never")
    alice.hears("error", type="stateMismatch")
    assert alice.created_ids == {}
