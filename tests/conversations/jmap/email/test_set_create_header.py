"""Email/set create: header fields (RFC 8621 sections 4.1.2, 4.1.3 and 4.6)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.drafts import invalid, refused, written
from tests.driver import JMAP


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: eve@far.example", "a\nBcc: eve@far.example", "a\rb", "a\0b", "a\r\n\r\nbody", "\x1b[0m"]
)
@pytest.mark.parametrize("name", ["subject", "header:X-A:asText", "header:X-A", "header:Subject"])
def test_a_header_field_ends_where_it_says(alice: JMAP, name: str, text: str) -> None:
    """RFC 5322 section 2.2: what would be another field, or the body, is refused."""
    assert refused(alice, **{name: text}) == invalid(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", [{"name": "Bob\r\nBcc: eve@far.example", "email": "bob@far.example"}]),
        ("to", [{"name": None, "email": "bob@far.example\r\nBcc: eve@far.example"}]),
        ("to", [{"name": None, "email": "a@b>, <eve@far.example"}]),
        ("messageId", ["a@b>\r\nBcc: <eve@far.example"]),
        ("header:X-A:asURLs", ["https://x>\r\nBcc: <eve@far.example"]),
        ("header:X-A:asGroupedAddresses", [{"name": "a\nb", "addresses": []}]),
        ("header:X-A:all", ["fine", "a\r\nBcc: eve@far.example"]),
        ("header:X-A\r\nBcc", "eve@far.example"),
    ],
)
def test_structured_fields_end_where_they_say(alice: JMAP, name: str, value: object) -> None:
    """RFC 5322 section 2.2: the same for each form."""
    assert refused(alice, **{name: value}) == invalid(name)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ({"type": "text/plain\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"name": "a\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"cid": "a>\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"disposition": "inline\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"location": "a\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"language": ["en\r\nBcc: eve@far.example"]}, "bodyStructure"),
        ({"header:X-A": "a\r\nBcc: eve@far.example"}, "bodyStructure"),
    ],
)
def test_what_describes_a_part_stays_in_its_field(alice: JMAP, part: dict[str, Any], name: str) -> None:
    """RFC 5322 section 2.2."""
    error = refused(alice, bodyStructure={"partId": "1", **part}, bodyValues={"1": {"value": ""}})

    assert error == invalid(name)


@pytest.mark.parametrize(
    ("name", "value", "field", "text"),
    [
        ("header:X-A", " as it is", "X-A", "as it is"),
        ("header:X-A:asText", "Grüße, 你好", "X-A", "Grüße, 你好"),
        ("header:X-A:asAddresses", [{"name": "Jörg", "email": "j@far.example"}], "X-A", "Jörg <j@far.example>"),
        ("header:X-A:asMessageIds", ["a@b", "c@d"], "X-A", "<a@b> <c@d>"),
        ("header:X-A:asDate", "2026-01-02T03:04:05Z", "X-A", "Fri, 2 Jan 2026 03:04:05 +0000"),
        ("header:List-Unsubscribe:asURLs", ["https://far.example/x"], "List-Unsubscribe", "<https://far.example/x>"),
        ("header:Resent-To:asAddresses", [{"email": "a@b.example"}], "Resent-To", "a@b.example"),
        ("header:Subject:asText", "Subject", "Subject", "Subject"),
        ("subject", "Grüße aus München, wo es schön ist; und noch mehr, damit es mehr als eine Zeile braucht",
         "Subject", "Grüße aus München, wo es schön ist; und noch mehr, damit es mehr als eine Zeile braucht"),
        ("subject", "", "Subject", ""),
        ("inReplyTo", ["a@b.example"], "In-Reply-To", "<a@b.example>"),
        ("references", ["a@b.example", "c@d.example"], "References", "<a@b.example> <c@d.example>"),
        ("sender", [{"name": "Doe, Jane", "email": "jane@far.example"}], "Sender", '"Doe, Jane" <jane@far.example>'),
        ("replyTo", [{"name": None, "email": "r@far.example"}], "Reply-To", "r@far.example"),
    ],
)  # fmt: skip
def test_a_header_field_is_written_from_each_form(alice: JMAP, name: str, value: object, field: str, text: str) -> None:
    """RFC 8621 sections 4.1.2 and 4.6."""
    assert str(written(alice, **{name: value})[field]) == text


def test_groups_are_written(alice: JMAP) -> None:
    """RFC 8621 section 4.1.2.4."""
    groups = [
        {"name": None, "addresses": [{"name": None, "email": "a@b.example"}]},
        {"name": "Friends", "addresses": [{"name": "Zoë", "email": "z@b.example"}]},
    ]

    message = written(alice, **{"header:To:asGroupedAddresses": groups})

    assert [(group.display_name, [str(one) for one in group.addresses]) for group in message["To"].groups] == [
        (None, ["a@b.example"]),
        ("Friends", ["Zoë <z@b.example>"]),
    ]


def test_all_instances_of_a_field_are_written(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3, ":all"."""
    message = written(alice, **{"header:X-A:asText:all": ["one", "two"], "header:X-B:all": []})

    assert message.get_all("X-A") == ["one", "two"]
    assert "X-B" not in message


