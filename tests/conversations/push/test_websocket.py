"""Changes, told on a WebSocket (RFC 8887 section 4.3.5)."""

from typing import Any

from tests.driver import ANY, JMAP, Home, Talk, call, like


def changes(talk: Talk, person: JMAP) -> Any:
    """The states that the next message tells of a person's account."""
    heard = talk.hears()
    assert heard == {"@type": "StateChange", "changed": {person.account_id: ANY}, "pushState": ANY}
    return heard["changed"][person.account_id]


def enabled(person: JMAP, types: list[str] | None = None, push_state: str | None = None) -> Talk:
    """A WebSocket on which changes are told from now on."""
    talk = person.talks()
    more = {} if push_state is None else {"pushState": push_state}
    talk.says({"@type": "WebSocketPushEnable", "dataTypes": types, **more})
    person.web.moves_on()
    return talk


def make(person: JMAP, name: str) -> None:
    person.asks("Mailbox/set", create={"a": {"name": name}})


def test_nothing_is_pushed_unasked(alice: JMAP) -> None:
    """RFC 8887 section 4.3.5.2: a client enables it."""
    talk = alice.talks()
    make(alice, "Plans")

    assert talk.is_quiet()


def test_a_change_is_told(alice: JMAP) -> None:
    """RFC 8887 section 4.3.5.1: a StateChange with a pushState."""
    talk = enabled(alice)
    make(alice, "Plans")

    assert changes(talk, alice) == {"Mailbox": alice.state("Mailbox")}


def test_only_the_types_asked_for_are_told(alice: JMAP) -> None:
    """RFC 8887 section 4.3.5.2, dataTypes; EmailDelivery among them (RFC 8621 section 1.5)."""
    talk = enabled(alice, ["Thread", "EmailDelivery"])
    make(alice, "Plans")
    assert talk.is_quiet()
    alice.receives("Subject: hello\n\nbody")

    assert set(changes(talk, alice)) == {"Thread", "EmailDelivery"}


def test_requests_are_answered_meanwhile(alice: JMAP) -> None:
    """RFC 8887 section 4.2: the connection is for requests and notifications."""
    talk = enabled(alice)
    talk.says({"@type": "Request", "id": "R1", **alice.request(call("Mailbox/set", create={"a": {"name": "Plans"}}))})
    heard = [talk.hears(), talk.hears()]

    assert {one["@type"] for one in heard} == {"Response", "StateChange"}


def test_no_more_is_told_once_it_is_disabled(alice: JMAP) -> None:
    """RFC 8887 section 4.3.5.3; twice makes no difference (ours)."""
    talk = enabled(alice)
    for _ in range(2):
        talk.says({"@type": "WebSocketPushDisable"})
    alice.web.moves_on()
    make(alice, "Plans")

    assert talk.is_quiet()


def test_enabled_again_other_types_are_told(alice: JMAP) -> None:
    """RFC 8887 section 4.3.5.2: the last one counts."""
    talk = enabled(alice, ["Email"])
    talk.says({"@type": "WebSocketPushEnable", "dataTypes": ["Mailbox"]})
    alice.web.moves_on()
    alice.receives("Subject: hello\n\nbody")

    assert set(changes(talk, alice)) == {"Mailbox"}
    assert talk.is_quiet()


def pushed(talk: Talk) -> str:
    return str(talk.hears()["pushState"])


def test_what_was_missed_is_told_on_return(alice: JMAP) -> None:
    """RFC 8887 section 4.3.5.2: immediately all changes since the pushState."""
    talk = enabled(alice)
    make(alice, "Plans")
    known = pushed(talk)
    talk.leave()
    make(alice, "More plans")

    assert changes(enabled(alice, push_state=known), alice) == like(Mailbox=alice.state("Mailbox"))


def test_who_missed_nothing_is_told_nothing_on_return(alice: JMAP) -> None:
    """RFC 8887 section 4.3.5.2: only what changed since."""
    talk = enabled(alice)
    make(alice, "Plans")
    known = pushed(talk)
    talk.leave()

    assert enabled(alice, push_state=known).is_quiet()


def test_a_token_that_was_never_given_brings_all_states(alice: JMAP) -> None:
    """RFC 8887 section 4.3.5.2 (ours): who knows nothing certain is told everything."""
    assert changes(enabled(alice, ["Mailbox"], "x"), alice) == {"Mailbox": alice.state("Mailbox")}


def test_changes_close_together_are_told_as_one(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 7.1: the server may coalesce; setting `jmap.web-socket.throttle`."""
    home.build(throttle=10)
    talk = enabled(alice)
    make(alice, "First")
    assert changes(talk, alice)
    for at in range(5):
        make(alice, f"Plans {at}")
    assert talk.is_quiet()
    alice.web.passes(10)

    assert changes(talk, alice) == {"Mailbox": alice.state("Mailbox")}
    assert talk.is_quiet()


def test_who_does_not_read_is_told_the_latest_alone(alice: JMAP) -> None:
    """Ours: changes that nobody reads cost no memory."""
    talk = enabled(alice)
    talk.stops_reading()
    for at in range(20):
        make(alice, f"Plans {at}")
    talk.goes_on_reading()
    told = [changes(talk, alice), changes(talk, alice)]

    assert told[-1] == {"Mailbox": alice.state("Mailbox")}
    assert talk.is_quiet()


def test_nobody_hears_of_another(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 7.1: accounts that the user has access to."""
    talk = enabled(bob)
    make(alice, "Plans")

    assert talk.is_quiet()


def test_nothing_is_told_to_who_had_the_old_password(home: Home, alice: JMAP) -> None:
    """Architecture section 2: not even the first change after it."""
    talk = enabled(alice)
    home.gives_password(alice, "new")
    alice.password = "new"
    make(alice, "Plans")

    assert talk.ends() == 1008
