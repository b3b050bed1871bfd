"""The parsed forms of header fields (RFC 8621 section 4.1.2)."""

from typing import Any

import pytest
from tests.driver import JMAP


def form(alice: JMAP, value: str, suffix: str) -> Any:
    """A field's value in a form."""
    email = alice.receives(f"X-Field:{value}\n\nHello.\n")
    name = f"header:X-Field{suffix}"
    (got,) = alice.asks("Email/get", ids=[email], properties=[name])["list"]
    return got[name]


def address(name: str | None, email: str) -> dict[str, str | None]:
    """An EmailAddress."""
    return {"name": name, "email": email}


EXAMPLE = """ "  James Smythe" <james@example.com>, Friends:
  jane@example.com, =?UTF-8?Q?John_Sm=C3=AEth?=
  <john@example.com>;"""


def test_the_example_of_addresses(alice: JMAP) -> None:
    """RFC 8621 section 4.1.2.3; the name is that of the encoded word, with its î."""
    assert form(alice, EXAMPLE, ":asAddresses") == [
        address("James Smythe", "james@example.com"),
        address(None, "jane@example.com"),
        address("John Smîth", "john@example.com"),
    ]


def test_the_example_of_groups(alice: JMAP) -> None:
    """RFC 8621 section 4.1.2.4: what is in no group comes under one without a name."""
    assert form(alice, EXAMPLE, ":asGroupedAddresses") == [
        {"name": None, "addresses": [address("James Smythe", "james@example.com")]},
        {
            "name": "Friends",
            "addresses": [address(None, "jane@example.com"), address("John Smîth", "john@example.com")],
        },
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" bob@far.example (Bob)", [("Bob", "bob@far.example")]),
        (' "Bob \\"the\\" Builder" <bob@far.example>', [('Bob "the" Builder', "bob@far.example")]),
        (' "  " <bob@far.example>', [(None, "bob@far.example")]),
        (" bob", [(None, "bob")]),
        (" Bob <>", [("Bob", "")]),
        (" =?utf-8?q?B=C3=B6b=2C_Dr=2E?= <bob@far.example>", [("Böb, Dr.", "bob@far.example")]),
        (" a@x, , b@x,", [(None, "a@x"), (None, "b@x")]),
    ],
)
def test_addresses(alice: JMAP, value: str, expected: list[tuple[str | None, str]]) -> None:
    """RFC 8621 section 4.1.2.3: names unquoted and trimmed, else a comment, else null; best effort for the rest."""
    assert form(alice, value, ":asAddresses") == [address(name, email) for name, email in expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" =?utf-8?q?=C3=BCber?= =?utf-8?q?_uns?=", "über uns"),
        (" =?utf-8?q?a=00b=1B=07c?=", "abc"),
        (" =?utf-8?q?a=FFb?=", "a\ufffdb"),
        (" =?klingon?q?abc?=", "=?klingon?q?abc?="),
        (" folded\n\tline", "folded\tline"),
        ("   leading", "leading"),
    ],
)
def test_text(alice: JMAP, value: str, expected: str) -> None:
    """RFC 8621 section 4.1.2.2: unfolded, decoded, without encoded control characters; failures are U+FFFD."""
    assert form(alice, value, ":asText") == expected


@pytest.mark.parametrize(
    ("value", "suffix", "expected"),
    [
        (" <a@x> (comment)\n <b@x>", ":asMessageIds", ["a@x", "b@x"]),
        (" none here", ":asMessageIds", None),
        (" Fri, 2 Jan 2026 03:04:05 -0600 (CST)", ":asDate", "2026-01-02T03:04:05-06:00"),
        (" Fri, 2 Jan 2026 03:04:05 +0000", ":asDate", "2026-01-02T03:04:05Z"),
        (" never", ":asDate", None),
        (" <mailto:a@x> (write), <https://x/y>", ":asURLs", ["mailto:a@x", "https://x/y"]),
        (" none here", ":asURLs", None),
    ],
)
def test_the_other_forms(alice: JMAP, value: str, suffix: str, expected: object) -> None:
    """RFC 8621 sections 4.1.2.5 to 4.1.2.7: null if parsing fails."""
    assert form(alice, value, suffix) == expected
