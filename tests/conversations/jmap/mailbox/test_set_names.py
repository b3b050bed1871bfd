"""Mailbox/set: what a name may be, and that siblings have different ones (RFC 8621 section 2)."""

import pytest
from tests.conversations.jmap.mailbox.mailboxes import made, seen
from tests.driver import ANY, JMAP, assert_is, like


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, " ", "a/b", "INBOX", "☃", "a\u200db", ".", "\U0001f370" * 63])
def test_any_other_text_is_a_name(alice: JMAP, name: str) -> None:
    """RFC 8621 section 2, "name": Net-Unicode of at least one character; maxSizeMailboxName counts octets."""
    assert seen(alice, made(alice, name))["name"] == name


def test_a_name_is_kept_in_its_composed_form(alice: JMAP) -> None:
    """RFC 8621 section 2, "name": Net-Unicode (RFC 5198) is in NFC; the client is told of the change."""
    alice.says("Mailbox/set", create={"a": {"name": "Ubersicht u\u0308"}})

    alice.hears("Mailbox/set", created={"a": like(name="Ubersicht \u00fc")})


def test_a_name_that_is_changed_is_told_as_it_is_kept(alice: JMAP) -> None:
    """RFC 8620 section 5.3, "updated": what the server changed otherwise than asked."""
    mailbox = made(alice, "Plans")
    alice.says("Mailbox/set", update={mailbox: {"name": "u\u0308"}})

    alice.hears("Mailbox/set", updated={mailbox: {"name": "\u00fc"}})


def test_siblings_have_different_names(alice: JMAP) -> None:
    """RFC 8621 section 2, "name"; alreadyExists (clarification Q17), RFC 8620 section 5.4: with existingId."""
    plans = made(alice, "Plans")
    alice.says("Mailbox/set", create={"a": {"name": "Plans"}, "b": {"name": "More plans"}})

    alice.hears(
        "Mailbox/set", created={"b": like(id=ANY)}, notCreated={"a": like(type="alreadyExists", existingId=plans)}
    )


def test_siblings_made_in_one_call_have_different_names(alice: JMAP) -> None:
    """RFC 8621 section 2, "name": one of them is made, and the other is told which it is."""
    answer = alice.asks("Mailbox/set", create={"a": {"name": "Plans"}, "b": {"name": "Plans"}})

    assert_is(
        {"b": like(type="alreadyExists", existingId=answer["created"]["a"]["id"])},
        answer["notCreated"],
    )


def test_names_that_are_composed_alike_are_one(alice: JMAP) -> None:
    """RFC 8621 section 2, "name": compared as they are kept."""
    made(alice, "\u00fc")
    alice.says("Mailbox/set", create={"a": {"name": "u\u0308"}})

    alice.hears("Mailbox/set", notCreated={"a": like(type="alreadyExists")})


def test_names_that_differ_in_case_are_two(alice: JMAP) -> None:
    """RFC 8621 section 2, "name": the same name, not a similar one."""
    made(alice, "plans")

    assert made(alice, "Plans")


def test_a_name_is_free_below_another_parent(alice: JMAP) -> None:
    """RFC 8621 section 2, "name": siblings only."""
    top = made(alice, "Plans")

    assert made(alice, "Plans", parentId=top)


def test_a_rename_does_not_meet_a_sibling(alice: JMAP) -> None:
    """RFC 8621 section 2, "name": for updates, too."""
    plans, more = made(alice, "Plans"), made(alice, "More")
    alice.says("Mailbox/set", update={more: {"name": "Plans"}})
    alice.hears("Mailbox/set", updated=None, notUpdated={more: like(type="alreadyExists", existingId=plans)})

    assert seen(alice, more)["name"] == "More"


def test_a_move_does_not_meet_a_sibling(alice: JMAP) -> None:
    """RFC 8621 section 2, "name": nor by another parent."""
    top = made(alice, "Top")
    below, other = made(alice, "Plans", parentId=top), made(alice, "Plans")
    alice.says("Mailbox/set", update={other: {"parentId": top}})

    alice.hears("Mailbox/set", notUpdated={other: like(type="alreadyExists", existingId=below)})


def test_two_can_swap_their_names(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the final state is what must be valid."""
    one, two = made(alice, "One"), made(alice, "Two")
    alice.says("Mailbox/set", update={one: {"name": "Two"}, two: {"name": "One"}})
    alice.hears("Mailbox/set", updated={one: None, two: None}, notUpdated=None)

    assert [seen(alice, one)["name"], seen(alice, two)["name"]] == ["Two", "One"]


def test_two_can_swap_their_roles(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the same."""
    junk, trash = alice.mailbox("junk"), alice.mailbox("trash")
    alice.says("Mailbox/set", update={junk: {"role": "trash"}, trash: {"role": "junk"}})
    alice.hears("Mailbox/set", updated={junk: None, trash: None})

    assert alice.mailbox("trash") == junk


def test_a_name_that_is_given_up_can_be_taken_in_the_same_call(alice: JMAP) -> None:
    """RFC 8620 section 5.3: the final state is what must be valid."""
    old = made(alice, "Plans")
    alice.says("Mailbox/set", create={"new": {"name": "Plans"}}, destroy=[old])

    alice.hears("Mailbox/set", created={"new": ANY}, destroyed=[old])
