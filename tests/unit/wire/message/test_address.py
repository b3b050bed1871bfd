"""Address lists."""

import pytest

from pillarbox.wire.message import EmailAddress, addresses, grouped_addresses


def one(name: str | None, email: str) -> list[EmailAddress]:
    return [{"name": name, "email": email}]


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("bob@far.example", None, "bob@far.example"),
        ("<bob@far.example>", None, "bob@far.example"),
        ("Bob <bob@far.example>", "Bob", "bob@far.example"),
        ("Bob<bob@far.example>", "Bob", "bob@far.example"),
        ('"  Bob  Q. " <bob@far.example>', "Bob  Q.", "bob@far.example"),
        ('"Bob \\"Q\\" \\\\" <bob@far.example>', 'Bob "Q" \\', "bob@far.example"),
        ('"Bob\r\n  Q" <bob@far.example>', "Bob  Q", "bob@far.example"),
        ('Bob "the Q" Far <bob@far.example>', "Bob the Q Far", "bob@far.example"),
        ("Bob Q. Far <bob@far.example>", "Bob Q. Far", "bob@far.example"),
        ("bob@far.example (Bob)", "Bob", "bob@far.example"),
        ("<bob@far.example> (Bob (\\(Q\\)))", "Bob ((Q))", "bob@far.example"),
        ("(no) bob@far.example", None, "bob@far.example"),
        ("Bob (Q) Far <bob@far.example> (no)", "Bob Far", "bob@far.example"),
        ("bob@far.example ()", None, "bob@far.example"),
        ("=?utf-8?q?B=C3=B6b?= <bob@far.example>", "Böb", "bob@far.example"),
        ("=?utf-8?q?B=C3=B6b?=<bob@far.example>", "Böb", "bob@far.example"),
        ("=?utf-8?q?Far,_Bob_(Q)?= <bob@far.example>", "Far, Bob (Q)", "bob@far.example"),
        ("=?utf-8?q?B?= =?utf-8?q?=C3?= =?utf-8?q?=B6b?= <bob@far.example>", "Böb", "bob@far.example"),
        ("bob@far.example (=?utf-8?q?B=C3=B6b?=)", "Böb", "bob@far.example"),
        ('"=?utf-8?q?B=C3=B6b?=" <bob@far.example>', "=?utf-8?q?B=C3=B6b?=", "bob@far.example"),
        ("Bo\u0308b <bob@far.example>", "Böb", "bob@far.example"),
        ('"bob q"@far.example', None, '"bob q"@far.example'),
        ('<"bob > q"@far.example>', None, '"bob > q"@far.example'),
        ("bob@[192.0.2.1]", None, "bob@[192.0.2.1]"),
        ("bob@[IPv6:2001:db8::1]", None, "bob@[IPv6:2001:db8::1]"),
        ("<@a.example,@b.example:bob@far.example>", None, "bob@far.example"),
        ("bob @ far . example", None, "bob@far.example"),
        ("Bob <bob @ far . example>", "Bob", "bob@far.example"),
        ("Bob <bob@far.example(of course)>", "Bob", "bob@far.example"),
        ("dörte@bücher.example", None, "dörte@bücher.example"),
    ],
)
def test_a_mailbox_has_a_name_and_an_address(value: str, name: str | None, email: str) -> None:
    """RFC 8621 section 4.1.2.3, RFC 5322 sections 3.4 and 4.4."""
    assert addresses(value) == one(name, email)


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("Bob", None, "Bob"),
        ("Bob Far", None, "Bob Far"),
        ('"Bob Far"', None, "Bob Far"),
        ("Bob (Q)", "Q", "Bob"),
        ("=?utf-8?q?B=C3=B6b?=", None, "Böb"),
        ("Bob <>", "Bob", ""),
        ("<>", None, ""),
        ("Bob bob@far.example", "Bob", "bob@far.example"),
        ("Bob <bob@far.example", "Bob", "bob@far.example"),
        ("Bob bob@far.example>", "Bob", "bob@far.example"),
        ("Bob <<bob@far.example>>", "Bob", "bob@far.example"),
        ("<bob@far.example> Bob", "Bob", "bob@far.example"),
        ("<mailto:bob@far.example>", None, "bob@far.example"),
        ('"Bob <bob@far.example>', '"Bob', "bob@far.example"),
        ("Bob (Q <bob@far.example>", "Bob (Q", "bob@far.example"),
        ("bob@far@example", None, "bob@far@example"),
        ("Bob < >", "Bob", ""),
        ("Bob <bob far>", "Bob", "bob far"),
        (": bob@far.example", None, "bob@far.example"),
        ("Bob <bob@far.example>: x", "Bob", "bob@far.example"),
    ],
)
def test_what_is_no_mailbox_is_read_as_one(value: str, name: str | None, email: str) -> None:
    """RFC 8621 section 4.1.2.3: best effort, for invalid messages and drafts."""
    assert addresses(value) == one(name, email)


