"""What is sent is written down for who sends it, step by step (ours)."""

from typing import Any

import orjson
from tests.conversations.queue.conftest import LETTER, Post, until
from tests.driver import JMAP

from pillarbox.datatypes.journal import JOURNAL_ENTRY


def journal(post: Post, person: JMAP) -> list[dict[str, Any]]:
    """The entries of an account, in the order in which they were made."""
    with post.store.read(person.number) as unit:
        found = unit.get(JOURNAL_ENTRY.table, unit.numbers(JOURNAL_ENTRY.table, 100))
        return [orjson.loads(stored.document) for stored in found]


def whats(entry: dict[str, Any]) -> list[str]:
    return [step["what"] for step in entry["steps"]]


def test_a_message_has_its_way_from_the_queue_to_a_server(sending: Post, alice: JMAP) -> None:
    """Ours: one entry, of what the envelope says, and what each server replied."""
    number = sending.queues(alice, "bob@far.example")
    sending.mx.takes()
    sending.empties(alice)

    (entry,) = journal(sending, alice)
    assert (entry["direction"], entry["outcome"], entry["sender"]) == ("out", "delivered", "alice@home.example")
    assert (entry["recipients"], entry["messageId"]) == (["bob@far.example"], "1@home.example")
    assert (whats(entry), entry["size"]) == (["queued", "released", "relayed"], len(LETTER))
    assert entry["steps"][-1]["detail"].startswith("bob@far.example: 250 ")
    with sending.store.read(alice.number) as unit:
        assert unit.numbers(JOURNAL_ENTRY.table, 10) == [number]


def test_each_attempt_is_a_step(sending: Post, alice: JMAP) -> None:
    """Ours: who waits for an answer sees that the message was put off, and by whom."""
    sending.mx.says("RCPT", "450 4.2.1 Busy", "250 2.1.5 OK")
    sending.queues(alice, "bob@far.example")
    entry = until(lambda: journal(sending, alice), lambda found: bool(found) and "deferred" in whats(found[0]))[0]
    assert entry["outcome"] == "waiting"
    assert "450 4.2.1 Busy" in entry["steps"][-1]["detail"]

    sending.passes(60.0, alice)
    sending.empties(alice)
    (entry,) = journal(sending, alice)
    assert (whats(entry), entry["outcome"]) == (["queued", "released", "deferred", "relayed"], "delivered")


def test_one_that_was_given_up_for_some_says_for_whom(sending: Post, alice: JMAP) -> None:
    """Ours: with the reply, and that the sender is told (RFC 3464); that notification has an entry as what came in."""
    sending.mx.says("RCPT", "250 2.1.5 OK", "550 5.1.1 No such user")
    sending.queues(alice, "bob@far.example", "nobody@far.example")
    sending.gets(alice)
    sending.empties(alice)

    sent = next(one for one in journal(sending, alice) if one["sender"])
    assert (sent["outcome"], whats(sent)[2:]) == ("partial", ["relayed", "failed", "reported"])
    assert [one["direction"] for one in journal(sending, alice)] == ["out", "out", "in"]


def test_one_for_somebody_here_is_in_both_journals(sending: Post, bob: JMAP, alice: JMAP) -> None:
    """Ours."""
    sending.queues(alice, bob.name)
    sending.empties(alice)

    assert [one["outcome"] for one in journal(sending, alice)] == ["delivered"]
    (came,) = journal(sending, bob)
    assert (came["direction"], came["client"], came["sender"]) == ("in", None, "alice@home.example")
    assert came["steps"][0]["detail"] == "from this server"


def test_one_that_is_cancelled_before_it_went_out_is_told(post: Post, alice: JMAP) -> None:
    """Ours: by the administrator; nothing of it was in the journal before."""
    number = post.queues(alice, "bob@far.example")
    assert post.books().cancel_each(alice.number, (number,))

    cancelled = journal(post, alice)[0]
    assert (cancelled["outcome"], whats(cancelled)) == ("failed", ["queued", "failed", "reported"])


def test_steps_are_bounded(post: Post, alice: JMAP) -> None:
    """Ours: of many, the first and the latest are kept."""
    number = post.queues(alice, *(f"bob{n}@far.example" for n in range(120)))
    post.books().cancel_each(alice.number, (number,))

    entry = journal(post, alice)[0]
    assert (len(entry["steps"]), len(entry["recipients"]), entry["isPartial"]) == (100, 100, True)
