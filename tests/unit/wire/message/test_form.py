"""The parsed forms of header fields."""

import pytest

from pillarbox.wire.message import Form, may_have, message_ids, parsed, urls

ADDRESS_FIELDS = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-From", "Resent-Sender",
                  "Resent-Reply-To", "Resent-To", "Resent-Cc", "Resent-Bcc")  # fmt: skip
ALLOWED = {
    Form.TEXT: ("Subject", "Comments", "Keywords", "List-Id"),
    Form.ADDRESSES: ADDRESS_FIELDS,
    Form.GROUPED: ADDRESS_FIELDS,
    Form.MESSAGE_IDS: ("Message-ID", "In-Reply-To", "References", "Resent-Message-ID"),
    Form.DATE: ("Date", "Resent-Date"),
    Form.URLS: ("List-Help", "List-Unsubscribe", "List-Subscribe", "List-Post", "List-Owner", "List-Archive"),
}
DEFINED = {name for names in ALLOWED.values() for name in names} | {"Return-Path", "Received"}


@pytest.mark.parametrize("form", ALLOWED)
def test_a_field_may_have_the_forms_that_make_sense(form: Form) -> None:
    """RFC 8621 section 4.1.2.2 to 4.1.2.7: the lists there, and fields defined in no RFC named there."""
    assert {name for name in DEFINED - {"List-Id"} if may_have(name, form)} == set(ALLOWED[form]) - {"List-Id"}
    assert may_have("X-Anything", form)
    assert may_have("List-ID", form)
    assert may_have("SUBJECT", form) == (form is Form.TEXT)


def test_every_field_may_be_raw() -> None:
    """RFC 8621 section 4.1.2."""
    assert all(may_have(name, Form.RAW) for name in DEFINED)


@pytest.mark.parametrize(
    ("form", "value", "said"),
    [
        (Form.RAW, " a\r\n b ", " a\r\n b "),
        (Form.TEXT, " a\r\n b ", "a b "),
        (Form.ADDRESSES, " Bob <bob@far.example>", [{"name": "Bob", "email": "bob@far.example"}]),
        (Form.GROUPED, " all:;", [{"name": "all", "addresses": []}]),
        (Form.MESSAGE_IDS, " <a@far.example>", ["a@far.example"]),
        (Form.DATE, " 30 Oct 2014 14:12 +0800", "2014-10-30T14:12:00+08:00"),
        (Form.URLS, " <https://far.example/>", ["https://far.example/"]),
    ],
)
def test_a_value_is_told_in_the_form_that_is_asked_for(form: Form, value: str, said: object) -> None:
    """RFC 8621 section 4.1.3."""
    assert parsed(form, value) == said


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (" <a@far.example>", ["a@far.example"]),
        (" <a@far.example>\r\n\t<b@far.example><c@far.example>", ["a@far.example", "b@far.example", "c@far.example"]),
        (" (see <x@far.example>) <a@far.example> (last)", ["a@far.example"]),
        (" < a @ far(away) .example\r\n >", ["a@far.example"]),
        (" Your message of Sunday <a@far.example>, <b@far.example>", ["a@far.example", "b@far.example"]),
        (" <a@far.example> <b@far", ["a@far.example"]),
        (" (open <a@far.example>", ["a@far.example"]),
        (" a@far.example", None),
        (" <>", None),
        ("", None),
    ],
)
def test_message_ids_have_neither_brackets_nor_white_space(value: str, ids: list[str] | None) -> None:
    """RFC 8621 section 4.1.2.5; phrases are obsolete (RFC 5322 section 4.5.4)."""
    assert message_ids(value) == ids


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (" <https://far.example/?a=(b)>", ["https://far.example/?a=(b)"]),
        (" <mailto:l@far.example> (by mail),\r\n <https://far.example/\r\n a>",
         ["mailto:l@far.example", "https://far.example/a"]),
        (" NO (posting not allowed)", None),
        ("", None),
    ],
)  # fmt: skip
def test_urls_have_neither_brackets_nor_comments(value: str, found: list[str] | None) -> None:
    """RFC 8621 section 4.1.2.7, RFC 2369 section 2."""
    assert urls(value) == found


def test_unclosed_brackets_take_linear_time() -> None:
    """Ours."""
    assert message_ids("<" * 300_000) is None
    assert message_ids("(" * 300_000) is None