@pytest.mark.parametrize(
    "value",
    [
        "alice@far.example, bob@far.example",
        "alice@far.example,,bob@far.example,",
        "alice@far.example; bob@far.example",
        "alice@far.example bob@far.example",
        "<alice@far.example> <bob@far.example>",
        "<alice@far.example> bob@far.example",
        "<alice@far.example bob, <bob@far.example>",
    ],
)
def test_addresses_are_told_apart(value: str) -> None:
    """RFC 5322 section 3.4; semicolons and missing commas are ours."""
    assert [address["email"] for address in addresses(value)] == ["alice@far.example", "bob@far.example"]


def test_a_forgotten_comma_gives_names_to_the_right_addresses() -> None:
    """Ours."""
    assert addresses("Alice <alice@far.example> Bob <bob@far.example>") == [
        {"name": "Alice", "email": "alice@far.example"},
        {"name": "Bob", "email": "bob@far.example"},
    ]


LIST = (
    '"  James Smythe" <james@far.example>, Friends:\r\n jane@far.example,'
    " =?UTF-8?Q?John_Sm=C3=AEth?=\r\n <john@far.example>;"
)


def test_groups_are_dissolved() -> None:
    """RFC 8621 section 4.1.2.3: the form of its example."""
    assert addresses(LIST) == [
        {"name": "James Smythe", "email": "james@far.example"},
        {"name": None, "email": "jane@far.example"},
        {"name": "John Smîth", "email": "john@far.example"},
    ]


def test_groups_are_kept() -> None:
    """RFC 8621 section 4.1.2.4: mailboxes in none are collected too."""
    assert grouped_addresses(LIST + ", bob@far.example; carol@far.example") == [
        {"name": None, "addresses": [{"name": "James Smythe", "email": "james@far.example"}]},
        {
            "name": "Friends",
            "addresses": [
                {"name": None, "email": "jane@far.example"},
                {"name": "John Smîth", "email": "john@far.example"},
            ],
        },
        {
            "name": None,
            "addresses": [
                {"name": None, "email": "bob@far.example"},
                {"name": None, "email": "carol@far.example"},
            ],
        },
    ]


def test_a_group_may_be_empty() -> None:
    """RFC 5322 section 3.4."""
    nobody: list[EmailAddress] = []

    assert grouped_addresses('"Undisclosed recipients":;') == [{"name": "Undisclosed recipients", "addresses": nobody}]
    assert addresses("undisclosed-recipients:;") == []


def test_a_group_that_is_not_closed_ends_with_the_next() -> None:
    """Ours."""
    assert grouped_addresses("a: alice@far.example, b: bob@far.example") == [
        {"name": "a", "addresses": one(None, "alice@far.example")},
        {"name": "b", "addresses": one(None, "bob@far.example")},
    ]


@pytest.mark.parametrize("value", ["", " ", ",", ";", ", ;", "()", "\r\n "])
def test_nothing_is_no_address(value: str) -> None:
    """RFC 8621 section 4.1.2.3."""
    assert addresses(value) == []


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("a@b," * 50_000, 50_000),
        ("g:a@b;" * 10_000, 10_000),
        ("(" * 200_000, 1),
        ("(" * 100_000 + ")" * 100_000 + "a@b", 1),
        ('\\"' * 100_000, 1),
        ('<\\"' * 100_000, 1),
        ("<" * 100_000, 0),
    ],
)
def test_long_lists_take_linear_time(value: str, count: int) -> None:
    """Ours: what is never closed is looked for once."""
    assert len(addresses(value)) >= count
