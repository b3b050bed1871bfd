"""Requests are told in spans, to who traces the server (OpenTelemetry's semantic conventions; ours)."""

from collections.abc import Iterator

import pytest
from tests.driver import JMAP, Home
from tests.driver.collector import Collector, collecting, named

from pillarbox.telemetry.otlp import Receiver, Spans
from pillarbox.telemetry.span import trace


@pytest.fixture
def traced() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector
    trace(None)


def begins(traced: Collector) -> Spans:
    spans = Spans(Receiver(f"{traced.url}/v1/traces"), {})
    trace(spans)
    return spans


def test_a_request_is_a_span_and_its_methods_are_parts_of_it(traced: Collector, home: Home, alice: JMAP) -> None:
    """Ours: by route and method, and whose; nothing of what was asked for or answered, and no address."""
    spans = begins(traced)
    alice.asks("Mailbox/get", ids=None)
    home.web.sends("GET", "/no/such/path?token=hidden")
    spans.end()

    method, request, lost = traced.spans
    assert (method.name, method.parent_span_id, method.kind) == ("Mailbox/get", request.span_id, 1)
    assert (request.name, request.parent_span_id, request.kind) == ("POST jmap", b"", 2)
    said = named(request.attributes)
    assert len(said.pop("pillarbox.request")) == 16
    assert said.pop("http.response.body.size") > 0
    assert said == {
        "http.request.method": "POST",
        "http.route": "jmap",
        "http.response.status_code": 200,
        "pillarbox.account": alice.number,
    }
    assert (lost.name, named(lost.attributes)["http.response.status_code"]) == ("GET none", 404)
    assert not any(one in traced.octets for one in (b"alice", b"hidden", b"such"))
