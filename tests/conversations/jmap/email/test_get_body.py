"""Email/get: body parts and their values (RFC 8621 sections 4.1.4 and 4.2)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import LETTER, LIST_LETTER, letter
from tests.driver import ANY, JMAP, like

PART_DEFAULT = {"partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location"}


def get(alice: JMAP, message: str | bytes, *properties: str, **arguments: Any) -> Any:
    """The properties of an Email of this message."""
    email = alice.receives(message)
    (got,) = alice.asks("Email/get", ids=[email], properties=list(properties), **arguments)["list"]
    return got


def test_parts_have_the_rfcs_default_properties(alice: JMAP) -> None:
    """RFC 8621 section 4.2, "bodyProperties"."""
    got = get(alice, LETTER, "bodyStructure", "textBody", "htmlBody", "attachments")

    for part in (got["bodyStructure"], *got["textBody"], *got["htmlBody"], *got["attachments"]):
        assert part.keys() == PART_DEFAULT


def test_a_part_tells_what_its_header_says(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, EmailBodyPart."""
    got = get(alice, LETTER, "attachments", "textBody")

    assert got == {
        "id": ANY,
        "attachments": [
            {
                "partId": ANY,
                "blobId": ANY,
                "size": 8,
                "name": "plan.pdf",
                "type": "application/pdf",
                "charset": None,
                "disposition": "attachment",
                "cid": "plan@far.example",
                "language": None,
                "location": "https://far.example/plan.pdf",
            }
        ],
        "textBody": [
            {
                "partId": ANY,
                "blobId": ANY,
                "size": 8,
                "name": None,
                "type": "text/plain",
                "charset": "utf-8",
                "disposition": None,
                "cid": None,
                "language": ["en", "de"],
                "location": None,
            }
        ],
    }


