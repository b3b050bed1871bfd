"""Reports about messages that were sent (RFC 3464, RFC 8098), as far as they are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pillarbox.wire.message import Fate, Receipt, parse, receipt

DSN = """\
From: postmaster@far.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

No luck.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; far.example
Original-Envelope-Id: 17

Original-Recipient: rfc822; Bob@far.example
Final-Recipient: rfc822; bob@inner.far.example
Action: Failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1
 nobody here

Final-Recipient: utf-8; j\\x{F6}rg@far.example
Action: delivered
Status: 2.0.0
--b
Content-Type: text/rfc822-headers

Subject: Hello
Message-ID: <1@home.example>
--b--
"""

MDN = """\
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b

Seen.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;bob@far.example
Original-Message-ID: <1@home.example>
Disposition: manual-action/MDN-sent-manually; Displayed
--b--
"""


def read(text: str, end: str = "\r\n") -> Receipt | None:
    raw = text.replace("\n", end).encode()
    return receipt(raw, parse(raw))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_delivery_status_notification(end: str) -> None:
    """RFC 3464 section 2: each recipient by all addresses that are told, and what was replied over SMTP."""
    assert read(DSN, end) == Receipt(
        is_of_delivery=True,
        message_id="1@home.example",
        fates=(
            Fate(frozenset({"Bob@far.example", "bob@inner.far.example"}), "failed", "550 5.1.1 nobody here"),
            Fate(frozenset({"jörg@far.example"}), "delivered"),
        ),
    )


def test_a_message_disposition_notification() -> None:
    """RFC 8098 section 3.2: the message by its id, and the type of what was done with it."""
    assert read(MDN) == Receipt(
        is_of_delivery=False,
        message_id="1@home.example",
        fates=(Fate(frozenset({"bob@far.example"}), "displayed"),),
    )


def test_the_id_may_be_that_of_what_is_returned() -> None:
    """RFC 8098 section 3: the third part is the message or its header."""
    whole = MDN.replace("Original-Message-ID: <1@home.example>\n", "").replace(
        "--b--", "--b\nContent-Type: message/rfc822\n\nMessage-ID: <2@home.example>\n\ntext\n--b--"
    )
    told = read(whole)
    assert told is not None
    assert told.message_id == "2@home.example"


@pytest.mark.parametrize(
    "text",
    [
        "Subject: hello\n\ntext",
        DSN.replace("multipart/report", "multipart/mixed"),
        DSN.replace("message/delivery-status", "text/plain"),
    ],
)
def test_other_messages_are_none(text: str) -> None:
    """RFC 6522 section 3: multipart/report, with a part of the type of the report."""
    assert read(text) is None


@pytest.mark.parametrize(
    "field", ["Action: ", "Disposition: displayed", "Disposition: ;", "Diagnostic-Code: x-unix; 1"]
)
def test_what_is_not_said_is_not_told(field: str) -> None:
    """Ours: fields that are malformed are passed over."""
    name = field.partition(":")[0]
    told = [
        read("\n".join(field if line.startswith(f"{name}:") else line for line in one.split("\n")))
        for one in (DSN, MDN)
    ]
    assert all(fate.reply is None or name != "Diagnostic-Code" for one in told if one for fate in one.fates)
    assert all(one is not None for one in told)
    if name in ("Action", "Disposition"):
        assert () in [one.fates for one in told if one]


@given(some.lists(some.sampled_from((DSN + MDN).split("\n")), max_size=60))
def test_any_message_is_read(lines: list[str]) -> None:
    """Ours: reports come from anybody."""
    read("Content-Type: multipart/report; boundary=b\n\n--b\n" + "\n".join(lines))


def test_the_size_is_bounded() -> None:
    """Ours: a report with very many recipients tells of 1,000."""
    group = "Final-Recipient: rfc822; bob@far.example\nAction: failed\n\n"
    told = read(DSN.replace("Original-Recipient", group * 5000 + "Original-Recipient"))
    assert told is not None
    assert len(told.fates) == 1000
