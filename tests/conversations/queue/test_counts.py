"""How much mail is on its way, as metrics tell it (docs/reference/metrics.md)."""

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.conversations.queue.conftest import Post, until
from tests.driver import JMAP

from pillarbox.telemetry import exposition, metric
from pillarbox.telemetry.sheet import Sheet


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test counts from nothing."""
    own = metric.Own()
    own.sheet = Sheet.alone()
    monkeypatch.setattr(metric, "_own", own)
    for one in metric.METRICS:
        one.forget()
    yield
    for one in metric.METRICS:
        one.forget()


def queued() -> float:
    """The messages on their way."""
    families = text_string_to_metric_families(exposition.page().decode())
    (family,) = [family for family in families if family.name == "pillarbox_queue_messages"]
    return family.samples[0].value if family.samples else 0.0


def test_messages_on_their_way_are_counted(sending: Post, alice: JMAP) -> None:
    """Ours: until the last recipient has it, or never will."""
    sending.mx.says("RCPT", "451 4.7.1 Greylisted")
    sending.queues(alice, "bob@far.example")
    sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    until(queued, lambda found: found == 1)

    sending.passes(61, alice)
    sending.mx.takes()
    sending.empties(alice)
    until(queued, lambda found: found == 0)