def test_a_multipart_has_neither_part_id_nor_blob(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "partId" and "blobId": null if, and only if, the type is multipart/*."""
    structure = get(alice, LETTER, "bodyStructure", bodyProperties=["partId", "blobId", "type", "subParts"])[
        "bodyStructure"
    ]

    assert structure == {
        "partId": None,
        "blobId": None,
        "type": "multipart/mixed",
        "subParts": [
            {
                "partId": None,
                "blobId": None,
                "type": "multipart/alternative",
                "subParts": [
                    {"partId": "1", "blobId": ANY, "type": "text/plain", "subParts": None},
                    {"partId": "2", "blobId": ANY, "type": "text/html", "subParts": None},
                ],
            },
            {"partId": "3", "blobId": ANY, "type": "application/pdf", "subParts": None},
        ],
    }


def test_the_example_is_taken_apart_as_in_the_rfc(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4: textBody A B C D K, htmlBody A E K, attachments C F G H J."""
    got = get(alice, LIST_LETTER, "textBody", "htmlBody", "attachments", bodyProperties=["blobId"])

    def letters(name: str) -> str:
        return "".join(alice.downloads(part["blobId"]).octets.decode().split()[-1] for part in got[name])

    assert letters("textBody") == "ABCDK"
    assert letters("htmlBody") == "AEK"
    assert letters("attachments") == "CFGHJ"


def test_the_blob_of_a_part_is_its_decoded_content(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "blobId" and "size"."""
    got = get(alice, LETTER, "attachments", "textBody")

    assert alice.downloads(got["attachments"][0]["blobId"]).octets == b"%PDF-1.4"
    assert alice.downloads(got["textBody"][0]["blobId"]).octets == "Grüße!".encode()


def test_a_part_in_an_unknown_encoding_is_taken_as_it_is(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "blobId"; its value has an encoding problem."""
    got = get(
        alice,
        letter("aGVsbG8=", Content_Transfer_Encoding="rot13"),
        "textBody",
        "bodyValues",
        fetchTextBodyValues=True,
    )

    assert alice.downloads(got["textBody"][0]["blobId"]).octets == b"aGVsbG8=\r\n"
    assert got["bodyValues"] == {"1": {"value": "aGVsbG8=\n", "isEncodingProblem": True, "isTruncated": False}}


def test_an_attached_message_is_downloaded_whole(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "attachments": message/* types have no subParts."""
    got = get(alice, LIST_LETTER, "attachments", bodyProperties=["blobId", "type", "subParts"])

    part = got["attachments"][-1]
    assert part == {"blobId": ANY, "type": "message/rfc822", "subParts": None}
    assert alice.downloads(part["blobId"]).octets == b"Subject: J\r\n\r\nJ"


def test_header_fields_of_parts_are_had_by_name(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4: `header:` properties of an EmailBodyPart."""
    names = ["header:Content-TYPE", "header:content-language:asText", "header:X-None:all", "header:Subject:asText"]

    got = get(alice, LETTER, "textBody", "bodyStructure", bodyProperties=names)

    assert got["textBody"] == [
        {
            "header:Content-TYPE": " text/plain; charset=utf-8",
            "header:content-language:asText": "en, de",
            "header:X-None:all": [],
            "header:Subject:asText": None,
        }
    ]
    assert got["bodyStructure"]["header:Subject:asText"] == "Grüße from afar"


def test_headers_of_a_part_are_all_its_fields(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "headers"."""
    got = get(alice, LETTER, "textBody", bodyProperties=["headers"])

    assert got["textBody"] == [
        {
            "headers": [
                {"name": "Content-Type", "value": " text/plain; charset=utf-8"},
                {"name": "Content-Transfer-Encoding", "value": " quoted-printable"},
                {"name": "Content-Language", "value": " en, de"},
            ]
        }
    ]


def test_headers_of_the_outermost_part_are_the_messages(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "bodyStructure": the message is its outermost part."""
    got = get(alice, letter(Subject="One"), "bodyStructure", "headers", bodyProperties=["headers"])

    assert got["bodyStructure"]["headers"] == got["headers"]


@pytest.mark.parametrize("name", ["nothing", "header:From:asDate", "header:", "id", 1, None])
def test_an_unknown_property_of_parts_is_refused(alice: JMAP, name: object) -> None:
    """RFC 8621 section 4.2; RFC 8620 section 3.6.2."""
    alice.says("Email/get", ids=[], bodyProperties=["type", name])

    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fetchTextBodyValues", 1),
        ("fetchHTMLBodyValues", None),
        ("fetchAllBodyValues", "true"),
        ("maxBodyValueBytes", -1),
        ("maxBodyValueBytes", 1.5),
        ("bodyProperties", "type"),
        ("fetchHtmlBodyValues", True),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused(alice: JMAP, name: str, value: object) -> None:
    """RFC 8620 section 3.6.2, invalidArguments."""
    alice.says("Email/get", ids=[], **{name: value})

    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {"type": "text/plain", "charset": "us-ascii"}),
        ("Content-Type: text/HTML\n", {"type": "text/html", "charset": "us-ascii"}),
        ("Content-Type: text/plain; charset=UTF-8 (a comment)\n", {"type": "text/plain", "charset": "UTF-8"}),
        ("Content-Type: image/png (a picture); name=x\n", {"type": "image/png", "charset": None}),
        ("Content-Type: nonsense\n", {"type": "text/plain"}),
    ],
)
def test_type_and_charset_fall_back_to_what_mime_implies(alice: JMAP, header: str, expected: dict[str, str]) -> None:
    """RFC 8621 section 4.1.4, "type" and "charset"."""
    got = get(alice, f"{header}Subject: x\n\nHello.\n", "bodyStructure")

    assert got["bodyStructure"] == like(**expected)


def test_a_part_of_a_digest_is_a_message(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "type": message/rfc822 inside a multipart/digest."""
    got = get(
        alice,
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nHello.\n--b--\n",
        "bodyStructure",
        bodyProperties=["type", "subParts"],
    )

    assert got["bodyStructure"]["subParts"] == [{"type": "message/rfc822", "subParts": None}]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Content-Type: image/png; name=a.png\nContent-Disposition: attachment; filename=b.png", "b.png"),
        ("Content-Type: image/png; name=a.png\nContent-Disposition: attachment", "a.png"),
        ('Content-Type: image/png; name="=?utf-8?q?=C3=A4?=.png"', "ä.png"),
        ("Content-Type: image/png\nContent-Disposition: inline; filename*=utf-8''%C3%A4.png", "ä.png"),
        ("Content-Type: image/png", None),
    ],
)
def test_the_name_is_the_filename_else_the_name(alice: JMAP, header: str, name: str | None) -> None:
    """RFC 8621 section 4.1.4, "name": RFC 2231 of Content-Disposition, or RFC 2047 of Content-Type."""
    got = get(alice, f"Subject: x\n{header}\n\n\n", "bodyStructure", bodyProperties=["name"])

    assert got["bodyStructure"] == {"name": name}


@pytest.mark.parametrize(
    ("header", "has"),
    [
        ("Content-Type: text/plain", False),
        ("Content-Type: application/pdf", True),
        ("Content-Type: application/pdf\nContent-Disposition: inline", False),
        ("Content-Type: text/plain\nContent-Disposition: attachment", True),
        ("Content-Type: text/csv", True),
        ("Content-Type: image/png", False),
    ],
)
def test_has_attachment_if_one_is_not_inline(alice: JMAP, header: str, *, has: bool) -> None:
    """RFC 8621 section 4.1.4, "hasAttachment"."""
    assert get(alice, f"Subject: x\n{header}\n\nHello.\n", "hasAttachment")["hasAttachment"] is has


def test_a_message_without_a_body_has_one_empty_part(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4: a message is at least one part."""
    got = get(alice, "Subject: nothing more", "bodyStructure", "textBody", "bodyValues", fetchAllBodyValues=True)

    assert got["bodyStructure"] == like(partId="1", size=0, type="text/plain")
    assert got["bodyValues"] == {"1": {"value": "", "isEncodingProblem": False, "isTruncated": False}}


def test_a_multipart_that_never_ends_has_its_parts(alice: JMAP) -> None:
    """Ours: a body without its last delimiter ends with the message."""
    got = get(
        alice,
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo",
        "bodyValues",
        fetchAllBodyValues=True,
    )

    assert [value["value"] for value in got["bodyValues"].values()] == ["one", "two"]
