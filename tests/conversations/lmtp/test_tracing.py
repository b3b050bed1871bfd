"""A delivery is told in a span, to who traces the server (ours)."""

from collections.abc import Iterator

import pytest
from tests.conversations.lmtp.conftest import Office
from tests.driver.collector import Begun

from pillarbox.access import Principal
from pillarbox.telemetry.span import Side, trace


@pytest.fixture
def begun() -> Iterator[Begun]:
    tracing = Begun()
    trace(tracing)
    yield tracing
    trace(None)


def test_each_recipient_has_a_span(office: Office, alice: Principal, carol: Principal, begun: Begun) -> None:
    """Ours: whose it is, and the id that log and journal know it by; no address."""
    mta = office.greets()
    mta.offers(b"Subject: Plans\r\n\r\nHello.\r\n", "alice@ours.example", "carol@ours.example")
    mta.hears("250", "250")

    assert begun.spans == [
        ("lmtp.deliver", Side.SERVER, {"pillarbox.account": one.number, "pillarbox.id": "t2"}) for one in (alice, carol)
    ]
