"""Email/parse: blobs read as messages, without being filed (RFC 8621 section 4.9)."""

import base64
from typing import Any

import pytest
from tests.conversations.jmap.email.letters import LETTER, LIST_LETTER, letter
from tests.driver import ANY, JMAP, MAIL, Home, call, like

DEFAULT = [
    "messageId",
    "inReplyTo",
    "references",
    "sender",
    "from",
    "to",
    "cc",
    "bcc",
    "replyTo",
    "subject",
    "sentAt",
    "hasAttachment",
    "preview",
    "bodyValues",
    "textBody",
    "htmlBody",
    "attachments",
]


def octets(message: str) -> bytes:
    return message.replace("\n", "\r\n").encode()


def parsed(alice: JMAP, blob: str, **arguments: Any) -> Any:
    """The one message that a blob is."""
    answer = alice.asks("Email/parse", blobIds=[blob], **arguments)
    assert list(answer["parsed"] or ()) == [blob], answer
    return answer["parsed"][blob]


def test_an_upload_is_read_as_a_message(alice: JMAP) -> None:
    """RFC 8621 section 4.9: the default properties; nothing changes."""
    state = alice.state("Email")
    blob = alice.uploads(octets(LETTER))

    alice.says("Email/parse", blobIds=[blob])

    told = alice.hears("Email/parse", accountId=alice.account_id, notParsable=None, notFound=None)
    assert sorted(told["parsed"][blob]) == sorted(DEFAULT)
    assert told["parsed"][blob] == like(
        messageId=["one@far.example"], subject="Grüße from afar", hasAttachment=True, preview="Grüße!"
    )
    assert alice.state("Email") == state


def test_it_is_told_as_when_it_is_filed(alice: JMAP) -> None:
    """RFC 8621 section 4.9: every property that follows from the message is that of Email/get."""
    for message in (LETTER, LIST_LETTER, letter()):
        email = alice.receives(message)
        wanted = [*DEFAULT, "blobId", "size", "headers", "bodyStructure", "header:X-Twice:all", "header:To:asAddresses"]
        arguments = {
            "properties": wanted,
            "bodyProperties": ["partId", "blobId", "size", "type", "headers", "header:Content-Type", "subParts"],
            "fetchAllBodyValues": True,
            "maxBodyValueBytes": 7,
        }
        (got,) = alice.asks("Email/get", ids=[email], **arguments)["list"]
        del got["id"]

        assert parsed(alice, got["blobId"], **arguments) == got


def test_what_only_a_filed_email_has_is_null(alice: JMAP) -> None:
    """RFC 8621 section 4.9: id, mailboxIds, keywords and receivedAt; and threadId, which may be."""
    blob = alice.uploads(octets(LETTER))

    assert parsed(alice, blob, properties=["id", "mailboxIds", "keywords", "receivedAt", "threadId", "size"]) == {
        "id": None,
        "mailboxIds": None,
        "keywords": None,
        "receivedAt": None,
        "threadId": None,
        "size": len(octets(LETTER)),
    }


def test_an_attached_message_is_read_and_its_parts_are_had(alice: JMAP) -> None:
    """RFC 8621 section 4.9: "parse and display attached messages"; blobIds of its parts work like any."""
    email = alice.receives(LIST_LETTER)
    (got,) = alice.asks("Email/get", ids=[email], properties=["attachments"])["list"]
    (attached,) = (part["blobId"] for part in got["attachments"] if part["type"] == "message/rfc822")

    inner = parsed(alice, attached, properties=["subject", "textBody", "bodyValues"], fetchTextBodyValues=True)

    assert inner == like(subject="J", bodyValues={"1": like(value=ANY)})
    assert inner["bodyValues"]["1"]["value"].strip() == "J"
    assert alice.downloads(inner["textBody"][0]["blobId"]).octets.strip() == b"J"


def test_a_message_that_is_attached_in_base64_is_read_as_well(alice: JMAP) -> None:
    """Ours: RFC 2046 section 5.2.1 forbids it, and it is sent; its parts are within what the encoding gives."""
    inside = base64.encodebytes(octets(LETTER)).decode()
    outer = (
        "From: a@far.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inside}\n--x--\n"
    )
    email = alice.receives(outer)
    (got,) = alice.asks("Email/get", ids=[email], properties=["attachments"])["list"]
    attached = got["attachments"][0]["blobId"]

    inner = parsed(alice, attached, fetchTextBodyValues=True)

    assert inner == like(subject="Grüße from afar")
    assert [value["value"].strip() for value in inner["bodyValues"].values()] == ["Grüße!"]
    assert alice.downloads(inner["attachments"][0]["blobId"]).octets == b"%PDF-1.4"
    again = alice.uploads(b"x")
    assert alice.downloads(f"{again}-0-1-i-0-5-b-0-9-q").octets == b""


