"""The fields in front of a message."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pillarbox.delivery.trace import Hop, hops, trace, without_return_path

HOP = Hop(
    client="mx.far.example",
    address="192.0.2.1",
    host="mail.ours.example",
    id="abc",
    utf8=False,
    reverse_path="",
    only_recipient=None,
    moment=datetime(2027, 1, 5, 8, 0, tzinfo=UTC),
)


def test_the_form_is_that_of_the_rfc() -> None:
    """RFC 5321 section 4.4."""
    assert trace(HOP) == (
        b"Return-Path: <>\r\n"
        b"Received: from mx.far.example ([192.0.2.1])\r\n"
        b"\tby mail.ours.example with LMTP id abc;\r\n"
        b"\tTue, 05 Jan 2027 08:00:00 +0000\r\n"
    )


@pytest.mark.parametrize(
    ("address", "literal"),
    [
        ("2001:db8::1", b"([IPv6:2001:db8::1])"),
        ("fe80::1%eth0", b"([IPv6:fe80::1])"),
        ("::ffff:192.0.2.1", b"([192.0.2.1])"),
    ],
)
def test_an_address_is_a_literal(address: str, literal: bytes) -> None:
    """RFC 5321 section 4.1.3."""
    assert literal in trace(replace(HOP, address=address))


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        (b"", b""),
        (b"Subject: x\r\nReturn-Path: <a@b>\r\n", None),
        (b"Return-Path: <a@b>\r\nSubject: x\r\n", b"Subject: x\r\n"),
        (b"RETURN-PATH : <a@b>\r\n\t(c)\r\nReturn-path:\r\nX: y\r\n", b"X: y\r\n"),
        (b"Return-Path: <a@b>", None),
        (b"Return-Path: <a@b>\r\n", b""),
        (b"Return-Pathology: x\r\n", None),
        (b"\r\nReturn-Path: <a@b>\r\n", None),
    ],
)
def test_return_paths_at_the_beginning_are_taken_away(message: bytes, rest: bytes | None) -> None:
    """RFC 5321 section 4.4."""
    assert bytes(without_return_path(message)) == (message if rest is None else rest)


@pytest.mark.parametrize(
    ("message", "count"),
    [
        (b"", 0),
        (b"Received: a\r\nRECEIVED:b\r\nX-Received: c\r\n received: d\r\nReceived-SPF: e\r\n\r\nReceived: f\r\n", 2),
        (b"\r\nReceived: a\r\n", 0),
        (b"Received: a\nReceived: b\n\nReceived: c\n", 2),
        (b"Received: a\r\n" * 1000, 1000),
    ],
)
def test_received_fields_are_counted_in_the_header(message: bytes, count: int) -> None:
    """RFC 5321 section 6.3."""
    assert hops(bytearray(message)) == count
