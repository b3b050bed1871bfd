"""Two servers behind HAProxy, one of them on another machine: what befalls one loses nothing, and clients go on.

As docs/administrators/several-servers.md says it; the configurations are that page's.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.journeys.nodes.crowd import Crowd
from tests.journeys.nodes.site import PEOPLE, Node, Site
from tests.journeys.program import until
from tests.journeys.test_sending import sends
from tests.neighbour.mx import MX

from pillarbox.sample import many

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

ALICE = PEOPLE[0]


@pytest.fixture
def crowd(nodes: Site) -> Crowd:
    seed = int(os.environ.get("PILLARBOX_SEED", random.randrange(2**32)))  # noqa: S311
    print(f"PILLARBOX_SEED={seed}")
    return Crowd(nodes, random.Random(seed))  # noqa: S311


@contextmanager
def frozen(node: Node) -> Iterator[None]:
    """A block in which none of its processes does anything, as of a machine that is suspended."""
    processes = [node.process.pid, *node.processes()]
    for number in processes:
        os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        for number in processes:
            os.kill(number, signal.SIGCONT)


def test_who_is_connected_to_one_hears_within_a_second_of_what_is_done_at_the_other(nodes: Site) -> None:
    """Issue 8: push reaches all within a second; event sources by way of HAProxy, at each server."""
    # HAProxy gives who comes to whom fewest are connected: of four streams two are at each.
    listeners = [nodes.client(ALICE) for _ in range(4)]
    streams = [listener.listen() for listener in listeners]
    for listener in listeners:
        listener.session()
    writers = [nodes.client(ALICE) for _ in range(2)]

    for writer, message in zip(writers, many(2, 1), strict=True):
        writer.import_(message.raw)
        done = time.monotonic()
        for stream in streams:
            assert stream.change(listeners[0].account, "Email", 5.0).at - done < 1.0


def test_one_that_is_killed_takes_nothing_with_it(nodes: Site, crowd: Crowd) -> None:
    """Issue 8: nothing acknowledged is lost, nothing is there twice, and clients go on by themselves."""
    with crowd.working():
        for node in (nodes.here, nodes.far):
            node.kill()
            crowd.goes_on()
            node.start()
            nodes.settles()
    print(crowd.told())


def test_one_that_is_cut_off_from_its_clients_is_left_by_them(nodes: Site, crowd: Crowd) -> None:
    """Issue 8: the cable between HAProxy and a server; what is sent there arrives nowhere, and nobody is told."""
    with crowd.working():
        nodes.machine.front.cut()
        crowd.goes_on()
        until(lambda: nodes.seen()["two"] == "DOWN", "HAProxy has noticed")
        nodes.machine.front.mend()
        nodes.settles()
    print(crowd.told())


def test_one_that_is_cut_off_from_the_database_says_so_and_is_left(nodes: Site, crowd: Crowd) -> None:
    """Issue 8: it lives, and is not ready; when the database can be reached again it is, without a restart."""
    with crowd.working():
        nodes.machine.back.cut()
        crowd.goes_on()
        until(lambda: not nodes.far.is_ready(), "it says that it is not ready", 15)
        assert nodes.far.asked("/healthz/live") == 200
        until(lambda: nodes.seen()["two"] == "DOWN", "HAProxy has noticed")
        nodes.machine.back.mend()
        nodes.settles()
    print(crowd.told())


def test_what_one_does_for_all_another_does_when_it_is_frozen(nodes: Site, mx: MX) -> None:
    """Ours (adr/0065): after ten seconds; and when it thaws in the midst of its work, it does nothing twice."""
    until(lambda: nodes.holder() is not None, "one does it")
    before = nodes.holder()
    assert before is not None
    other = nodes.here if before is nodes.far else nodes.far
    began = time.monotonic()
    with frozen(before):
        sends(other.client(ALICE), "dan@elsewhere.example")
        until(lambda: nodes.seen()[nodes.name(before)] == "DOWN", "HAProxy sends nobody there")
        until(lambda: nodes.holder() is other, "another does it", 20)
        print(f"taken over after {time.monotonic() - began:.1f} s")
        mx.takes()
    nodes.settles()
    assert nodes.holder() is other
    assert mx.took_nothing()


def test_a_database_that_dies_takes_nothing_with_it(nodes: Site, crowd: Crowd) -> None:
    """Issue 8: its standby, for which each commit waited, is promoted; no server is started again."""
    running = [node.process.pid for node in (nodes.here, nodes.far)]
    with crowd.working():
        nodes.databases.primary.kill()
        nodes.databases.promote()
        crowd.goes_on()
        nodes.settles()
    print(crowd.told())
    assert [node.process.pid for node in (nodes.here, nodes.far)] == running
    nodes.databases.renew()


def test_one_that_is_told_to_end_fails_no_request(nodes: Site, crowd: Crowd) -> None:
    """Ours: for `server.drain` it serves on, and HAProxy sends it nobody new; so each is upgraded in turn."""
    node = nodes.far
    with crowd.working():
        before = crowd.refusals
        node.process.send_signal(signal.SIGTERM)
        until(lambda: "NOLB" in nodes.seen().values(), "HAProxy sends it nobody new")
        assert node.process.wait(30) == 0
        crowd.goes_on()
        node.start()
        nodes.settles()
        assert crowd.refusals == before
    print(crowd.told())