def test_what_is_no_message_is_not_parsable(alice: JMAP) -> None:
    """RFC 8621 section 4.9: notParsable; what has no header field is nothing that could be shown."""
    blobs = [alice.uploads(one) for one in (b"", b"\0\1\2\xff", b"just text\r\n")]

    alice.says("Email/parse", blobIds=blobs)

    alice.hears("Email/parse", parsed=None, notParsable=blobs, notFound=None)


def test_what_is_not_there_is_not_found(alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 4.9: notFound, for another's blob as well."""
    for at in range(5):
        bob.uploads(b"Subject: %d\r\n\r\n" % at)
    others = bob.uploads(b"Subject: x\r\n\r\n")

    alice.says("Email/parse", blobIds=["b9999", "x", others, "#none"])

    alice.hears("Email/parse", parsed=None, notParsable=None, notFound=["b9999", "x", others, "#none"])


def test_headers_in_utf_8_are_read(alice: JMAP) -> None:
    """RFC 8621 section 4.9: "MUST support messages with EAI headers" (RFC 6532)."""
    blob = alice.uploads("From: Jörg <jörg@bücher.example>\r\nSubject: 日本\r\n\r\nx\r\n".encode())

    got = parsed(alice, blob, properties=["from", "subject"])
    assert got == {"from": [{"name": "Jörg", "email": "jörg@bücher.example"}], "subject": "日本"}


def test_bare_line_feeds_are_read(alice: JMAP) -> None:
    """RFC 8621 section 4.9, as clarified (Q16): certain errors may be handled."""
    blob = alice.uploads(LETTER.encode())
    assert parsed(alice, blob, properties=["subject"]) == {"subject": "Grüße from afar"}


@pytest.mark.parametrize(("most", "value"), [(0, "aé<b>x</b>"), (1, "a"), (2, "a"), (3, "aé"), (5, "aé"), (6, "aé<b>")])
def test_a_text_is_cut_between_characters_and_tags(alice: JMAP, most: int, value: str) -> None:
    """RFC 8621 section 4.9: maxBodyValueBytes octets, valid UTF-8, no half a tag."""
    blob = alice.uploads("Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\naé<b>x</b>".encode())
    got = parsed(alice, blob, fetchHTMLBodyValues=True, maxBodyValueBytes=most)

    assert got["bodyValues"]["1"] == {"value": value, "isEncodingProblem": False, "isTruncated": most != 0}


def test_a_header_is_told_in_the_capitals_it_was_asked_in(alice: JMAP) -> None:
    """RFC 8621 section 4.9: "identical to that used in the request"."""
    blob = alice.uploads(octets(LETTER))
    assert parsed(alice, blob, properties=["header:sUBJECT:asText"]) == {"header:sUBJECT:asText": "Grüße from afar"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"properties": ["header:From:asDate"]},
        {"properties": ["nonsense"]},
        {"bodyProperties": ["header:From:asDate"]},
        {"bodyProperties": ["nonsense"]},
        {"blobIds": None},
        {"blobIds": [7]},
        {"maxBodyValueBytes": -1},
        {"fetchAllBodyValues": 1},
        {"more": 1},
    ],
)
def test_what_cannot_be_asked_for_is_refused(alice: JMAP, arguments: dict[str, Any]) -> None:
    """RFC 8621 section 4.9: invalidArguments, for a form that is forbidden for a field as well."""
    alice.says("Email/parse", **{"blobIds": [], **arguments})
    alice.hears("error", type="invalidArguments")


def test_more_than_allowed_at_once_are_too_many(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.2: requestTooLarge."""
    home.build(parsed=2)
    alice.says("Email/parse", blobIds=["b1", "b2", "b3"])
    alice.hears("error", type="requestTooLarge")


def test_more_octets_than_an_answer_may_have_are_not_read(home: Home, alice: JMAP) -> None:
    """Ours: requestTooLarge; what is read counts, however little is told of it."""
    blob = alice.uploads(octets(letter("x" * 5000)))
    home.build(answer=4000)
    alice.says("Email/parse", blobIds=[blob], properties=["subject"])
    alice.hears("error", type="requestTooLarge")


def test_it_needs_the_capability_of_mail(alice: JMAP) -> None:
    """RFC 8620 section 3.3: unknownMethod for what was not opted in to."""
    alice.using = [one for one in alice.using if one != MAIL]
    alice.says_all(call("Email/parse", blobIds=[]))
    alice.hears("error", type="unknownMethod")
