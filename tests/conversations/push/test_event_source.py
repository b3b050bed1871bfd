"""The event source (RFC 8620 section 7.3)."""

import asyncio
import json

import pytest
from tests.driver import ANY, JMAP, Home, like
from tests.driver.directory import Directory

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import MAILBOX
from pillarbox.objects import number_of
from pillarbox.store import Store


def make(person: JMAP, name: str) -> None:
    person.asks("Mailbox/set", create={"a": {"name": name}})


def mailbox_change(person: JMAP) -> dict[str, object]:
    return {"@type": "StateChange", "changed": {person.account_id: {"Mailbox": person.state("Mailbox")}}}


def test_it_is_a_stream_of_events(alice: JMAP) -> None:
    """RFC 8620 section 7.3: text/event-stream; nobody in between may keep it."""
    stream = alice.listens()

    assert stream.status == 200
    assert stream.headers["content-type"].split(";")[0] == "text/event-stream"
    assert stream.headers["cache-control"] == "no-store"


def test_a_change_is_told(alice: JMAP) -> None:
    """RFC 8620 sections 7.1 and 7.3: a "state" event with a StateChange: the type's new state."""
    stream = alice.listens()
    make(alice, "Plans")
    event = stream.event()

    assert event == {"event": "state", "id": ANY, "data": ANY}
    assert json.loads(event["data"]) == mailbox_change(alice)


def test_nothing_is_told_that_was_there_before(alice: JMAP) -> None:
    """RFC 8620 section 7.3: changes since the connection was made."""
    make(alice, "Plans")
    stream = alice.listens()

    assert stream.is_quiet()


def test_a_call_that_changes_nothing_is_not_told(alice: JMAP) -> None:
    """RFC 8620 section 7.1: the state of what changed."""
    stream = alice.listens()
    alice.asks("Mailbox/get")
    alice.asks("Mailbox/set", create={"a": {"name": ""}})

    assert stream.is_quiet()


def test_all_types_that_a_change_touched_are_told_together(alice: JMAP) -> None:
    """RFC 8621 section 1.5: changes of all types of mail are pushed."""
    stream = alice.listens()
    alice.receives("Subject: hello\n\nbody")
    changed = stream.change()["changed"][alice.account_id]

    assert changed == like(**{name: alice.state(name) for name in ("Email", "Mailbox", "Thread")})


def test_every_type_of_mail_is_told_of(alice: JMAP) -> None:
    """RFC 8621 section 1.5: "a server MUST support pushing of changes" of all the types that it defines."""
    told = {"Mailbox", "Thread", "Email", "EmailDelivery", "Identity", "EmailSubmission", "VacationResponse"}

    assert told <= REGISTRY.pushed


def test_only_the_types_asked_for_are_told(alice: JMAP) -> None:
    """RFC 8620 section 7.3, "types": only changes of these."""
    stream = alice.listens("Thread,Email")
    make(alice, "Plans")
    assert stream.is_quiet()
    alice.receives("Subject: hello\n\nbody")

    assert set(stream.change()["changed"][alice.account_id]) == {"Thread", "Email"}


def test_of_a_delivery_it_is_told_once_an_email_was_added(alice: JMAP) -> None:
    """RFC 8621 section 1.5: the state of EmailDelivery changes whenever a new Email is added."""
    stream = alice.listens("EmailDelivery")
    alice.receives("Subject: hello\n\nbody")
    first = stream.change()["changed"][alice.account_id]
    alice.receives("Subject: again\n\nbody")
    second = stream.change()["changed"][alice.account_id]

    assert set(first) == set(second) == {"EmailDelivery"}
    assert first != second


def test_no_delivery_is_told_when_emails_only_change_or_go(alice: JMAP) -> None:
    """RFC 8621 section 1.5: its state should not change when an Email is marked as read or deleted."""
    email = alice.receives("Subject: hello\n\nbody")
    stream = alice.listens("EmailDelivery")
    alice.asks("Email/set", update={email: {"keywords/$seen": True}})
    alice.asks("Email/set", destroy=[email])
    make(alice, "Plans")

    assert stream.is_quiet()


