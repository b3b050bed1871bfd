"""Names of header properties, and what they give (RFC 8621 section 4.1.3)."""

import pytest

from pillarbox.datatypes.mail.email.header import HeaderName, header_name, header_value
from pillarbox.wire.message import Form


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("header:Subject", HeaderName("Subject", Form.RAW, all=False)),
        ("header:Subject:asRaw:all", HeaderName("Subject", Form.RAW, all=True)),
        ("header:x-y:asURLs", HeaderName("x-y", Form.URLS, all=False)),
        ("header:as:all", HeaderName("as", Form.RAW, all=True)),
        ("header:all", HeaderName("all", Form.RAW, all=False)),
        ("header:!~:asGroupedAddresses", HeaderName("!~", Form.GROUPED, all=False)),
    ],
)
def test_a_name_says_field_form_and_how_many(name: str, asked: HeaderName) -> None:
    """RFC 8621 section 4.1.3."""
    assert header_name(name) == asked


@pytest.mark.parametrize(
    "name",
    [
        "header:", "header", "Header:Subject", "header:a b", "header:ä", "header:a:", "header:a:all:asText",
        "header:a:asText:asText", "header:a:astext", "header:a:as", "header:a:ALL", "header:a:all:all", "header:a\n",
    ],
)  # fmt: skip
def test_what_is_no_name_is_none(name: str) -> None:
    """RFC 8621 section 4.1.3: printable ASCII but for the colon, then :as{form}, then :all."""
    assert header_name(name) is None


def test_no_more_than_ten_thousand_addresses_are_told() -> None:
    """Ours: lists of messages show them."""
    headers = [{"name": "To", "value": " " + ",".join(["a@b"] * 12_000)}]

    value = header_value(HeaderName("to", Form.ADDRESSES, all=False), headers)

    assert isinstance(value, list)
    assert len(value) == 10_000
