"""What who comes back to the event source is told (RFC 8620 section 7.3, Last-Event-ID)."""

import pytest
from tests.conversations.push.test_event_source import make
from tests.driver import JMAP, PUSHED, Home, Stream, like


def last_id(stream: Stream) -> str:
    event = stream.event()
    assert event is not None
    return event["id"]


def test_what_was_missed_is_told_on_return(alice: JMAP) -> None:
    """RFC 8620 section 7.3: Last-Event-ID; changes since then are sent at once."""
    stream = alice.listens()
    make(alice, "Plans")
    last = last_id(stream)
    stream.leave()
    make(alice, "More plans")

    assert alice.listens(last_event_id=last).change()["changed"][alice.account_id] == like(
        Mailbox=alice.state("Mailbox")
    )


def test_who_missed_nothing_is_told_nothing_on_return(alice: JMAP) -> None:
    """RFC 8620 section 7.3: only if something changed since the event with that id."""
    stream = alice.listens()
    make(alice, "Plans")
    last = last_id(stream)
    stream.leave()

    assert alice.listens(last_event_id=last).is_quiet()


def test_a_change_that_was_not_told_is_not_covered_by_an_event_s_id(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 7.3: the id stands for what the client was told, not for what happened meanwhile."""
    home.build(throttle=1000)
    stream = alice.listens()
    make(alice, "Plans")
    stream.stops_reading()
    alice.web.moves_on()
    make(alice, "More plans")
    stream.goes_on_reading()
    last = last_id(stream)
    stream.leave()

    again = alice.listens(last_event_id=last)
    assert again.change()["changed"][alice.account_id] == like(Mailbox=alice.state("Mailbox"))


def test_for_some_types_an_id_stands_for_those(alice: JMAP) -> None:
    """RFC 8620 section 7.3: the id stands for the state that the client is told of."""
    stream = alice.listens("Thread")
    alice.receives("Subject: hello\n\nbody")
    last = last_id(stream)
    stream.leave()
    make(alice, "Plans")

    assert alice.listens("Thread", last_event_id=last).is_quiet()


@pytest.mark.parametrize("last", ["", "x", "a1:x-999", "\u00ff", "-1"])
def test_an_id_that_was_never_given_brings_all_states(alice: JMAP, last: str) -> None:
    """RFC 8620 section 7.3 (ours): a client that knows nothing certain is told everything."""
    changed = alice.listens(last_event_id=last).change()["changed"][alice.account_id]

    assert set(changed) == PUSHED
    assert changed == like(**{name: alice.state(name) for name in ("Email", "Mailbox", "Thread")})


def test_a_delivery_that_was_missed_is_told_on_return(alice: JMAP) -> None:
    """RFC 8621 section 1.5 and RFC 8620 section 7.3: and only that, not what else happened."""
    stream = alice.listens("EmailDelivery")
    email = alice.receives("Subject: hello\n\nbody")
    last = last_id(stream)
    stream.leave()
    alice.asks("Email/set", destroy=[email])
    assert alice.listens("EmailDelivery", last_event_id=last).is_quiet()
    alice.receives("Subject: again\n\nbody")

    changed = alice.listens("EmailDelivery", last_event_id=last).change()["changed"][alice.account_id]
    assert set(changed) == {"EmailDelivery"}
