"""Mail for a list goes on to its members, here and elsewhere (RFC 5321 section 3.9)."""

import pytest
from tests.conversations.queue.conftest import LETTER, Post
from tests.driver import JMAP

from pillarbox.datatypes.directory import AccountError, listings

ALL = "all@home.example"


def makes(post: Post, address: str, *members: str) -> JMAP:
    """A list, as the driver knows accounts."""
    made = post.home.directory.add_list(address, members)
    return JMAP(post.home.web, address, "", made.id, made.number)


def test_members_here_each_get_it(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """RFC 5321 section 3.9.2: copies return to the list; the header section stays as it is, and so do its words."""
    everybody = makes(sending, ALL, alice.name, bob.name)
    sending.queues(alice, ALL)

    for person in (alice, bob):
        message = sending.gets(person)
        assert message.get_all("Return-Path") == [f"<{ALL}>"]
        assert message["From"] == "Alice <alice@home.example>"
        assert message["To"] == "bob@far.example"
    assert sending.messages(bob)[0].endswith(LETTER)
    sending.empties(everybody)
    assert sending.messages(everybody) == []


def test_members_elsewhere_get_it_from_the_list(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.9: the return address is changed to that of whoever administers the list."""
    makes(sending, ALL, "carol@far.example", "dave@far.example")
    sending.queues(alice, ALL)

    taken = sending.mx.takes()
    assert taken.mail.startswith(f"MAIL FROM:<{ALL}>")
    assert taken.rcpt == [f"RCPT TO:<{name}@far.example> NOTIFY=NEVER" for name in ("carol", "dave")]
    assert b"Return-Path" not in taken.octets


def test_what_returns_to_a_list_goes_on_to_nobody(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """RFC 5321 section 3.9.2: members do not hear of each other's full mailboxes."""
    everybody = makes(sending, ALL, bob.name)
    sending.queues(alice, ALL, sender="")
    sending.empties(alice)
    sending.queues(alice, bob.name)

    sending.gets(bob)
    assert sending.left(everybody) == []


def test_lists_that_are_members_of_each_other_end(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """Ours: a list hands on the same message once, whatever way it comes back."""
    lists = [makes(sending, f"{name}@home.example", bob.name) for name in ("one", "two", "three")]
    for one in lists:
        for other in lists:
            if one is not other:
                sending.home.directory.add_listing(one.name, other.name)
    sending.queues(alice, "one@home.example")
    for one in lists:
        sending.empties(one)

    message = sending.gets(bob, 3)
    assert message["Return-Path"] in {f"<{one.name}>" for one in lists}


def test_a_message_that_is_offered_again_is_handed_on_once(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """RFC 1047: whoever did not hear our reply offers it again."""
    everybody = makes(sending, ALL, bob.name)
    sending.queues(alice, ALL)
    sending.queues(alice, ALL)
    sending.queues(alice, ALL, octets=LETTER.replace(b"<1@", b"<2@"))
    sending.empties(alice)
    sending.empties(everybody)

    sending.gets(bob, 2)


def test_who_is_removed_is_in_no_list(post: Post, alice: JMAP, bob: JMAP) -> None:
    """Ours: whoever has the address next was not asked."""
    everybody = makes(post, ALL, alice.name, bob.name, "carol@far.example")
    post.home.directory.remove(bob.name)
    post.home.directory.remove_listing(ALL, "Carol@FAR.example")

    assert listings(post.store, everybody.number) == [alice.name]


def test_a_list_is_no_account(post: Post, alice: JMAP) -> None:
    """Ours: it has no password, and nobody is let in as it or sees what it has."""
    makes(post, ALL, alice.name)

    assert post.home.check.verified(ALL, "") is None


@pytest.mark.parametrize(
    ("address", "members"),
    [
        (ALL, []),
        ("alice@home.example", []),
        ("self@home.example", ["Self@home.example"]),
        ("many@home.example", [f"m{n}@far.example" for n in range(1001)]),
    ],
    ids=["list", "account", "itself", "many"],
)
@pytest.mark.usefixtures("alice")
def test_what_cannot_be_a_list_is_refused(post: Post, address: str, members: list[str]) -> None:
    """Ours: an address is one's, a list is none of its own members, and has no more than a thousand."""
    makes(post, ALL)
    with pytest.raises(AccountError):
        makes(post, address, *members)
