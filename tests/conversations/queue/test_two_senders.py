"""Two servers that both believe to be the one that sends: whose work it is no more notices that a second later."""

import threading
from collections.abc import Iterator

import pytest
from tests.conversations.queue.conftest import LETTER, Post, statuses
from tests.driver import JMAP


@pytest.fixture
def other(post: Post) -> Iterator[Post]:
    """Another server's, with the same mail."""
    made = Post(post.store, post.home, post.clock, post.names, post.mx, post.authority)
    yield made
    made.ends()


def test_a_message_is_given_away_once(post: Post, other: Post, alice: JMAP) -> None:
    """Ours (adr/0065): who begins first has it, and the other leaves it alone."""
    both = threading.Barrier(2)
    post.begins = other.begins = lambda: both.wait(20)
    post.queues(alice, "bob@far.example")

    post.starts()
    other.starts()

    assert post.mx.takes().octets == LETTER
    post.empties(alice)
    other.ends()
    post.ends()
    assert post.mx.commands.count("DATA") == 1


def test_what_one_has_given_away_counts_though_another_took_it_for_interrupted(
    post: Post, other: Post, alice: JMAP
) -> None:
    """Ours: a doubt is put off, so whoever still knows better has the time to say so."""
    going = threading.Event()
    post.mx.delay = 0.3
    post.queues(alice, "bob@far.example")
    post.begins = going.set
    post.starts()
    assert going.wait(20)
    post.waits_for(alice, lambda left: not left or statuses(left) == {"bob@far.example": "sending"})

    other.starts()

    post.empties(alice)
    assert post.mx.takes().octets == LETTER
    assert post.mx.took_nothing()


def test_who_was_given_up_meanwhile_gets_nothing(post: Post, alice: JMAP) -> None:
    """Ours: an administrator cancels it for somebody while the others are being told."""
    number = post.queues(alice, "bob@far.example", "carol@far.example")
    post.begins = lambda: post.books().cancel_for(alice.number, number, lambda one: one.address == "bob@far.example")

    post.starts()

    assert post.mx.takes().rcpt == ["RCPT TO:<carol@far.example>"]
    assert post.mx.took_nothing()


def test_whoever_has_a_domain_in_another_script_is_known_to_be_told(post: Post, alice: JMAP) -> None:
    """Ours: the server hears the domain in ASCII (RFC 5890), and what is written down is the address as it is kept."""
    post.names.has_mx("xn--fr-xka.example", [(10, "mx.far.example", post.mx.host)])
    post.mx.delay = 0.3
    post.queues(alice, "bob@für.example")

    post.starts()

    post.waits_for(alice, lambda left: statuses(left) == {"bob@für.example": "sending"})
    post.empties(alice)
