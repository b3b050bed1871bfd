"""/changes (RFC 8620 section 5.2); that its pages rebuild the truth is in `properties/test_engine_history.py`."""

from typing import Any

import pytest
from tests.toy.clock import Clock
from tests.toy.speaker import Speaker

from pillarbox.objects import Limits
from pillarbox.store import Store


def test_what_was_created_updated_and_destroyed_is_told_apart(alice: Speaker) -> None:
    changes, goes = alice.bakes(name="Plum"), alice.bakes(name="Rhubarb")
    before = alice.state()
    new = alice.bakes(name="Apple")
    alice.says("Cake/set", update={changes: {"layers": 2}}, destroy=[goes])
    after = alice.state()

    answer = alice.says("Cake/changes", sinceState=before)
    assert answer == {
        "accountId": "a1",
        "oldState": before,
        "newState": after,
        "hasMoreChanges": False,
        "created": [new],
        "updated": [changes],
        "destroyed": [goes],
    }


def test_nothing_has_changed_since_now(alice: Speaker) -> None:
    state = alice.state()
    alice.says("Cake/changes", sinceState=state)
    alice.hears(
        "Cake/changes", oldState=state, newState=state, hasMoreChanges=False, created=[], updated=[], destroyed=[]
    )


def test_no_more_changes_are_told_than_were_asked_for(alice: Speaker) -> None:
    """Section 5.2, "maxChanges" and "hasMoreChanges"."""
    since = alice.state()
    ids = [alice.bakes(name=name) for name in "abcde"]

    told = []
    for rest in (4, 3, 2, 1, 0):
        answer = alice.says("Cake/changes", sinceState=since, maxChanges=1)
        alice.hears("Cake/changes", oldState=since, hasMoreChanges=rest > 0, updated=[], destroyed=[])
        told += answer["created"]
        since = answer["newState"]
    assert told == ids
    assert since == alice.state()


def test_the_server_may_tell_fewer_than_asked_for(alice: Speaker) -> None:
    since = alice.state()
    for name in "abc":
        alice.bakes(name=name)
    alice.begins(Limits(changes=2))

    for more in ({}, {"maxChanges": 100}, {"maxChanges": None}):
        answer = alice.says("Cake/changes", sinceState=since, **more)
        assert (len(answer["created"]), answer["hasMoreChanges"]) == (2, True)


@pytest.mark.parametrize("most", [0, -1, "2", 1.5, 2**53])
def test_max_changes_is_a_positive_number(alice: Speaker, most: object) -> None:
    """Section 5.2: "If a value outside of this range is given, the server MUST reject the call"."""
    alice.says("Cake/changes", sinceState=alice.state(), maxChanges=most)
    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize("state", ["", "0", "yesterday", "{epoch}-999", "{epoch}-", "{epoch}-1x", "{epoch}--1", "x-1"])
def test_a_state_that_was_never_given_out_tells_no_changes(alice: Speaker, state: str) -> None:
    epoch = alice.state().partition("-")[0]
    alice.bakes(name="Plum")
    alice.says("Cake/changes", sinceState=state.format(epoch=epoch))
    alice.hears("error", type="cannotCalculateChanges")


def test_a_state_of_an_account_that_was_made_anew_tells_no_changes(alice: Speaker, store: Store) -> None:
    alice.bakes(name="Plum")
    state = alice.state()
    store.remove(1)
    store.create(1)
    alice.bakes(name="Plum")
    alice.says("Cake/changes", sinceState=state)
    alice.hears("error", type="cannotCalculateChanges")


def test_a_state_from_before_what_the_log_remembers_tells_no_changes(
    alice: Speaker, store: Store, clock: Clock
) -> None:
    before = alice.state()
    id_ = alice.bakes(name="Plum")
    clock.now += 200_000
    alice.says("Cake/set", destroy=[id_])
    with store.write(1) as unit:
        unit.trim_log(2**33, 0)
    for method, name in (("Cake/changes", "sinceState"), ("Cake/queryChanges", "sinceQueryState")):
        alice.says(method, **{name: before})
        alice.hears("error", type="cannotCalculateChanges")
    alice.says("Cake/changes", sinceState=alice.state())
    alice.hears("Cake/changes", destroyed=[])


@pytest.mark.parametrize("arguments", [{}, {"sinceState": None}, {"sinceState": 1}, {"sinceState": "x", "ids": []}])
def test_arguments_of_other_types_or_names_are_invalid(alice: Speaker, arguments: dict[str, Any]) -> None:
    alice.says("Cake/changes", **arguments)
    alice.hears("error", type="invalidArguments")


def test_updated_properties_are_told_where_only_volatile_ones_changed(alice: Speaker) -> None:
    """RFC 8621 section 2.2 has this for Mailbox; here, for each type with such properties."""
    butter = alice.buys("butter")
    since = alice.state("Ingredient")
    alice.says("Ingredient/changes", sinceState=since)
    alice.hears("Ingredient/changes", updated=[], updatedProperties=None)

    alice.bakes(name="Plum", ingredientIds={butter: True})
    alice.says("Ingredient/changes", sinceState=since)
    alice.hears("Ingredient/changes", updated=[butter], updatedProperties=["uses"])

    alice.says("Ingredient/set", update={butter: {"name": "best butter"}})
    alice.says("Ingredient/changes", sinceState=since)
    alice.hears("Ingredient/changes", updated=[butter], updatedProperties=None)
