"""Email/get: what an Email tells of its message (RFC 8621 sections 4.1 and 4.2)."""

import pytest
from tests.conversations.jmap.email.letters import LETTER, letter
from tests.driver import ANY, JMAP, like

DEFAULT = {
    "id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt", "messageId", "inReplyTo", "references",
    "sender", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt", "hasAttachment", "preview", "bodyValues",
    "textBody", "htmlBody", "attachments",
}  # fmt: skip


def test_the_default_properties_are_the_rfcs(alice: JMAP) -> None:
    """RFC 8621 section 4.2: this default MUST be used instead of all."""
    email = alice.receives(LETTER)

    alice.says("Email/get", ids=[email])

    (got,) = alice.hears("Email/get")["list"]
    assert got.keys() == DEFAULT


def test_properties_null_means_the_default(alice: JMAP) -> None:
    """RFC 8621 section 4.2."""
    email = alice.receives(LETTER)

    (got,) = alice.asks("Email/get", ids=[email], properties=None)["list"]

    assert got.keys() == DEFAULT


def test_metadata_is_what_it_was_filed_with(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1."""
    octets = LETTER.replace("\n", "\r\n").encode()
    inbox, archive = alice.mailbox("inbox"), alice.mailbox("archive")
    email = alice.receives(
        octets,
        mailboxIds={inbox: True, archive: True},
        keywords={"$seen": True, "plan": True},
        receivedAt="2026-05-06T07:08:09Z",
    )

    alice.says(
        "Email/get",
        ids=[email],
        properties=["blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt"],
    )

    alice.hears(
        "Email/get",
        list=[
            {
                "id": email,
                "blobId": ANY,
                "threadId": ANY,
                "mailboxIds": {inbox: True, archive: True},
                "keywords": {"$seen": True, "plan": True},
                "size": len(octets),
                "receivedAt": "2026-05-06T07:08:09Z",
            }
        ],
        notFound=[],
    )


def test_blob_id_is_the_message_as_it_came(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1, "blobId"."""
    octets = LETTER.replace("\n", "\r\n").encode()
    email = alice.receives(octets)

    (got,) = alice.asks("Email/get", ids=[email], properties=["blobId"])["list"]

    assert alice.downloads(got["blobId"]).octets == octets


def test_convenience_properties_are_the_parsed_forms(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3."""
    email = alice.receives(LETTER)

    alice.says(
        "Email/get",
        ids=[email],
        properties=[
            "messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt",
        ],
    )  # fmt: skip

    alice.hears(
        "Email/get",
        list=[
            {
                "id": email,
                "messageId": ["one@far.example"],
                "inReplyTo": ["zero@home.example"],
                "references": ["nought@home.example", "zero@home.example"],
                "sender": [{"name": "Secretary", "email": "office@far.example"}],
                "from": [{"name": "Bob Builder", "email": "bob@far.example"}],
                "to": [
                    {"name": None, "email": "alice@home.example"},
                    {"name": "Jörg", "email": "joerg@home.example"},
                ],
                "cc": [
                    {"name": None, "email": "carol@home.example"},
                    {"name": None, "email": "dave@home.example"},
                ],
                "bcc": [{"name": None, "email": "eve@home.example"}],
                "replyTo": [{"name": None, "email": "replies@far.example"}],
                "subject": "Grüße from afar",
                "sentAt": "2026-05-05T10:00:00+02:00",
            }
        ],
    )


def test_what_the_header_does_not_have_is_null(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3: the value is null if no such field exists."""
    email = alice.receives("X-Only: this\n\nHello.\n")

    alice.says(
        "Email/get",
        ids=[email],
        properties=[
            "messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt",
        ],
    )  # fmt: skip

    alice.hears(
        "Email/get",
        list=[
            {
                "id": email,
                **dict.fromkeys(
                    ("messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc", "replyTo"), None
                ),
                "subject": None,
                "sentAt": None,
            }
        ],
    )


def test_headers_are_all_fields_in_order_in_raw_form(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3, "headers": the capitals of the message, and all instances."""
    email = alice.receives("FROM: bob@far.example\nX-twice: a\nSubject: folded\n line\nx-Twice:b\n\nHello.\n")

    alice.says("Email/get", ids=[email], properties=["headers"])

    alice.hears(
        "Email/get",
        list=[
            {
                "id": email,
                "headers": [
                    {"name": "FROM", "value": " bob@far.example"},
                    {"name": "X-twice", "value": " a"},
                    {"name": "Subject", "value": " folded\r\n line"},
                    {"name": "x-Twice", "value": "b"},
                ],
            }
        ],
    )


def test_an_id_that_is_not_there_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.1, "notFound"."""
    email = alice.receives(LETTER)

    alice.says("Email/get", ids=["nobody", email], properties=["subject"])

    alice.hears("Email/get", list=[like(id=email)], notFound=["nobody"])


def test_no_ids_give_nothing(alice: JMAP) -> None:
    """RFC 8620 section 5.1, and the clarifications' question 7."""
    alice.receives(LETTER)

    alice.says("Email/get", ids=[])

    alice.hears("Email/get", list=[], notFound=[])


def test_ids_null_gives_all_emails(alice: JMAP) -> None:
    """RFC 8620 section 5.1."""
    one, two = alice.receives(LETTER), alice.receives(LETTER)

    got = alice.asks("Email/get", ids=None, properties=["id"])["list"]

    assert sorted(email["id"] for email in got) == sorted([one, two])


@pytest.mark.parametrize("name", ["nothing", "From", "header", "header:", "header:a b", "header:Subject:asNothing"])
def test_an_unknown_property_is_refused(alice: JMAP, name: str) -> None:
    """RFC 8620 section 5.1: an invalid property MUST be an invalidArguments error."""
    alice.says("Email/get", ids=[], properties=["subject", name])

    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("header:Subject", " =?utf-8?q?Gr=C3=BC=C3=9Fe?= from afar"),
        ("header:Subject:asRaw", " =?utf-8?q?Gr=C3=BC=C3=9Fe?= from afar"),
        ("header:Subject:asText", "Grüße from afar"),
        ("header:From:asAddresses", [{"name": "Bob Builder", "email": "bob@far.example"}]),
        (
            "header:Cc:asGroupedAddresses",
            [
                {
                    "name": "Friends",
                    "addresses": [
                        {"name": None, "email": "carol@home.example"},
                        {"name": None, "email": "dave@home.example"},
                    ],
                }
            ],
        ),
        ("header:References:asMessageIds", ["nought@home.example", "zero@home.example"]),
        ("header:Date:asDate", "2026-05-05T10:00:00+02:00"),
        ("header:List-Unsubscribe:asURLs", ["mailto:leave@far.example", "https://far.example/leave"]),
        ("header:X-Twice", " second"),
        ("header:X-Twice:all", [" first", " second"]),
        ("header:X-Twice:asText:all", ["first", "second"]),
        ("header:x-TWICE:asText", "second"),
        ("header:X-None", None),
        ("header:X-None:asAddresses", None),
        ("header:X-None:all", []),
        ("header:X-None:asDate:all", []),
        ("header:X-Twice:asDate", None),
        ("header:X-Twice:asMessageIds", None),
        ("header:X-Twice:asURLs:all", [None, None]),
        ("header:X-Twice:asAddresses", [{"name": None, "email": "second"}]),
    ],
)
def test_a_header_field_is_had_in_the_form_asked_for(alice: JMAP, name: str, value: object) -> None:
    """RFC 8621 sections 4.1.2 and 4.1.3; the answer has the name as it was asked for (section 4.2)."""
    email = alice.receives(LETTER)

    alice.says("Email/get", ids=[email], properties=[name])

    alice.hears("Email/get", list=[{"id": email, name: value}])


@pytest.mark.parametrize(
    "name",
    [
        "header:From:asDate", "header:From:asText", "header:Subject:asAddresses", "header:Date:asText",
        "header:Message-ID:asURLs", "header:Received:asText", "header:List-Post:asAddresses",
        "header:to:asGroupedaddresses", "header:From:all:asAddresses", "header:References:asText:all",
        "header:Resent-Date:asMessageIds", "header:Return-Path:asAddresses",
    ],
)  # fmt: skip
def test_a_form_that_is_forbidden_for_a_field_is_refused(alice: JMAP, name: str) -> None:
    """RFC 8621 section 4.2: it MUST be rejected with an invalidArguments error."""
    alice.says("Email/get", ids=[], properties=[name])

    alice.hears("error", type="invalidArguments")


@pytest.mark.parametrize(
    "name", ["header:List-Id:asText", "header:Comments:asText:all", "header:Keywords:asText", "header:X-A:asURLs"]
)
def test_a_form_that_fits_a_field_is_not_refused(alice: JMAP, name: str) -> None:
    """RFC 8621 section 4.1.2.2 to 4.1.2.7."""
    alice.says("Email/get", ids=[], properties=[name])

    alice.hears("Email/get", list=[])


def test_one_property_twice_is_told_once(alice: JMAP) -> None:
    """RFC 8620 section 5.1: an object has a property, whoever asks how often."""
    email = alice.receives(LETTER)

    alice.says("Email/get", ids=[email, email], properties=["id", "subject", "subject"])

    alice.hears("Email/get", list=[{"id": email, "subject": "Grüße from afar"}])


def test_keywords_are_told_in_lower_case(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1, "keywords"."""
    email = alice.receives(LETTER, keywords={"$Seen": True, "MyWord": True})

    alice.says("Email/get", ids=[email], properties=["keywords"])

    alice.hears("Email/get", list=[{"id": email, "keywords": {"$seen": True, "myword": True}}])


def test_a_message_of_internationalised_addresses_is_told(alice: JMAP) -> None:
    """RFC 8621 section 4.8: EAI messages MUST be supported (RFC 6532)."""
    email = alice.receives(
        letter(From="Jörg Müller <jörg@müller.example>", Subject="Grüße 你好", To="用户@例子.example")
    )

    alice.says("Email/get", ids=[email], properties=["from", "to", "subject", "header:Subject"])

    alice.hears(
        "Email/get",
        list=[
            {
                "id": email,
                "from": [{"name": "Jörg Müller", "email": "jörg@müller.example"}],
                "to": [{"name": None, "email": "用户@例子.example"}],
                "subject": "Grüße 你好",
                "header:Subject": " Grüße 你好",
            }
        ],
    )


def test_octets_that_are_not_utf8_become_replacement_characters(alice: JMAP) -> None:
    """RFC 8621 section 4.1.2.1, "Raw"; NUL is dropped."""
    email = alice.receives(b"Subject: a\xffb\0c\r\n\r\nHello.\r\n")

    alice.says("Email/get", ids=[email], properties=["header:Subject", "subject"])

    alice.hears("Email/get", list=[{"id": email, "header:Subject": " a\ufffdbc", "subject": "a\ufffdbc"}])


def test_text_is_in_normal_form(alice: JMAP) -> None:
    """RFC 8621 section 4.1.2.2: the Text form is NFC."""
    email = alice.receives(letter(Subject="Gru\u0308sse"))

    (got,) = alice.asks("Email/get", ids=[email], properties=["subject"])["list"]

    assert got["subject"] == "Gr\u00fcsse"


def test_what_only_looks_like_an_encoded_word_is_left(alice: JMAP) -> None:
    """RFC 8621 section 4.1.2.2: placement and white space rules of RFC 2047."""
    email = alice.receives(letter(Subject="a=?utf-8?q?b?=c =?utf-8?q?d?="))

    (got,) = alice.asks("Email/get", ids=[email], properties=["subject"])["list"]

    assert got["subject"] == "a=?utf-8?q?b?=c d"


def test_an_email_never_changes_its_preview_state(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "preview": fetching it does not count as a change of the Email."""
    email = alice.receives(LETTER)
    state = alice.state("Email")

    alice.asks("Email/get", ids=[email], properties=["preview"])

    assert alice.state("Email") == state


def test_a_preview_has_no_more_than_256_characters(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "preview"."""
    email = alice.receives(letter("word " * 1000))

    (got,) = alice.asks("Email/get", ids=[email], properties=["preview"])["list"]

    assert 100 < len(got["preview"]) <= 256
