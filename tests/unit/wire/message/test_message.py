"""Whole messages."""

import pytest

from pillarbox.wire.message import Field, attachment_names, parse

RAW = b"\r\n".join(
    [
        b"From: Bob <bob@far.example>",
        b"Subject: Plans",
        b"Content-Type: multipart/mixed; boundary=x",
        b"",
        b"--x",
        b"",
        b"Hello Alice",
        b"--x",
        b"Content-Type: application/pdf; name=plans.pdf",
        b"",
        b"PDF",
        b"--x",
        b"Content-Type: application/pdf",
        b"",
        b"PDF",
        b"--x--",
    ]
)


def test_a_message_is_read_once_and_whole() -> None:
    """RFC 8621 section 4.1."""
    message = parse(RAW)

    assert message.size == len(RAW)
    assert message.headers == message.root.headers
    assert message.headers[1] == Field("Subject", " Plans")
    assert message.text_body == message.html_body == message.root.parts[:1]
    assert message.attachments == message.root.parts[1:]
    assert message.has_attachment
    assert message.preview == "Hello Alice"
    assert not message.is_cut


def test_attachments_are_known_by_their_names() -> None:
    """Ours: for lists and for search; not all have one."""
    assert attachment_names(parse(RAW)) == ("plans.pdf",)


BOUNCE = b"\r\n".join(
    [
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        b"",
        b"--x",
        b"",
        b"Your message was not delivered.",
        b"--x",
        b"Content-Type: message/delivery-status",
        b"",
        b"Reporting-MTA: dns; far.example",
        b"--x",
        b"Content-Type: text/rfc822-headers",
        b"",
        b"Subject: Plans",
        b"--x--",
    ]
)


@pytest.mark.parametrize(
    ("raw", "body", "attachments"),
    [
        (BOUNCE, ["text/plain"], ["message/delivery-status", "text/rfc822-headers"]),
        (b"Content-Type: message/partial; id=a; number=1\r\n\r\nSubject: x", [], ["message/partial"]),
        (b"Content-Type: application/pkcs7-mime\r\n\r\nMIIB", [], ["application/pkcs7-mime"]),
        (b"Subject: x\r\n\r\nbegin 644 a.txt\r\n%2&5L;&\\\r\nend\r\n", ["text/plain"], []),
        (b"Content-Type: multipart/signed; boundary=x\r\n\r\n--x\r\n\r\nHello\r\n"
         b"--x\r\nContent-Type: application/pgp-signature\r\n\r\nabc\r\n--x--",
         ["text/plain"], ["application/pgp-signature"]),
        (b"Content-Type: multipart/appledouble; boundary=x\r\n\r\n--x\r\nContent-Type: application/applefile\r\n\r\na"
         b"\r\n--x\r\nContent-Type: image/jpeg\r\n\r\nb\r\n--x--",
         ["image/jpeg"], ["application/applefile"]),
        (b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nabc", [], ["application/ms-tnef"]),
    ],
)  # fmt: skip
def test_messages_of_every_kind_show_what_is_in_them(raw: bytes, body: list[str], attachments: list[str]) -> None:
    """RFC 8621 section 4.1.4: what a person would say is in them."""
    message = parse(raw)

    assert [part.type for part in message.text_body] == body
    assert [part.type for part in message.attachments] == attachments
