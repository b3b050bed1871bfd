"""/copy: objects of one account made anew in another (RFC 8620 section 5.4)."""

import pytest
from tests.toy.speaker import Speaker, like

from pillarbox.objects import Implied
from pillarbox.store import Store


@pytest.fixture
def alice(store: Store) -> Speaker:
    """Has two accounts, a1 and a2."""
    store.create(2)
    return Speaker(store, has_two=True)


def test_a_copy_has_the_properties_of_its_original(alice: Speaker) -> None:
    """RFC 8620 section 5.4: those that were not sent; what is kept apart as well."""
    cake = alice.bakes(name="Sacher", layers=3, shelf=2, decorations={"rose": 1}, recipe={"eggs": 6}, note="ours")

    alice.says("Cake/copy", accountId="a2", fromAccountId="a1", create={"c": {"id": cake, "layers": 4}})

    alice.hears("Cake/copy", fromAccountId="a1", accountId="a2", notCreated=None)
    copy = alice.heard[1]["created"]["c"]["id"]
    wanted = ["name", "layers", "shelf", "decorations", "recipe", "portions"]
    (got,) = alice.says("Cake/get", accountId="a2", ids=[copy], properties=wanted)["list"]
    assert got == like(name="Sacher", layers=4, shelf=2, decorations={"rose": 1}, recipe={"eggs": 6}, portions=8)


def test_a_copy_is_told_what_was_not_sent(alice: Speaker) -> None:
    """RFC 8620 section 5.4: created has what the server set; a later call can name it by its creation id."""
    cake = alice.bakes(name="Sacher", layers=3)

    told = alice.says("Cake/copy", accountId="a2", fromAccountId="a1", create={"c": {"id": cake, "name": "Torte"}})

    assert told["created"]["c"] == like(layers=3, portions=8)
    assert "name" not in told["created"]["c"]
    assert alice.created_ids["c"] == told["created"]["c"]["id"]


def test_rules_hold_for_copies(alice: Speaker) -> None:
    """RFC 8620 section 5.4: the standard set errors, copy by copy."""
    cake, other = alice.bakes(name="Sacher"), alice.bakes(name="Linzer")
    create = {"a": {"id": cake}, "b": {"id": other, "layers": 11}, "c": {"id": other, "portions": 2}, "d": {}}

    told = alice.says("Cake/copy", accountId="a2", fromAccountId="a1", create=create)

    assert set(told["created"]) == {"a"}
    assert told["notCreated"] == {
        "b": like(type="invalidProperties", properties=["layers"]),
        "c": like(type="invalidProperties", properties=["portions"]),
        "d": like(type="invalidProperties", properties=["id"]),
    }


def test_references_are_to_the_account_copied_to(alice: Speaker) -> None:
    """RFC 8620 section 5.3: what refers to nothing there is invalid."""
    flour = alice.buys("flour")
    cake = alice.bakes(name="Sacher", ingredientIds={flour: True})

    told = alice.says("Cake/copy", accountId="a2", fromAccountId="a1", create={"c": {"id": cake}})

    assert told["notCreated"]["c"] == like(type="invalidProperties", properties=["ingredientIds"])


def test_originals_are_destroyed_by_a_call_that_follows(alice: Speaker) -> None:
    """RFC 8620 section 5.4: one call for all that were copied, each named once."""
    cake = alice.bakes(name="Sacher")
    create = {"a": {"id": cake}, "b": {"id": cake, "name": "Torte"}, "c": {"id": "c9999"}}

    alice.says(
        "Cake/copy",
        accountId="a2",
        fromAccountId="a1",
        create=create,
        onSuccessDestroyOriginal=True,
        destroyFromIfInState="s",
    )

    assert alice.implied == [Implied("Cake/set", {"accountId": "a1", "ifInState": "s", "destroy": [cake]})]


def test_what_was_refused_as_a_whole_destroys_nothing(alice: Speaker) -> None:
    """RFC 8620 section 5.4: only what was copied."""
    cake = alice.bakes(name="Sacher")

    alice.says(
        "Cake/copy",
        accountId="a2",
        fromAccountId="a1",
        create={"a": {"id": cake}},
        ifInState="s",
        onSuccessDestroyOriginal=True,
    )

    alice.hears("error", type="stateMismatch")
    assert alice.implied == []


def test_from_an_account_that_is_not_for_the_type_nothing_is_copied(alice: Speaker) -> None:
    """RFC 8620 section 5.4: fromAccountNotSupportedByMethod."""
    alice.lacks = frozenset(("more cakes",))
    alice.says("Cake/copy", accountId="a1", fromAccountId="a2", create={})
    alice.hears("error", type="fromAccountNotSupportedByMethod")
    alice.says("Cake/copy", accountId="a2", fromAccountId="a1", create={})
    alice.hears("error", type="accountNotSupportedByMethod")