def test_types_that_are_not_there_are_never_told(alice: JMAP) -> None:
    """RFC 8620 section 7.3: a client may name types of extensions that a server lacks."""
    stream = alice.listens("CalendarEvent")
    make(alice, "Plans")

    assert stream.is_quiet()


def test_nobody_hears_of_another(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 7.1: accounts that the user has access to."""
    stream = bob.listens()
    make(alice, "Plans")

    assert stream.is_quiet()


@pytest.mark.parametrize(
    "query",
    [
        "closeafter=maybe&ping=0",
        "closeafter=&ping=0",
        "closeafter=no&ping=x",
        "closeafter=no&ping=-1",
        "closeafter=no&ping=1.5",
        "closeafter=no&ping=99999999999",
        "closeafter=no&ping=%D9%A1",
        "types=&closeafter=no&ping=0",
        "types=a%20b&closeafter=no&ping=0",
        "types=*,Email&closeafter=no&ping=0",
        "types=" + ",".join(["a"] * 100),
    ],
)
def test_what_is_no_value_of_a_parameter_is_refused(alice: JMAP, query: str) -> None:
    """RFC 8620 section 7.3: closeafter is state or no, ping a number, types a list or *."""
    reply = alice.sends("GET", f"/jmap/eventsource/?{query}")

    assert reply.status == 400
    assert reply.json() == like(type="about:blank", status=400)


def test_left_out_all_types_are_told_without_end_or_ping(alice: JMAP) -> None:
    """Ours: the defaults of what RFC 8620 section 7.3 lets a client set."""
    stream = alice.web.opens(alice.getting("/jmap/eventsource/"))
    make(alice, "Plans")

    assert stream.change() == mailbox_change(alice)
    assert not stream.ended


def test_it_ends_after_the_first_change_if_asked_to(alice: JMAP) -> None:
    """RFC 8620 section 7.3, "closeafter": state."""
    stream = alice.listens(closeafter="state")
    make(alice, "Plans")

    assert stream.change() == mailbox_change(alice)
    assert stream.event() is None


def test_a_ping_tells_its_interval_in_seconds(alice: JMAP) -> None:
    """RFC 8620 section 7.3, "ping": an event named ping, with the interval; it sets no event id."""
    stream = alice.listens(ping=60)
    assert stream.is_quiet()
    alice.web.passes(60)

    assert stream.event() == {"event": "ping", "data": '{"interval":60}'}
    alice.web.passes(60)
    assert stream.event() == {"event": "ping", "data": '{"interval":60}'}


def test_a_ping_does_not_end_a_stream_that_waits_for_a_change(alice: JMAP) -> None:
    """RFC 8620 section 7.3, "closeafter": after a state event."""
    stream = alice.listens(closeafter="state", ping=60)
    alice.web.passes(60)

    assert stream.event() == like(event="ping")
    make(alice, "Plans")
    assert stream.change() == mailbox_change(alice)


def test_a_ping_comes_so_long_after_the_last_event(alice: JMAP) -> None:
    """RFC 8620 section 7.3: whenever that time passed since the previous event was sent."""
    stream = alice.listens(ping=60)
    alice.web.passes(40)
    make(alice, "Plans")
    assert stream.change() == mailbox_change(alice)
    alice.web.passes(40)
    assert stream.is_quiet()
    alice.web.passes(20)

    assert stream.event() == like(event="ping")


@pytest.mark.parametrize(("asked", "used"), [(1, 5), (30, 30), (300, 300), (86400, 900)])
def test_an_interval_is_kept_within_bounds_and_told(alice: JMAP, asked: int, used: int) -> None:
    """RFC 8620 section 7.3: a minimum of at most 30, a maximum of at least 300 seconds."""
    stream = alice.listens(ping=asked)
    alice.web.passes(used)

    assert stream.event() == like(data=json.dumps({"interval": used}, separators=(",", ":")))


def test_without_ping_none_comes(alice: JMAP) -> None:
    """RFC 8620 section 7.3: 0 means none."""
    stream = alice.listens(ping=0)
    alice.web.passes(3600)

    assert stream.is_quiet()


def test_changes_close_together_are_told_as_one(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 7.1: the server may coalesce; setting `jmap.event-source.throttle`."""
    home.build(throttle=10)
    stream = alice.listens()
    make(alice, "First")
    assert stream.change() == mailbox_change(alice)
    for at in range(5):
        make(alice, f"Plans {at}")
    assert stream.is_quiet()
    alice.web.passes(10)

    assert stream.change() == mailbox_change(alice)
    assert stream.is_quiet()


def test_who_does_not_read_is_told_the_latest_alone(alice: JMAP) -> None:
    """Ours: a slow reader costs no more memory than one that reads at once."""
    stream = alice.listens()
    stream.stops_reading()
    for at in range(20):
        make(alice, f"Plans {at}")
    stream.goes_on_reading()
    told = [stream.change(), stream.change()]

    assert told[-1] == mailbox_change(alice)
    assert stream.is_quiet()


def test_a_changed_password_ends_it(home: Home, alice: JMAP) -> None:
    """Architecture section 2: what a password opened ends with it; half a minute later at most."""
    stream = alice.listens()
    home.gives_password(alice, "new")
    alice.web.passes(30)

    assert stream.event() is None


def test_nothing_is_told_to_who_had_the_old_password(home: Home, alice: JMAP) -> None:
    """Architecture section 2: not even the first change after it."""
    stream = alice.listens()
    home.gives_password(alice, "new")
    alice.password = "new"
    make(alice, "Plans")

    assert stream.event() is None


def test_a_removed_account_ends_it(home: Home, alice: JMAP) -> None:
    """Architecture section 2: as for a changed password."""
    stream = alice.listens()
    home.directory.remove(alice.name)
    alice.web.passes(30)

    assert stream.event() is None


def test_what_another_process_changed_is_told(home: Home, alice: JMAP, elsewhere: Store) -> None:
    """Ours: what a process did that died before it could tell is looked for."""
    inbox = alice.mailbox("inbox")
    stream = alice.listens()
    with elsewhere.write(alice.number) as unit:
        unit.touch(MAILBOX.table, number_of(inbox))
    home.rereading.ask(alice.number)
    home.rereading.look()

    assert stream.change() == mailbox_change(alice)
    home.rereading.ask(alice.number)
    home.rereading.look()
    assert stream.is_quiet()


def test_a_look_survives_an_account_that_is_gone(home: Home, alice: JMAP, elsewhere: Store) -> None:
    """Ours: other accounts are looked at all the same."""
    stream = alice.listens()
    Directory(elsewhere).remove(alice.name)
    home.rereading.ask(0)
    home.rereading.ask(alice.number)
    home.rereading.look()
    alice.web.passes(30)

    assert stream.event() is None


def test_the_end_of_the_server_ends_it(home: Home, alice: JMAP) -> None:
    """Ours: a server that stops does not wait for those who listen."""
    stream = alice.listens()
    home.stopping.set()

    assert stream.event() is None
    assert stream.complete


def test_who_leaves_is_forgotten(home: Home, alice: JMAP) -> None:
    """Ours: nothing listens to the feed for a client that is gone."""
    stream = alice.listens()
    assert alice.number in home.feed.listened()
    stream.leave()

    assert alice.number not in home.feed.listened()


def test_who_leaves_while_not_reading_is_forgotten(home: Home, alice: JMAP) -> None:
    """Ours: not even if it never read."""
    stream = alice.listens()
    stream.stops_reading()
    make(alice, "Plans")
    stream.leave()

    assert alice.number not in home.feed.listened()


def test_a_server_that_stops_does_not_wait_for_the_time_between_two_events(home: Home, alice: JMAP) -> None:
    """Ours: what cannot be told yet is told when the client comes again."""
    home.build(throttle=1000)
    stream = alice.listens()
    make(alice, "Plans")
    assert stream.change() == mailbox_change(alice)

    home.stopping.set()

    assert stream.event() is None
    assert stream.complete


async def tasks() -> int:
    return len(asyncio.all_tasks())


def test_a_stream_that_waits_has_one_task_beside_that_of_its_request(alice: JMAP) -> None:
    """Ours: thousands of them wait at once, and each task takes more than a kilobyte."""
    alice.listens()
    before = alice.web.run(tasks())
    for _ in range(5):
        alice.listens()

    assert alice.web.run(tasks()) - before == 2 * 5
