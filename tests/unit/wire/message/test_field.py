"""Header fields' values from the forms of JMAP."""

import pytest

from pillarbox.wire.message import Form, Unwritable, encoded, parsed

BOB = {"name": "Bob", "email": "bob@far.example"}


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        (Form.RAW, " a\r\n b", " a\r\n b"),
        (Form.RAW, "", ""),
        (Form.RAW, " ä\t", " ä\t"),
        (Form.TEXT, "Plans", " Plans"),
        (Form.TEXT, "", ""),
        (Form.ADDRESSES, [], ""),
        (Form.ADDRESSES, [BOB], " Bob <bob@far.example>"),
        (Form.ADDRESSES, [{"email": "bob@far.example"}], " bob@far.example"),
        (Form.ADDRESSES, [{"name": None, "email": "bob@far.example"}], " bob@far.example"),
        (Form.ADDRESSES, [{"name": " ", "email": "bob@far.example"}], " bob@far.example"),
        (Form.ADDRESSES, [{"email": "bob"}], " <bob>"),
        (Form.ADDRESSES, [{"email": '"bob q"@far.example'}], ' <"bob q"@far.example>'),
        (Form.ADDRESSES, [{"email": ""}], " <>"),
        (Form.ADDRESSES, [{"email": "bob, carol"}], " <bob, carol>"),
        (Form.ADDRESSES, [BOB, {"name": "Cärol", "email": "carol@far.example"}],
         " Bob <bob@far.example>, =?utf-8?b?Q8Okcm9s?= <carol@far.example>"),
        (Form.ADDRESSES, ({"name": "Far, Bob", "email": "bob@far.example"},), ' "Far, Bob" <bob@far.example>'),
        (Form.GROUPED, [], ""),
        (Form.GROUPED, [{"name": None, "addresses": [BOB]}], " Bob <bob@far.example>"),
        (Form.GROUPED, [{"name": "friends", "addresses": [BOB]}], " friends: Bob <bob@far.example>;"),
        (Form.GROUPED, [{"name": "friends", "addresses": []}], " friends:;"),
        (Form.GROUPED, [{"name": "Bären", "addresses": []}], " =?utf-8?b?QsOkcmVu?= :;"),
        (Form.GROUPED, [{"addresses": [BOB]}, {"name": "a, b", "addresses": [BOB]}, {"addresses": [BOB, BOB]}],
         ' Bob <bob@far.example>, "a, b": Bob <bob@far.example>;, Bob\r\n <bob@far.example>, Bob <bob@far.example>'),
        (Form.MESSAGE_IDS, ["a@far.example"], " <a@far.example>"),
        (Form.MESSAGE_IDS, ["a@far.example", "b"], " <a@far.example> <b>"),
        (Form.MESSAGE_IDS, [], ""),
        (Form.URLS, ["mailto:a@far.example", "https://far.example/"], " <mailto:a@far.example>, <https://far.example/>"),
        (Form.DATE, "2014-10-30T14:12:00+08:00", " Thu, 30 Oct 2014 14:12:00 +0800"),
        (Form.DATE, "2014-10-03T14:12:00Z", " Fri, 3 Oct 2014 14:12:00 +0000"),
        (Form.DATE, "2014-10-30T14:12:00.25-00:00", " Thu, 30 Oct 2014 14:12:00 -0000"),
        (Form.DATE, "0099-01-01T00:00:00Z", " Thu, 1 Jan 0099 00:00:00 +0000"),
    ],
)  # fmt: skip
def test_a_value_is_written_so_that_it_is_read_again(form: Form, value: object, written: str) -> None:
    """RFC 8621 section 4.1.2, RFC 5322 section 3."""
    assert encoded("To", form, value) == written


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (Form.RAW, None),
        (Form.RAW, " a\r\nBcc: eve@far.example"),
        (Form.RAW, " a\n b"),
        (Form.RAW, " a\r b"),
        (Form.RAW, " a\r\n"),
        (Form.RAW, " a\r\n \r\n b"),
        (Form.RAW, " a\0"),
        (Form.RAW, " \ud800"),
        (Form.RAW, " " + "a" * 1000),
        (Form.TEXT, 5),
        (Form.TEXT, "a\nBcc: eve@far.example"),
        (Form.TEXT, "\x7f"),
        (Form.TEXT, "\ud800"),
        (Form.ADDRESSES, BOB),
        (Form.ADDRESSES, ["bob@far.example"]),
        (Form.ADDRESSES, [{"name": "Bob"}]),
        (Form.ADDRESSES, [{**BOB, "x": "y"}]),
        (Form.ADDRESSES, [{"email": None}]),
        (Form.ADDRESSES, [{"email": "a@far.example> <b@far.example"}]),
        (Form.ADDRESSES, [{"email": "(a) b@far.example"}]),
        (Form.ADDRESSES, [{"email": "a\r\n@far.example"}]),
        (Form.ADDRESSES, [{"name": 5, "email": "bob@far.example"}]),
        (Form.ADDRESSES, [{"name": "a\0", "email": "bob@far.example"}]),
        (Form.ADDRESSES, [{"email": "a" * 1000}]),
        (Form.GROUPED, [BOB]),
        (Form.GROUPED, ["all"]),
        (Form.GROUPED, [{"name": "all", "addresses": None}]),
        (Form.GROUPED, [{"name": " ", "addresses": []}]),
        (Form.GROUPED, "all"),
        (Form.MESSAGE_IDS, ["<a@far.example>"]),
        (Form.MESSAGE_IDS, ["a b"]),
        (Form.MESSAGE_IDS, [""]),
        (Form.MESSAGE_IDS, [None]),
        (Form.MESSAGE_IDS, "a@far.example"),
        (Form.URLS, ["https://far.example/ä"]),
        (Form.URLS, ["https://far.example/a b"]),
        (Form.DATE, "yesterday"),
        (Form.DATE, None),
        (Form.DATE, "2014-02-30T14:12:00Z"),
        (Form.DATE, "2014-10-30T14:12:00"),
    ],
)
def test_a_value_of_another_shape_is_unwritable(form: Form, value: object) -> None:
    """RFC 8621 section 4.6: it is the client that is told; nothing is ever put into a further field."""
    with pytest.raises(Unwritable):
        encoded("To", form, value)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "ä", "a\r\nb", "a" * 201])
def test_a_name_that_is_none_is_unwritable(name: str) -> None:
    """RFC 5322 section 2.2: printable ASCII but the colon."""
    with pytest.raises(Unwritable):
        encoded(name, Form.TEXT, "a")


def test_many_addresses_are_folded() -> None:
    """RFC 5322 section 2.1.1."""
    people: list[object] = [
        {"name": f"Bob Number {number}", "email": f"bob{number}@far.example"} for number in range(99)
    ]
    written = encoded("To", Form.ADDRESSES, people)

    assert max(map(len, f"To:{written}".split("\r\n"))) <= 78
    assert parsed(Form.ADDRESSES, written) == people


def test_a_fold_may_have_text_behind_white_space_only() -> None:
    """RFC 5322 section 3.2.2: no line of a folded field is all white space."""
    assert encoded("X", Form.RAW, " a\r\n  \t b") == " a\r\n  \t b"
