"""Email/set create: the body that is written (RFC 8621 section 4.6)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.drafts import invalid, refused, written
from tests.conversations.jmap.email.letters import LETTER
from tests.driver import JMAP, Home, like

TEXT = {"textBody": [{"partId": "t"}], "bodyValues": {"t": {"value": "Grüße\nvon fern"}}}
HTML = {"htmlBody": [{"partId": "h"}], "bodyValues": {"h": {"value": "<p>Grüße</p>"}}}
BOTH = {**TEXT, **HTML, "bodyValues": {**TEXT["bodyValues"], **HTML["bodyValues"]}}  # type: ignore[dict-item]


def types(message: Any) -> Any:
    """The tree of a message's types."""
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        return {message.get_content_type(): [types(part) for part in message.iter_parts()]}
    return message.get_content_type()


def test_a_text_is_written(alice: JMAP) -> None:
    """RFC 8621 section 4.6, "textBody"."""
    message = written(alice, **TEXT)

    assert types(message) == "text/plain"
    assert message.get_content() == "Grüße\r\nvon fern"


def test_html_is_written(alice: JMAP) -> None:
    """RFC 8621 section 4.6, "htmlBody"."""
    message = written(alice, **HTML)

    assert types(message) == "text/html"
    assert message.get_content() == "<p>Grüße</p>"


def test_text_and_html_are_alternatives(alice: JMAP) -> None:
    """RFC 2046 section 5.1.4: the preferred one last."""
    message = written(alice, **BOTH)

    assert types(message) == {"multipart/alternative": ["text/plain", "text/html"]}


def test_an_attachment_is_the_octets_of_its_blob(alice: JMAP) -> None:
    """RFC 8621 section 4.6, "attachments"."""
    octets = bytes(range(256)) * 20
    blob = alice.uploads(octets)

    message = written(alice, **BOTH, attachments=[{"blobId": blob, "type": "application/x-thing", "name": "Größe.bin"}])

    assert types(message) == {
        "multipart/mixed": [{"multipart/alternative": ["text/plain", "text/html"]}, "application/x-thing"]
    }
    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == octets
    assert attachment.get_filename() == "Größe.bin"
    assert attachment.get_content_disposition() == "attachment"


def test_an_attachment_without_a_type_is_octets(alice: JMAP) -> None:
    """RFC 2046 section 4.5.1."""
    message = written(alice, attachments=[{"blobId": alice.uploads(b"x")}])

    assert types(message) == "application/octet-stream"


