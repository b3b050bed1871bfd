"""What a client has not been told yet."""

import orjson

from pillarbox.jmap import Changes
from pillarbox.wire.values import Id, State

A, B = Id("a1"), Id("a2")


def states(**numbers: int) -> dict[str, State]:
    return {name: State(f"epoch-{number}") for name, number in numbers.items()}


def taken(changes: Changes) -> dict[str, dict[str, str]] | None:
    told = changes.taken()
    return None if told is None else orjson.loads(told[1])["changed"]


def test_only_news_is_told_once() -> None:
    """RFC 8620 section 7.1."""
    changes = Changes(None)
    changes.begin({A: states(Email=1, Mailbox=1)}, None)

    assert not changes.add(A, states(Email=1))
    assert changes.add(A, states(Email=2))
    assert changes.add(A, states(Email=3, Mailbox=4))
    assert taken(changes) == {A: states(Email=3, Mailbox=4)}
    assert taken(changes) is None


def test_an_older_state_that_comes_later_is_no_news() -> None:
    """Contract of the feed: of two commits close to each other the later may be told first."""
    changes = Changes(None)
    changes.begin({A: states(Email=1)}, None)
    changes.add(A, states(Email=3))

    assert not changes.add(A, states(Email=2))
    assert taken(changes) == {A: states(Email=3)}
    assert not changes.add(A, states(Email=2))


def test_a_state_of_another_epoch_is_news() -> None:
    """Architecture section 3: what was restored begins anew."""
    changes = Changes(None)
    changes.begin({A: states(Email=9)}, None)

    assert changes.add(A, {"Email": State("other-1")})


def test_types_that_were_not_asked_for_are_not_told() -> None:
    """RFC 8620 section 7.3, "types"."""
    changes = Changes(["Email"])
    changes.begin({A: states(Email=1, Mailbox=1)}, None)

    assert not changes.add(A, states(Mailbox=2))
    assert changes.add(A, states(Mailbox=3, Email=3))
    assert taken(changes) == {A: states(Email=3)}


def test_an_id_stands_for_all_accounts() -> None:
    """RFC 8620 section 7.3: the state of everything that the client is told of."""
    changes = Changes(None)
    changes.begin({A: states(Email=1), B: states(Email=5)}, None)
    changes.add(A, states(Email=2))
    told = changes.taken()
    assert told is not None

    again = Changes(None)
    assert not again.begin({A: states(Email=2), B: states(Email=5)}, told[0])
    missed = Changes(None)
    assert missed.begin({A: states(Email=2), B: states(Email=6)}, told[0])
    assert taken(missed) == {A: states(Email=2), B: states(Email=6)}


def test_who_has_no_account_is_told_nothing() -> None:
    """RFC 8620 section 2: there may be none."""
    changes = Changes(None)

    assert not changes.begin({}, "x")
    assert changes.taken() is None


def test_what_was_heard_while_the_beginning_was_read_is_told_only_if_it_is_later() -> None:
    """Ours: an event source is listening before it reads the states that it begins with."""
    changes = Changes(None)
    changes.add(A, states(Email=2, Mailbox=3))

    assert changes.begin({A: states(Email=2, Mailbox=2)}, None)
    assert taken(changes) == {A: states(Mailbox=3)}

    again = Changes(None)
    again.add(A, states(Email=2))
    assert not again.begin({A: states(Email=2)}, None)
    assert taken(again) is None
