"""Servers on one database, each with its hub: who hears what of whom, and what follows from a cut."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from tests.journeys.program import until
from tests.neighbour.postgres import Cluster
from tests.unit.store.hub.test_feed import running

from pillarbox.store import Notice
from pillarbox.store.hub import HubFeed
from pillarbox.store.postgres import Link, Place, Voice, Way, channel
from pillarbox.store.postgres import channel as open_channel
from pillarbox.store.postgres import link as link_module
from pillarbox.store.postgres.channel import Channel
from pillarbox.store.postgres.parcel import Kind, Parcel
from pillarbox.store.postgres.server import feed as feed_module
from pillarbox.wire.values import State

NEWS = Notice(1, {"Email": State("a-2")})
LATER = Notice(1, {"Email": State("a-3")})
BACKENDS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pillarbox'"


class Process:
    """One process of a server: what it hears of account 1, and what it is asked to read again."""

    def __init__(self, folder: Path, closing: ExitStack) -> None:
        self.heard: list[Notice] = []
        self.asked: list[int] = []
        self.feed = HubFeed(folder)
        closing.callback(self.feed.close)
        closing.enter_context(self.feed.listen(1, self.heard.append))
        closing.enter_context(self.feed.hearing(self.reread))
        until(lambda: bool(self.asked), "it is joined to the hub")

    def reread(self, account: int) -> None:
        self.asked.append(account)


class Reading(Process):
    """One that reads what it is asked to, and finds news."""

    def reread(self, account: int) -> None:
        super().reread(account)
        self.feed.here.publish(NEWS)


class Node:
    """A server: a hub, a worker, and a background worker with a link."""

    def __init__(self, folder: Path, opens: Callable[[], Channel], background: type[Process] = Process) -> None:
        folder.mkdir()
        self.closing = ExitStack()
        self.closing.enter_context(running(folder))
        self.worker = Process(folder, self.closing)
        self.background = background(folder, self.closing)
        self.linked = self.closing.enter_context(ExitStack())
        self.linked.enter_context(Link(opens, self.background.feed).running())

    def forget(self) -> None:
        """All that was heard and asked until now."""
        for process in (self.worker, self.background):
            process.heard.clear()
            process.asked.clear()


@pytest.fixture(params=["listen", "poll"])
def way(request: pytest.FixtureRequest) -> Way:
    chosen: Way = request.param
    return chosen


@pytest.fixture
def place(postgres: Cluster) -> Place:
    return postgres.database()


@pytest.fixture
def opens(place: Place, way: Way) -> Callable[[], Channel]:
    return partial(channel, place, way)


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as closing:
        yield closing


@pytest.fixture
def overheard(opens: Callable[[], Channel], closing: ExitStack) -> Callable[[], list[Parcel]]:
    """All that was said on the database since."""
    listening = opens()
    closing.callback(listening.close)
    said: list[Parcel] = []

    def told() -> list[Parcel]:
        said.extend(Parcel.read(text) for text in listening.received())
        return said

    return told


@pytest.fixture
def starts(
    opens: Callable[[], Channel], tmp_path: Path, closing: ExitStack, overheard: Callable[[], list[Parcel]]
) -> Callable[..., Node]:
    """Starts a server; its link is there."""
    started = 0

    def start(background: type[Process] = Process) -> Node:
        nonlocal started
        started += 1
        before = len(begins(overheard()))
        node = Node(tmp_path / f"{started}", opens, background)
        closing.enter_context(node.closing)
        # Once for the database, and once for the hub, if that answered later.
        until(lambda: len(begins(overheard())) > before, "it is linked")
        until(lambda: bool(node.background.asked), "it looks for what it missed")
        return node

    return start


@pytest.fixture
def one(starts: Callable[..., Node]) -> Node:
    return starts()


@pytest.fixture
def other(one: Node, starts: Callable[..., Node]) -> Node:
    return starts()


def begins(said: list[Parcel]) -> list[Parcel]:
    return [one for one in said if one.kind is Kind.BEGIN]


def news(said: list[Parcel]) -> list[Notice]:
    return [notice for parcel in said for notice in parcel.notices]


def test_a_commit_at_one_server_is_heard_by_all_processes_of_the_other(one: Node, other: Node) -> None:
    """Architecture section 3.2."""
    one.worker.feed.publish(NEWS)
    until(lambda: NEWS in other.worker.heard and NEWS in other.background.heard, "both have heard")

    other.background.feed.publish(LATER)
    until(lambda: LATER in one.worker.heard and LATER in one.background.heard, "and the other way round")


def test_what_was_told_is_told_back_by_nobody(one: Node, other: Node, overheard: Callable[[], list[Parcel]]) -> None:
    one.worker.feed.publish(NEWS)
    until(lambda: NEWS in other.worker.heard, "it was heard")
    # Whatever had been told back to here would have been so before this one.
    other.worker.feed.publish(LATER)
    until(lambda: LATER in one.worker.heard, "the answer was heard")

    assert one.worker.heard.count(NEWS) == 1
    until(lambda: LATER in news(overheard()), "it was said")
    # Of two servers' news no order is promised.
    said = news(overheard())
    assert (said.count(NEWS), said.count(LATER), len(said)) == (1, 1, 2)


def test_when_a_server_comes_all_others_look_for_what_they_have_missed(one: Node, starts: Callable[..., Node]) -> None:
    """What it said at its end, or while its link was away, may have been heard by nobody."""
    one.forget()
    starts()
    until(lambda: 1 in one.worker.asked and 1 in one.background.asked, "both processes look")


def test_connections_that_were_cut_are_made_again_and_all_look(
    one: Node, other: Node, postgres: Cluster, place: Place
) -> None:
    one.forget()
    other.forget()
    postgres.sql(place, BACKENDS)
    until(lambda: 1 in one.worker.asked and 1 in other.worker.asked, "all look")

    def heard() -> bool:
        one.worker.feed.publish(NEWS)
        return NEWS in other.worker.heard

    until(heard, "they hear each other again")


def test_what_another_process_left_untold_is_told_to_the_other_server(starts: Callable[..., Node]) -> None:
    """A writer that died in its commit: its own server reads, and tells what it finds."""
    one, other = starts(Reading), starts()
    other.forget()
    writer = HubFeed(Path(one.background.feed._link._folder))
    writer.expect(1)
    writer.close()
    until(lambda: NEWS in other.worker.heard, "it was heard")


def test_a_server_that_is_silent_is_gone_and_may_have_had_something_to_say(
    starts: Callable[..., Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "BEAT", 0.1)
    monkeypatch.setattr(link_module, "SILENCE", 0.5)
    one, other = starts(), starts()
    one.forget()
    other.linked.close()
    until(lambda: 1 in one.worker.asked, "the worker looks")


def test_a_process_without_a_hub_is_heard_and_has_said_all_when_it_is_closed(
    one: Node, opens: Callable[[], Channel], tmp_path: Path
) -> None:
    voice = Voice(opens)
    (tmp_path / "elsewhere").mkdir()
    feed = HubFeed(tmp_path / "elsewhere", voice.tell)
    for at in range(100):
        feed.publish(Notice(1, {"Email": State(f"a-{at}")}))
    feed.close()
    voice.close()
    until(lambda: Notice(1, {"Email": State("a-99")}) in one.worker.heard, "the last was heard")


def test_a_process_that_has_nothing_to_say_connects_to_nothing() -> None:
    def never() -> Channel:
        raise AssertionError("nobody has anything to say")

    Voice(never).close()


def test_a_process_with_a_hub_does_not_speak_for_itself(one: Node) -> None:
    def refuse(notice: Notice) -> None:
        raise AssertionError("the hub has taken it")

    feed = HubFeed(Path(one.background.feed._link._folder), refuse)
    feed.publish(NEWS)
    feed.close()
    until(lambda: NEWS in one.worker.heard, "it was heard")


def test_what_a_stranger_says_is_passed_over(one: Node, other: Node, opens: Callable[[], Channel]) -> None:
    """Whoever may use the database may say something there."""
    stranger = opens()
    stranger.send(["hello", "0123456789abcdef news\npublish 1 {]}\n"])
    stranger.close()
    one.worker.feed.publish(NEWS)
    until(lambda: NEWS in other.worker.heard, "they still hear each other")


def test_a_table_that_was_not_looked_at_for_long_may_have_lost_something(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    polling = open_channel(place, "poll")
    monkeypatch.setattr(feed_module, "KEPT", -1)
    try:
        with pytest.raises(Exception, match="not looked at in time"):
            polling.received()
    finally:
        polling.close()


def test_what_was_said_long_ago_is_forgotten(place: Place, postgres: Cluster) -> None:
    said = open_channel(place, "poll")
    said.send(["one", "two"])
    postgres.sql(place, "UPDATE feed SET at = at - interval '2 minutes'")
    open_channel(place, "poll").close()
    said.close()
    assert postgres.sql(place, "SELECT count(*) FROM feed") == [(0,)]


def test_nothing_is_missed_that_was_committed_late(place: Place) -> None:
    """Each who speaks has numbers of its own, so nobody's are passed over for another's."""
    one, other, reader = (open_channel(place, "poll") for _ in range(3))
    try:
        one.send(["a", "b"])
        assert sorted(reader.received()) == ["a", "b"]
        other.send(["c"])
        one.send(["d"])
        assert sorted(reader.received()) == ["c", "d"]
        assert reader.received() == []
    finally:
        for each in (one, other, reader):
            each.close()
