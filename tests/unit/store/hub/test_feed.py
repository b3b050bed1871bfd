"""Both ends of the line, over a real socket."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from tests.journeys.program import until

from pillarbox.store import Notice
from pillarbox.store.hub import Hub, HubFeed
from pillarbox.store.hub import hub as hub_module
from pillarbox.store.hub import link as link_module
from pillarbox.store.hub.place import NAME, bound, connected
from pillarbox.wire.values import State

NEWS = Notice(1, {"Email": State("a-2")})


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """A hub, on a thread of its own as otherwise in another process."""
    open_, ending = threading.Event(), threading.Event()

    async def run() -> None:
        async with Hub(folder).open():
            open_.set()
            while not ending.is_set():
                await asyncio.sleep(0.005)

    thread = threading.Thread(target=asyncio.run, args=[run()])
    thread.start()
    assert open_.wait(10)
    try:
        yield
    finally:
        ending.set()
        thread.join()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[None]:
    with running(tmp_path):
        yield


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as closing:
        yield closing


class Reader:
    """Another process, listening to accounts: what it hears, and what it is asked to read again."""

    def __init__(self, folder: Path, closing: ExitStack, *accounts: int) -> None:
        self.heard: list[Notice] = []
        self.asked: list[int] = []
        self.feed = HubFeed(folder)
        closing.callback(self.feed.close)
        for account in accounts:
            closing.enter_context(self.feed.listen(account, self.heard.append))
        closing.enter_context(self.feed.hearing(self.asked.append))

    def is_joined(self) -> "Reader":
        """Waits until the hub knows whom it listens to."""
        until(lambda: bool(self.asked), "the hub has answered")
        self.asked.clear()
        return self


@pytest.mark.usefixtures("hub")
def test_what_one_process_publishes_another_hears(tmp_path: Path, closing: ExitStack) -> None:
    reader = Reader(tmp_path, closing, 1).is_joined()
    writer = HubFeed(tmp_path)
    closing.callback(writer.close)

    writer.expect(1)
    writer.publish(NEWS)

    until(lambda: reader.heard == [NEWS], "it was heard")
    assert reader.asked == []


@pytest.mark.usefixtures("hub")
def test_a_process_hears_itself_once_and_at_once(tmp_path: Path, closing: ExitStack) -> None:
    reader = Reader(tmp_path, closing, 1).is_joined()
    other = Reader(tmp_path, closing, 1).is_joined()

    reader.feed.publish(NEWS)

    assert reader.heard == [NEWS]
    until(lambda: other.heard == [NEWS], "the other has heard, after which nothing more comes")
    assert reader.heard == [NEWS]


@pytest.mark.usefixtures("hub")
def test_who_begins_to_listen_later_is_heard_of(tmp_path: Path, closing: ExitStack) -> None:
    reader = Reader(tmp_path, closing, 1).is_joined()
    heard: list[Notice] = []
    with reader.feed.listen(2, heard.append):
        until(lambda: reader.asked == [2], "it is to look, since something may have been just before")
        writer = Reader(tmp_path, closing, 3).is_joined()

        writer.feed.publish(Notice(2, {}))

        until(lambda: len(heard) == 1, "it was heard")


@pytest.mark.usefixtures("hub")
def test_a_bridge_hears_of_all_and_not_of_what_it_brought(tmp_path: Path, closing: ExitStack) -> None:
    bridge = Reader(tmp_path, closing, 7).is_joined()
    reader = Reader(tmp_path, closing, 1).is_joined()
    all_: list[Notice] = []
    with bridge.feed.listen_all(all_.append):
        # Its own line comes after the word that it listens to all.
        with bridge.feed.listen(8, lambda _: None):
            until(lambda: 8 in bridge.asked, "it listens")
        bridge.feed.relay(NEWS)
        until(lambda: reader.heard == [NEWS], "what it brought is heard by others")
        reader.feed.publish(Notice(5, {}))
        until(lambda: bool(all_), "it has heard")

    assert all_ == [Notice(5, {})]


def test_a_bridge_is_told_from_when_on_it_hears_of_all(tmp_path: Path, closing: ExitStack) -> None:
    """Also after a new connection: in between, something may have been said."""
    begun: list[None] = []
    with running(tmp_path):
        bridge = Reader(tmp_path, closing, 7).is_joined()
        closing.enter_context(bridge.feed.listen_all(lambda _: None, lambda: begun.append(None)))
        until(lambda: len(begun) == 1, "it is told")
    with running(tmp_path):
        until(lambda: len(begun) == 2, "and again")
        bridge.feed.close()


@pytest.mark.usefixtures("hub")
def test_a_bridge_that_missed_something_has_all_processes_look_itself_too(tmp_path: Path, closing: ExitStack) -> None:
    bridge = Reader(tmp_path, closing, 7).is_joined()
    readers = [Reader(tmp_path, closing, 1, 2).is_joined(), Reader(tmp_path, closing, 3).is_joined()]

    bridge.feed.reread_all()

    until(lambda: sorted(readers[0].asked) == [1, 2] and readers[1].asked == [3], "they look")
    assert bridge.asked == [7]


@pytest.mark.usefixtures("hub")
def test_what_is_said_by_who_is_gone_at_once_is_heard(tmp_path: Path, closing: ExitStack) -> None:
    """Ours: as by a command. Whatever the hub said to it meanwhile would be the last that it hears of it."""
    bridge = Reader(tmp_path, closing, 7).is_joined()
    with bridge.feed.listen_all(lambda _: None):
        bridge.feed.reread_all()
        reader = Reader(tmp_path, closing, 1).is_joined()
        for number in range(20):
            with connected(tmp_path, 1.0) as hasty:
                hasty.sendall(b'publish 1 {"Email":"a-%d"}\n' % number)
            until(lambda number=number: len(reader.heard) == number + 1, "it is heard")  # type: ignore[misc]


def test_what_no_hub_takes_may_be_told_in_another_way(tmp_path: Path, closing: ExitStack) -> None:
    told: list[Notice] = []
    writer = HubFeed(tmp_path, told.append)
    closing.callback(writer.close)
    writer.publish(NEWS)
    assert told == [NEWS]


@pytest.mark.usefixtures("hub")
def test_a_writer_killed_between_its_commit_and_its_word_makes_others_look(tmp_path: Path, closing: ExitStack) -> None:
    """Architecture section 2."""
    reader = Reader(tmp_path, closing, 1).is_joined()
    script = (
        "import sys, pathlib; from pillarbox.store.hub import HubFeed\n"
        "feed = HubFeed(pathlib.Path(sys.argv[1])); feed.expect(1); print('expected', flush=True); sys.stdin.read()"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"expected\n"
        assert reader.asked == []

        writer.send_signal(signal.SIGKILL)

        until(lambda: reader.asked == [1], "it is to look")
    assert reader.heard == []


@pytest.mark.usefixtures("hub")
def test_of_a_commit_that_is_in_doubt_all_look_for_themselves(tmp_path: Path, closing: ExitStack) -> None:
    reader = Reader(tmp_path, closing, 1).is_joined()
    writer = Reader(tmp_path, closing, 1).is_joined()

    writer.feed.expect(1)
    writer.feed.doubt(1)

    until(lambda: reader.asked == writer.asked == [1], "both are to look")


def test_without_a_hub_a_process_tells_itself(tmp_path: Path, closing: ExitStack) -> None:
    feed = HubFeed(tmp_path)
    closing.callback(feed.close)
    heard: list[Notice] = []

    with feed.listen(1, heard.append):
        feed.expect(1)
        feed.publish(NEWS)

    assert heard == [NEWS]


def test_a_hub_is_looked_for_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, tried = [100.0], []

    def refused(folder: Path, seconds: float) -> socket.socket:
        tried.append(now[0])
        raise FileNotFoundError(folder)

    monkeypatch.setattr(link_module, "connected", refused)
    link = link_module.Link(tmp_path, lambda: now[0])
    for now[0] in (100.0, 100.4, 100.9, 101.1, 101.2, 102.2):
        assert link.join() is None

    assert tried == [100.0, 101.1, 102.2]


def test_what_was_written_before_there_was_a_hub_is_told_in_the_end(tmp_path: Path, closing: ExitStack) -> None:
    writer = HubFeed(tmp_path)
    writer.publish(NEWS)
    with running(tmp_path), ExitStack() as within:
        reader = Reader(tmp_path, within, 1).is_joined()

        writer.close()

        until(lambda: reader.heard == [NEWS], "it was heard")


def test_what_is_expected_is_told_to_a_hub_that_comes_later(tmp_path: Path, closing: ExitStack) -> None:
    """Ours: the writer's death is noticed though there was no hub when it began."""
    script = (
        "import sys, pathlib; from pillarbox.store.hub import HubFeed\n"
        "feed = HubFeed(pathlib.Path(sys.argv[1]))\n"
        "with feed.hearing(lambda account: print('joined', flush=True)), feed.listen(9, print):\n"
        "    feed.expect(1); print('expected', flush=True); sys.stdin.read()"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"expected\n"
        with running(tmp_path), ExitStack() as within:
            reader = Reader(tmp_path, within, 1).is_joined()
            assert writer.stdout.readline() == b"joined\n"

            writer.send_signal(signal.SIGKILL)

            until(lambda: reader.asked == [1], "it is to look")


def test_of_what_was_written_before_there_was_a_hub_every_type_is_told(tmp_path: Path, closing: ExitStack) -> None:
    """In its last state: a later notice of the account need not name what an earlier one did."""
    writer = HubFeed(tmp_path)
    writer.publish(NEWS)
    writer.publish(Notice(1, {"Email": State("a-4"), "Thread": State("a-3")}))
    writer.publish(Notice(1, {"Mailbox": State("a-5")}))
    with running(tmp_path), ExitStack() as within:
        reader = Reader(tmp_path, within, 1).is_joined()

        writer.close()

        told = Notice(1, {"Email": State("a-4"), "Thread": State("a-3"), "Mailbox": State("a-5")})
        until(lambda: bool(reader.heard), "it was heard")
        assert reader.heard == [told]


def test_a_notice_that_found_no_hub_is_told_though_one_was_reached_meanwhile(
    tmp_path: Path, closing: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it would wait for the next time that the line is cut."""
    writer = HubFeed(tmp_path)
    closing.callback(writer.close)
    link = writer._link
    say = link.say

    def slow(octets: bytes) -> bool:
        said = say(octets)
        if not said:
            monkeypatch.undo()
            closing.enter_context(running(tmp_path))
            readers.append(Reader(tmp_path, closing, 1).is_joined())
            closing.enter_context(writer.hearing(lambda _: None))
            until(lambda: link.say(b"ignore 1\n"), "the writer has reached it")
        return said

    readers: list[Reader] = []
    monkeypatch.setattr(link, "say", slow)

    writer.publish(NEWS)

    until(lambda: readers[0].heard == [NEWS], "it was heard")


def test_after_a_new_connection_all_is_looked_at(tmp_path: Path, closing: ExitStack) -> None:
    with running(tmp_path):
        reader = Reader(tmp_path, closing, 1, 2).is_joined()
    reader.asked.clear()

    with running(tmp_path):
        until(lambda: sorted(reader.asked) == [1, 2], "both are to be looked at")
        reader.feed.close()


def test_a_hub_that_stands_still_stops_no_writer(tmp_path: Path, closing: ExitStack) -> None:
    listening = bound(tmp_path)
    closing.callback(listening.close)
    writer = HubFeed(tmp_path)
    closing.callback(writer.close)
    heard: list[Notice] = []

    with writer.listen(1, heard.append):
        for _ in range(5000):
            writer.expect(1)
            writer.publish(NEWS)

    assert len(heard) == 5000


@pytest.mark.usefixtures("hub")
def test_who_says_what_is_no_line_is_cut_off_and_nobody_else(tmp_path: Path, closing: ExitStack) -> None:
    reader = Reader(tmp_path, closing, 1).is_joined()
    for said in (b"hello\n", b"x" * 100_000, b"expect 1\n" * 10_000, b"publish 1 {]}\n"):
        with connected(tmp_path, 10.0) as stranger:
            with suppress(ConnectionError):
                stranger.sendall(said)
            assert _has_ended(stranger)
    reader.asked.clear()

    Reader(tmp_path, closing, 9).is_joined().feed.publish(NEWS)

    until(lambda: reader.heard == [NEWS], "the reader still hears")


@pytest.mark.usefixtures("hub")
def test_who_reads_nothing_is_cut_off(tmp_path: Path, closing: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "MAX_UNREAD", 10_000)
    stalled = connected(tmp_path, 10.0)
    closing.callback(stalled.close)
    stalled.sendall(b"listen 1\n")
    assert stalled.recv(100) == b"reread 1\n"
    writer = HubFeed(tmp_path)
    closing.callback(writer.close)
    long = Notice(1, {"x" * 1000: State("a-1")})

    for _ in range(1000):
        writer.publish(long)

    until(lambda: _has_ended(stalled), "it is cut off")


@pytest.mark.usefixtures("hub")
def test_the_socket_is_this_users_alone(tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert (tmp_path / NAME).stat().st_uid == os.geteuid()


def test_a_folder_with_a_long_name_is_as_good(tmp_path: Path, closing: ExitStack) -> None:
    """A UNIX address has 108 octets."""
    folder = tmp_path / ("x" * 100) / ("y" * 100)
    folder.mkdir(parents=True)
    with running(folder), ExitStack() as within:
        assert Reader(folder, within, 1).is_joined().heard == []


def _has_ended(connection: socket.socket) -> bool:
    """Whether its end has come, after what was sent before."""
    deadline = time.monotonic() + 5
    connection.settimeout(0.5)
    try:
        while time.monotonic() < deadline:
            if not connection.recv(1 << 16):
                return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return False
