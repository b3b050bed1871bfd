"""Who may call which method (RFC 8620 section 3.6.2): every method of every type, as a stranger and as a reader."""

from typing import Any

import pytest
from tests.toy.cakes import REGISTRY
from tests.toy.speaker import Speaker

from pillarbox.store import Store

METHODS = [(f"{kind.name}/{method.name}", method.writes) for kind in REGISTRY for method in kind.methods]

each_method = pytest.mark.parametrize(("method", "writes"), METHODS)


def arguments(speaker: Speaker, method: str) -> dict[str, Any]:
    """Arguments under which the method would do something."""
    type_name, _, verb = method.partition("/")
    state = speaker.state(type_name)
    wanted: dict[str, dict[str, Any]] = {
        "get": {"ids": None},
        "changes": {"sinceState": state},
        "queryChanges": {"sinceQueryState": state},
        "set": {"create": {"a": {"name": "Mine"}}},
    }
    return wanted.get(verb, {})


@each_method
def test_a_stranger_finds_no_account_and_changes_nothing(
    alice: Speaker, carol: Speaker, method: str, *, writes: bool
) -> None:
    alice.bakes(name="Plum")
    before = alice.says("Cake/get"), alice.says("Ingredient/get")

    carol.says(method, **arguments(alice, method))
    carol.hears("error", type="accountNotFound")
    assert before == (alice.says("Cake/get"), alice.says("Ingredient/get"))


@each_method
def test_a_reader_reads_and_changes_nothing(alice: Speaker, bob: Speaker, method: str, *, writes: bool) -> None:
    alice.bakes(name="Plum")
    before = alice.says("Cake/get"), alice.says("Ingredient/get")

    bob.says(method, **arguments(alice, method))
    if writes:
        bob.hears("error", type="accountReadOnly")
    else:
        bob.hears(method, accountId="a1")
    assert before == (alice.says("Cake/get"), alice.says("Ingredient/get"))


@each_method
def test_an_account_that_does_not_exist_is_answered_like_one_of_somebody_else(
    alice: Speaker, method: str, *, writes: bool
) -> None:
    alice.says(method, **{**arguments(alice, method), "accountId": "a2"})
    assert alice.heard == ("error", {"type": "accountNotFound"})


@each_method
def test_without_an_account_there_is_no_answer(alice: Speaker, method: str, *, writes: bool) -> None:
    for account in (None, 1, "", "a b"):
        alice.says(method, **{**arguments(alice, method), "accountId": account})
        alice.hears("error", type="invalidArguments")


@each_method
def test_an_account_that_was_removed_is_not_found(alice: Speaker, store: Store, method: str, *, writes: bool) -> None:
    wanted = arguments(alice, method)
    store.remove(1)
    alice.says(method, **wanted)
    alice.hears("error", type="accountNotFound")


@each_method
def test_a_store_that_cannot_answer_now_is_told(alice: Speaker, store: Store, method: str, *, writes: bool) -> None:
    """Section 3.6.2, serverUnavailable: "Attempting the same operation later may succeed"."""
    wanted = arguments(alice, method)
    store.close()
    alice.says(method, **wanted)
    alice.hears("error", type="serverUnavailable")
