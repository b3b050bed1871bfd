"""Mail to accounts here: no connection, and once whatever happens."""

from tests.conversations.queue.conftest import Post, until
from tests.driver import JMAP

from pillarbox.store import Unavailable


def test_mail_for_an_account_here_is_filed_without_a_connection(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """Issue 4 point 4: to local recipients directly; RFC 5321 section 4.4: with a Return-Path."""
    sending.queues(alice, "bob@home.example")

    message = sending.gets(bob)

    assert message["Return-Path"] == "<alice@home.example>"
    assert message["Subject"] == "Plans"
    sending.empties(alice)
    assert sending.mx.connections == 0


def test_two_addresses_of_one_account_are_one_message(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """Ours: as with mail from outside."""
    sending.home.directory.add_alias("bob@home.example", "robert@home.example")
    sending.queues(alice, "bob@home.example", "robert@home.example")

    sending.empties(alice)

    sending.gets(bob)


def test_the_same_words_sent_twice_are_two_messages(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """Ours: what makes a message the same is that it was sent once, not what is in it."""
    sending.queues(alice, "bob@home.example")
    sending.queues(alice, "bob@home.example")

    sending.gets(bob, 2)


def test_a_number_that_is_given_again_is_another_message(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """Ours: an account that is an older copy of itself counts on from there, and its mail is not taken for known."""
    number = sending.queues(alice, "bob@home.example")
    sending.gets(bob)
    sending.empties(alice)
    sending.store.remove(alice.number)
    sending.store.create(alice.number)
    with sending.store.write(alice.number) as unit:
        while unit.fresh() < number - 2:
            pass
    sending.clock.now += 1

    assert sending.queues(alice, "bob@home.example") == number

    sending.gets(bob, 2)


def test_nobody_at_a_domain_of_ours_is_told_at_once(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 3.6.2: 550; we are who has to know, so DNS is not asked."""
    sending.queues(alice, "nobody@home.example")

    assert "Status: 5.1.1" in sending.gets(alice).as_string()
    assert sending.names.asked == []


def test_a_delivery_whose_end_was_not_written_down_is_not_repeated(post: Post, alice: JMAP, bob: JMAP) -> None:
    """Architecture section 3: local delivery happens exactly once (key: submission and recipient)."""

    def fails() -> None:
        post.failing = lambda: None
        raise Unavailable("the disk went away in this very moment")

    post.failing = fails
    post.starts()
    post.queues(alice, "bob@home.example")
    (message,) = post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    assert message["recipients"][0]["reply"].startswith("451 4.3.0")

    post.passes(61, alice)

    post.empties(alice)
    post.gets(bob)


def test_what_a_bug_stops_is_put_off_and_told(post: Post, alice: JMAP, bob: JMAP) -> None:
    """Ours: else it would be tried for ever, and nobody would ever hear of it (RFC 5321 section 4.5.4.1)."""

    def fails() -> None:
        raise ZeroDivisionError

    post.failing = fails
    post.starts()
    post.queues(alice, "bob@home.example")

    (message,) = post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    (recipient,) = message["recipients"]
    assert (recipient["status"], recipient["reply"][:9]) == ("waiting", "451 4.3.0")


def test_what_was_queued_before_the_start_is_sent(post: Post, alice: JMAP, bob: JMAP) -> None:
    """Architecture section 3: start-up visits the accounts that have work, and only those."""
    post.queues(alice, "bob@home.example")
    post.queues(bob, "alice@home.example")

    post.starts()

    post.gets(alice)
    post.gets(bob)


def test_nothing_is_sent_before_its_time(sending: Post, alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 7, "sendAt": a message is released when it is to be."""
    sending.queues(alice, "bob@home.example", release=sending.now.replace(year=2100))
    sending.queues(alice, "bob@home.example")

    sending.gets(bob)
    (message,) = sending.waits_for(alice, lambda left: len(left) == 1)
    assert not message["isReleased"]

    sending.clock.now = sending.now.replace(year=2101).timestamp()
    sending.passes(1, alice)

    sending.gets(bob, 2)


def test_an_account_with_many_messages_is_not_read_whole(post: Post, alice: JMAP, bob: JMAP) -> None:
    """Ours: at most a hundred of one account are tried at once, and all are sent."""
    for number in range(150):
        post.queues(alice, "bob@home.example", octets=b"Subject: %d\r\n\r\n" % number)

    post.starts()

    until(lambda: len(post.messages(bob)), lambda count: count == 150)
    post.empties(alice)


def test_an_account_that_was_removed_sends_nothing(post: Post, alice: JMAP) -> None:
    """Ours: its queue goes with it."""
    post.mx.says("RCPT", "451 4.7.1 Later")
    post.starts()
    post.queues(alice, "bob@far.example")
    post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    post.home.directory.remove("alice@home.example")
    post.clock.now += 61
    post.home.person("carol")

    assert post.mx.took_nothing()
