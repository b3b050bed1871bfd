"""A type of which an account has one object, from the beginning and for ever (RFC 8620 section 5.3, "singleton")."""

from tests.toy.speaker import Speaker, like


def test_it_is_there_before_anything_was_said_of_it(alice: Speaker) -> None:
    """RFC 8621 section 8.1 has such a type; to be told of it is no change."""
    before = alice.state("Oven")
    for ids in (None, ["singleton"]):
        alice.says("Oven/get", ids=ids)
        alice.hears("Oven/get", list=[{"id": "singleton", "degrees": 20, "programme": None}], notFound=[])
    alice.says("Oven/get", ids=["o1", "singleton"], properties=["degrees"])
    alice.hears("Oven/get", list=[{"id": "singleton", "degrees": 20}], notFound=["o1"])
    assert alice.state("Oven") == before


def test_it_is_changed_as_any_object(alice: Speaker) -> None:
    """RFC 8620 section 5.3."""
    before = alice.state("Oven")
    alice.says("Oven/set", update={"singleton": {"degrees": 180}})
    alice.hears("Oven/set", oldState=before, updated={"singleton": None}, notUpdated=None)
    alice.says("Oven/set", update={"singleton": {"programme": "grill"}})

    alice.says("Oven/get")
    alice.hears("Oven/get", list=[{"id": "singleton", "degrees": 180, "programme": "grill"}])
    assert alice.state("Oven") != before


def test_what_a_rule_refuses_leaves_no_trace(alice: Speaker) -> None:
    """RFC 8620 section 5.3: nothing of it is done, so the state is what it was."""
    before = alice.state("Oven")
    alice.says("Oven/set", update={"singleton": {"degrees": 300}})

    alice.hears("Oven/set", updated=None, newState=before)
    assert alice.heard[1]["notUpdated"]["singleton"] == like(type="invalidProperties", properties=["degrees"])


def test_there_is_never_another_and_never_none(alice: Speaker) -> None:
    """RFC 8620 section 5.3: singleton; what is asked besides is done."""
    alice.says(
        "Oven/set", create={"a": {"degrees": 30}}, update={"singleton": {"degrees": 40}}, destroy=["singleton", "o1"]
    )

    alice.hears("Oven/set", created=None, updated={"singleton": None}, destroyed=None)
    assert alice.heard[1]["notCreated"] == {"a": like(type="singleton")}
    assert alice.heard[1]["notDestroyed"] == {"singleton": like(type="singleton"), "o1": like(type="notFound")}
    assert "a" not in alice.created_ids


def test_each_account_has_its_own(alice: Speaker, bob: Speaker) -> None:
    """RFC 8620 section 3.6.2: and a reader reads it."""
    alice.says("Oven/set", update={"singleton": {"degrees": 180}})
    bob.says("Oven/get")
    bob.hears("Oven/get", list=[{"id": "singleton", "degrees": 180, "programme": None}])
    bob.says("Oven/set", update={"singleton": {"degrees": 0}})
    bob.hears("error", type="accountReadOnly")