def test_the_part_of_another_email_is_attached(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4: a part's blobId is a blob like others."""
    email = alice.receives(LETTER)
    (got,) = alice.asks("Email/get", ids=[email], properties=["attachments"])["list"]
    part = {name: value for name, value in got["attachments"][0].items() if name not in ("partId", "location")}

    message = written(alice, **TEXT, attachments=[part])

    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == b"%PDF-1.4"
    assert attachment.get_filename() == "plan.pdf"


def test_an_email_is_attached_as_a_message(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1, "blobId": it may be used to attach the message to another Email."""
    (got,) = alice.asks("Email/get", ids=[alice.receives(LETTER)], properties=["blobId"])["list"]

    message = written(alice, **TEXT, attachments=[{"blobId": got["blobId"], "type": "message/rfc822"}])

    (attachment,) = message.iter_attachments()
    assert attachment.get_content()["Message-ID"] == "<one@far.example>"


def test_images_that_the_html_shows_are_related_to_it(alice: JMAP) -> None:
    """RFC 2387: what is inline and has a Content-ID belongs to the HTML."""
    picture, plan = alice.uploads(b"picture"), alice.uploads(b"plan")

    message = written(
        alice,
        **BOTH,
        attachments=[
            {"blobId": picture, "type": "image/png", "cid": "pic@home.example", "disposition": "inline"},
            {"blobId": plan, "type": "application/pdf"},
        ],
    )

    assert types(message) == {
        "multipart/mixed": [
            {"multipart/alternative": ["text/plain", {"multipart/related": ["text/html", "image/png"]}]},
            "application/pdf",
        ]
    }
    (related,) = (part for part in message.walk() if part.get_content_type() == "multipart/related")
    assert related.get_param("type") == "text/html"
    (image,) = (part for part in message.walk() if part.get_content_type() == "image/png")
    assert image["Content-ID"] == "<pic@home.example>"


def test_what_a_part_says_of_itself_is_written(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, the properties of an EmailBodyPart, on a leaf and on a multipart."""
    described = {
        "disposition": "inline",
        "cid": "c@home.example",
        "language": ["de", "en"],
        "location": "https://home.example/x",
        "header:X-Own:asText": "Größe",
    }

    message = written(
        alice,
        bodyStructure={
            "type": "multipart/mixed",
            **described,
            "subParts": [{"partId": "1", "name": "a.txt", **described, "cid": "d@home.example"}],
        },
        bodyValues={"1": {"value": "x"}},
    )

    (leaf,) = message.iter_parts()
    assert leaf.get_filename() == "a.txt"
    for part, cid in ((message, "<c@home.example>"), (leaf, "<d@home.example>")):
        assert part.get_content_disposition() == "inline"
        assert part["Content-ID"] == cid
        assert part["Content-Language"] == "de, en"
        assert part["Content-Location"] == "https://home.example/x"
        assert part["X-Own"] == "Größe"


def test_parameters_of_the_type_are_given_in_the_field(alice: JMAP) -> None:
    """RFC 8621 section 4.6: `header:Content-Type` stands for the type; RFC 3676 needs it."""
    message = written(
        alice,
        textBody=[{"partId": "t", "header:Content-Type": " text/plain; format=flowed"}],
        bodyValues={"t": {"value": "flowing \ntext"}},
    )

    assert message.get_content_type() == "text/plain"
    assert message.get_param("format") == "flowed"
    assert message.get_content_charset() == "utf-8"


def test_a_disposition_given_as_a_field_stands_alone(alice: JMAP) -> None:
    """RFC 8621 section 4.6: no two header fields for one thing."""
    message = written(
        alice, **TEXT, attachments=[{"blobId": alice.uploads(b"x"), "header:Content-Disposition": " inline"}]
    )

    parts = list(message.iter_parts())
    assert parts[1].get_all("Content-Disposition") == ["inline"]


def test_the_type_is_matched_in_any_case(alice: JMAP) -> None:
    """RFC 2045 section 5.1: types are not case-sensitive."""
    message = written(alice, textBody=[{"partId": "t", "type": "Text/PLAIN"}], bodyValues={"t": {"value": "x"}})

    assert types(message) == "text/plain"


def test_an_unknown_blob_is_told(alice: JMAP) -> None:
    """RFC 8621 section 4.6, "blobNotFound": notFound has every such id."""
    blob = alice.uploads(b"x")

    error = refused(
        alice,
        **TEXT,
        attachments=[{"blobId": "b999"}, {"blobId": blob}, {"blobId": "nothing"}, {"blobId": "b999"}],
    )

    assert error == like(type="blobNotFound", notFound=["b999", "nothing"])


def test_a_blob_of_somebody_else_is_unknown(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 6: blobs are of an account."""
    for number in range(20):
        bob.uploads(b"%d" % number)
    blob = bob.uploads(b"bob's")

    assert refused(alice, attachments=[{"blobId": blob}]) == like(type="blobNotFound", notFound=[blob])


def test_attachments_that_are_too_large_together_are_refused(alice: JMAP, home: Home) -> None:
    """RFC 8621 section 1.3.1, "maxSizeAttachmentsPerEmail": the sum of unencoded sizes."""
    home.build(attachments=10)
    blob = alice.uploads(b"123456")

    assert refused(alice, attachments=[{"blobId": blob}, {"blobId": blob}]) == like(type="tooLarge")
    assert written(alice, attachments=[{"blobId": blob}])


@pytest.mark.parametrize("name", ["textBody", "htmlBody"])
@pytest.mark.parametrize("count", [0, 2])
def test_a_body_is_exactly_one_part(alice: JMAP, name: str, count: int) -> None:
    """RFC 8621 section 4.6."""
    assert refused(
        alice, **{name: [{"partId": "t"}] * count}, bodyValues={"t": {"value": ""}} if count else None
    ) == like(type="invalidProperties", properties=[name, *(["bodyValues"] if count else [])])


@pytest.mark.parametrize(
    ("name", "type_"),
    [("textBody", "text/html"), ("textBody", "image/png"), ("htmlBody", "text/plain"), ("htmlBody", "multipart/mixed")],
)
def test_a_body_is_of_its_type(alice: JMAP, name: str, type_: str) -> None:
    """RFC 8621 section 4.6: textBody is text/plain, htmlBody text/html."""
    blob = alice.uploads(b"x")

    assert refused(alice, **{name: [{"blobId": blob, "type": type_}]}) == invalid(name)
    assert refused(alice, **{name: [{"blobId": blob, "header:Content-Type": type_}]}) == invalid(name)


@pytest.mark.parametrize("name", ["textBody", "htmlBody", "attachments"])
def test_the_lists_are_not_given_beside_the_structure(alice: JMAP, name: str) -> None:
    """RFC 8621 section 4.6."""
    blob = alice.uploads(b"x")

    assert refused(alice, bodyStructure={"blobId": blob}, **{name: [{"blobId": blob}]}) == invalid(name)


@pytest.mark.parametrize(
    ("email", "part"),
    [
        ({"subject": "x"}, {"header:Subject": "y"}),
        ({"header:X-A": "x"}, {"header:x-a": "x"}),
        ({"from": []}, {"header:From:asAddresses": []}),
    ],
)
def test_the_structure_has_no_field_of_the_email(alice: JMAP, email: dict[str, Any], part: dict[str, Any]) -> None:
    """RFC 8621 section 4.6."""
    error = refused(alice, **email, bodyStructure={"partId": "1", **part}, bodyValues={"1": {"value": ""}})

    assert error == invalid("bodyStructure")


def test_an_inner_part_may_have_a_field_that_the_email_has(alice: JMAP) -> None:
    """RFC 8621 section 4.6: only the outermost part is the message."""
    message = written(
        alice,
        subject="outer",
        bodyStructure={"type": "multipart/mixed", "subParts": [{"partId": "1", "header:Subject": "inner"}]},
        bodyValues={"1": {"value": ""}},
    )

    assert message["Subject"] == "outer"
    assert [part["Subject"] for part in message.iter_parts()] == ["inner"]


@pytest.mark.parametrize(
    "part",
    [
        {"headers": []}, {"partId": "1", "blobId": "b1"}, {"partId": None}, {"partId": "2"}, {"partId": 1},
        {"charset": "utf-8"}, {"size": 1}, {"header:Content-Transfer-Encoding": "8bit"}, {"header:MIME-Version": "1.0"},
        {"type": "text/plain", "header:Content-Type": "text/plain"}, {"cid": "a", "header:Content-ID": "<a>"},
        {"disposition": "inline", "header:content-disposition:asText": "inline"},
        {"language": ["en"], "header:Content-Language": "en"}, {"location": "a", "header:Content-Location": "a"},
        {"header:X-A": "1", "header:x-a": "1"}, {"header:From:asText": "x"}, {"nothing": 1}, {"type": 5},
        {"type": "text"}, {"type": "a/b/c"}, {"cid": "a b"}, {"cid": 1}, {"language": "en"}, {"language": [1]},
        {"language": ["not a tag"]}, {"disposition": "in line"}, {"name": 1}, {"name": "a\0"}, {"location": 1},
        {"subParts": [{"partId": "1"}]}, {"type": "multipart/mixed"}, {"header:Content-Type": "multipart/mixed"},
    ],
)  # fmt: skip
def test_a_part_that_breaks_the_rules_is_refused(alice: JMAP, part: dict[str, Any]) -> None:
    """RFC 8621 section 4.6, "Within an EmailBodyPart"."""
    error = refused(alice, bodyStructure={"partId": "1", **part}, bodyValues={"1": {"value": ""}})

    assert error["type"] == "invalidProperties"
    assert "bodyStructure" in error["properties"]
    assert set(error["properties"]) <= {"bodyStructure", "bodyValues"}


@pytest.mark.parametrize(
    "part",
    [
        {"subParts": []}, {"subParts": None}, {"subParts": {}}, {"partId": "1"}, {"blobId": "b1"}, {"charset": "utf-8"},
        {"subParts": ["x"]}, {"type": "multipart/"}, {"header:Content-Type": "multipart/mixed"},
    ],
)  # fmt: skip
def test_a_multipart_that_breaks_the_rules_is_refused(alice: JMAP, part: dict[str, Any]) -> None:
    """RFC 8621 section 4.1.4: a multipart has parts, and no content."""
    good = {"type": "multipart/mixed", "subParts": [{"partId": "1"}]}

    error = refused(alice, bodyStructure={**good, **part}, bodyValues={"1": {"value": ""}})

    assert error["type"] == "invalidProperties"
    assert "bodyStructure" in error["properties"]


def test_parts_without_a_type_but_with_parts_are_mixed(alice: JMAP) -> None:
    """RFC 2046 section 5.1.3."""
    message = written(
        alice, bodyStructure={"subParts": [{"partId": "1"}, {"partId": "1"}]}, bodyValues={"1": {"value": "x"}}
    )

    assert types(message) == {"multipart/mixed": ["text/plain", "text/plain"]}


@pytest.mark.parametrize(
    "value",
    [
        None, "x", {}, {"value": None}, {"value": "x", "isEncodingProblem": True}, {"value": "x", "isTruncated": True},
        {"value": "x", "isTruncated": None}, {"value": "x", "charset": "utf-8"},
    ],
)  # fmt: skip
def test_a_body_value_is_whole(alice: JMAP, value: object) -> None:
    """RFC 8621 section 4.6: isEncodingProblem and isTruncated MUST be either false or omitted."""
    error = refused(alice, textBody=[{"partId": "t"}], bodyValues={"t": value})

    assert error["type"] == "invalidProperties"
    assert "bodyValues" in error["properties"]


def test_a_body_value_that_no_part_has_is_refused(alice: JMAP) -> None:
    """Ours: what somebody typed is not lost without a word."""
    assert refused(alice, bodyValues={"1": {"value": "x"}}) == invalid("bodyValues")


def test_body_values_may_say_that_nothing_is_wrong(alice: JMAP) -> None:
    """RFC 8621 section 4.6: false is allowed."""
    value = {"value": "x", "isEncodingProblem": False, "isTruncated": False}

    assert written(alice, textBody=[{"partId": "t"}], bodyValues={"t": value}).get_content() == "x"


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "x\n", "x\r\ny\r\n", "-- \nBob", "From me\n.\n..", "x" * 5000, "ä" * 5000, "\ttab", "=?utf-8?q?x?=",
        "trailing \nblanks\t\n", "😀", "a\u2028b", "--boundary\n--token3--\n", "line\n" * 3000,
    ],
)  # fmt: skip
def test_a_text_comes_back_as_it_was_written(alice: JMAP, text: str) -> None:
    """RFC 8621 section 4.6: the content of a part is its body value; line ends are LF (section 4.1.4)."""
    for type_ in ("text/plain", "text/html"):
        created = alice.asks(
            "Email/set",
            create={
                "d": {
                    "mailboxIds": {alice.mailbox("drafts"): True},
                    "bodyStructure": {
                        "type": "multipart/mixed",
                        "subParts": [{"partId": "1", "type": type_}, {"partId": "1", "type": type_}],
                    },
                    "bodyValues": {"1": {"value": text}},
                }
            },
        )["created"]["d"]

        (got,) = alice.asks("Email/get", ids=[created["id"]], properties=["bodyValues"], fetchAllBodyValues=True)[
            "list"
        ]

        expected = {"value": text.replace("\r\n", "\n"), "isEncodingProblem": False, "isTruncated": False}
        assert got["bodyValues"] == {"1": expected, "2": expected}


def test_a_structure_that_is_too_deep_is_refused(alice: JMAP) -> None:
    """Ours: no client nests like this, and each level is searched by all who read it."""
    part: dict[str, Any] = {"partId": "1"}
    for _ in range(60):
        part = {"type": "multipart/mixed", "subParts": [part]}

    error = refused(alice, bodyStructure=part, bodyValues={"1": {"value": ""}})

    assert error["type"] == "invalidProperties"
    assert "bodyStructure" in error["properties"]


def test_one_text_in_many_parts_has_its_size_each_time(alice: JMAP) -> None:
    """RFC 8620 section 5.3, "tooLarge": before it is written, not after."""
    part = {"type": "multipart/mixed", "subParts": [{"partId": "1"}] * 400}

    error = refused(alice, bodyStructure=part, bodyValues={"1": {"value": "x\n" * 200_000}})

    assert error == like(type="tooLarge")


def test_too_many_parts_are_refused(alice: JMAP) -> None:
    """Ours: a message has a bounded number of parts."""
    part = {"type": "multipart/mixed", "subParts": [{"partId": "1"}] * 2000}

    error = refused(alice, bodyStructure=part, bodyValues={"1": {"value": ""}})

    assert error == invalid("bodyStructure")