def test_all_instances_must_be_a_list(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3, ":all"."""
    assert refused(alice, **{"header:X-A:all": "one"}) == invalid("header:X-A:all")


def test_null_and_empty_lists_are_no_fields(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3: a field that is not there is null."""
    message = written(alice, **{"to": [], "cc": None, "subject": None, "header:X-A": None, "references": []})

    assert not {"To", "Cc", "Subject", "X-A", "References"} & set(message.keys())


def test_half_finished_drafts_are_accepted(alice: JMAP) -> None:
    """RFC 8621 section 4.6: the To field may have a value that does not conform to its syntax."""
    drafts = {alice.mailbox("drafts"): True}
    to = [{"name": None, "email": "john"}, {"name": "Jane", "email": "jane@"}, {"name": "Nobody", "email": ""}]

    created = alice.asks("Email/set", create={"d": {"mailboxIds": drafts, "to": to}})["created"]["d"]

    (got,) = alice.asks("Email/get", ids=[created["id"]], properties=["to"])["list"]
    assert got["to"] == to


def test_addresses_beyond_ascii_come_back(alice: JMAP) -> None:
    """RFC 6532: an internationalised address is written in UTF-8."""
    to = [
        {"name": 'Jörg "Jo" Müller, Dr.', "email": "jörg@müller.example"},
        {"name": "用户", "email": "用户@例.example"},
    ]

    created = alice.asks("Email/set", create={"d": {"mailboxIds": {alice.mailbox("drafts"): True}, "to": to}})[
        "created"
    ]["d"]

    (got,) = alice.asks("Email/get", ids=[created["id"]], properties=["to"])["list"]
    assert got["to"] == to


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("from", "header:from"), ("subject", "header:Subject:asText"), ("to", "header:To:asGroupedAddresses"),
        ("messageId", "header:MESSAGE-ID"), ("header:X-A", "header:x-a"), ("header:X-A", "header:X-A:all"),
        ("sentAt", "header:Date"),
    ],
)  # fmt: skip
def test_two_properties_for_one_header_field_are_refused(alice: JMAP, first: str, second: str) -> None:
    """RFC 8621 section 4.6: there MUST NOT be two, even if one is null."""
    assert refused(alice, **{first: None, second: None}) == invalid(second)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("header:From:asText", "bob"), ("header:Subject:asAddresses", []), ("header:Date:asText", "now"),
        ("header:Received:asText", "x"), ("header:To:asURLs", []),
    ],
)  # fmt: skip
def test_a_form_that_is_forbidden_for_a_field_is_refused(alice: JMAP, name: str, value: object) -> None:
    """RFC 8621 section 4.6."""
    assert refused(alice, **{name: value}) == invalid(name)


@pytest.mark.parametrize("name", ["header:Content-Type", "header:content-language:asText", "header:MIME-Version"])
def test_content_fields_are_refused_on_the_email(alice: JMAP, name: str) -> None:
    """RFC 8621 section 4.6: only on EmailBodyPart objects."""
    assert refused(alice, **{name: "x"}) == invalid(name)


def test_a_header_line_that_is_too_long_is_refused(alice: JMAP) -> None:
    """RFC 5322 section 2.1.1: a line MUST be no more than 998 characters."""
    assert refused(alice, **{"header:X-A": "x" * 1000}) == invalid("header:X-A")


def test_a_header_name_that_is_too_long_is_refused(alice: JMAP) -> None:
    """RFC 5322 section 2.1.1, and it must be told which."""
    name = f"header:{'x' * 300}"

    assert refused(alice, **{name: "x"}) == invalid(name)


def test_a_long_subject_comes_back(alice: JMAP) -> None:
    """RFC 5322 section 2.2.3: long values are folded."""
    subject = "Donaudampfschifffahrtsgesellschaftskapitän und 日本語の長い件名 " * 40

    assert written(alice, subject=subject.strip())["Subject"] == subject.strip()
