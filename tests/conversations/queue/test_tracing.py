"""An attempt of the queue is told in a span, to who traces the server (ours)."""

from collections.abc import Iterator

import pytest
from tests.conversations.queue.conftest import Post
from tests.driver import JMAP
from tests.driver.collector import Begun

from pillarbox.telemetry.span import Side, trace


@pytest.fixture
def begun() -> Iterator[Begun]:
    tracing = Begun()
    trace(tracing)
    yield tracing
    trace(None)


def test_an_attempt_has_a_span(begun: Begun, sending: Post, alice: JMAP) -> None:
    """Ours: whose it is, and the id that log and journal know it by; no address."""
    sending.queues(alice, "bob@far.example")
    sending.mx.takes()
    sending.empties(alice)

    ((name, side, attributes),) = [one for one in begun.spans if one[0].startswith("queue.")]
    assert (name, side, attributes["pillarbox.account"]) == ("queue.attempt", Side.CLIENT, alice.number)
    assert attributes.keys() == {"pillarbox.account", "pillarbox.id"}
