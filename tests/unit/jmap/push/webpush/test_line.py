"""What one subscription has still to be told (RFC 8620 sections 7.1 and 7.2)."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson

from pillarbox.datatypes.push import Subscribed
from pillarbox.jmap.push.webpush.line import Line, States, added, change, verification
from pillarbox.jmap.push.webpush.pace import Pacing
from pillarbox.wire.values import Id, State
from pillarbox.wire.webpush import MAX_PLAIN

ALICE, BOB = Id("a1"), Id("a2")


def states(account_id: Id = ALICE, **numbers: int) -> States:
    return {account_id: {name: State(f"e-{number}") for name, number in numbers.items()}}


def kept(told: States | None = None, types: frozenset[str] | None = None, *, is_verified: bool = True) -> Subscribed:
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    return Subscribed(1, Id("p1"), "https://push.example/", None, is_verified, None, ends, types, told or {})


def line(subscribed: Subscribed, now: States) -> Line:
    made = Line(subscribed, Pacing())
    made.refresh(subscribed, now)
    return made


def test_what_it_was_told_is_no_news() -> None:
    """Ours: also where that was before a restart."""
    assert line(kept(states(Email=4)), states(Email=4)).news(states(Email=4)) == {}


def test_what_changed_since_it_was_told_is_news() -> None:
    """RFC 8620 section 7.1."""
    assert line(kept(states(Email=4, Mailbox=2)), states(Email=5, Mailbox=2)).news(
        states(Email=5, Mailbox=2)
    ) == states(Email=5)


def test_a_state_of_another_epoch_is_news() -> None:
    """Architecture, section 3: after a restore, no state of before means anything."""
    now: States = {ALICE: {"Email": State("f-1")}}

    assert line(kept(states(Email=4)), now).news(now) == now


def test_an_account_that_it_never_heard_of_begins_now() -> None:
    """Ours: a group that somebody joined is no change of it."""
    now = states(Email=4) | states(BOB, Email=7)
    one = line(kept(states(Email=4)), now)

    assert one.news(now) == {}
    assert one.news(now | states(BOB, Email=8)) == states(BOB, Email=8)


def test_what_is_not_verified_has_no_news() -> None:
    """RFC 8620 section 7.2.2."""
    one = line(kept(is_verified=False), states(Email=4))

    assert one.news(states(Email=5)) == {}


def test_verification_decides_what_counts_as_told() -> None:
    """Ours: not the moment in which it was made."""
    one = line(kept(is_verified=False), states(Email=4))
    one.refresh(kept(states(Email=6)), states(Email=6))

    assert one.news(states(Email=6)) == {}


def test_what_was_given_up_waits_for_more() -> None:
    """Ours: jmap.push.attempts.max."""
    one = line(kept(states(Email=4)), states(Email=4))
    now = states(Email=5)
    assert one.is_due(now)
    one.given_up = one.news(now)

    assert not one.is_due(now)
    assert one.is_due(states(Email=6))
    assert one.is_due(now | states(BOB, Email=1))


def test_a_code_is_due_until_it_was_begun_to_push() -> None:
    """RFC 8620 section 7.2.2: immediately, and once."""
    one = line(replace(kept(is_verified=False), code="code"), {})
    assert one.is_due({})
    one.is_asked = True

    assert not one.is_due({})


def test_what_is_gone_is_never_due() -> None:
    """RFC 8620 section 7.2."""
    one = line(kept(states(Email=4)), states(Email=4))
    one.is_open = False

    assert not one.is_due(states(Email=5))


def test_the_later_of_two_states_is_known() -> None:
    """Architecture, section 3: of two commits close to each other the later may be told first."""
    now = states(Email=5)

    assert not added(now, ALICE, states(Email=4)[ALICE])
    assert now == states(Email=5)
    assert added(now, ALICE, states(Email=6)[ALICE])
    assert now == states(Email=6)


def test_a_change_that_is_too_large_is_told_in_parts() -> None:
    """RFC 8291 section 4: what every push service takes; each part is a StateChange of its own."""
    news = {Id(f"a{number}"): {f"Type{of}": State("e-1") for of in range(10)} for number in range(100)}
    left, told = dict(news), States()
    while left:
        part, octets = change(left)
        assert len(octets) <= MAX_PLAIN
        assert orjson.loads(octets) == {"@type": "StateChange", "changed": part}
        told |= part
        left = {account_id: there for account_id, there in left.items() if account_id not in part}

    assert told == news


def test_one_account_is_told_whole_however_large_it_is() -> None:
    """Ours: there must be an end to it."""
    news = {ALICE: {f"Type{of}": State("e-1") for of in range(1000)}}

    assert change(news)[0] == news


def test_the_verification_names_the_subscription() -> None:
    """RFC 8620 section 7.2.2."""
    assert orjson.loads(verification(kept(), "code")) == {
        "@type": "PushVerification",
        "pushSubscriptionId": "p1",
        "verificationCode": "code",
    }
