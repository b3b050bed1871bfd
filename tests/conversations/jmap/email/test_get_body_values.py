"""Email/get: the decoded text of parts (RFC 8621 sections 4.1.4 and 4.2)."""

import pytest
from tests.conversations.jmap.email.letters import LETTER, LIST_LETTER, letter
from tests.conversations.jmap.email.test_get_body import get
from tests.driver import JMAP, like


def test_no_body_values_are_told_unasked(alice: JMAP) -> None:
    """RFC 8621 section 4.2: the flags are false by default."""
    assert get(alice, LETTER, "bodyValues")["bodyValues"] == {}


def test_text_body_values_are_those_of_text_parts_in_text_body(alice: JMAP) -> None:
    """RFC 8621 section 4.2, "fetchTextBodyValues"."""
    got = get(alice, LIST_LETTER, "textBody", "bodyValues", bodyProperties=["partId"], fetchTextBodyValues=True)

    assert sorted(value["value"] for value in got["bodyValues"].values()) == ["A", "B", "D", "K"]
    assert got["bodyValues"].keys() <= {part["partId"] for part in got["textBody"]}


def test_html_body_values_are_those_of_text_parts_in_html_body(alice: JMAP) -> None:
    """RFC 8621 section 4.2, "fetchHTMLBodyValues"."""
    got = get(alice, LIST_LETTER, "bodyValues", fetchHTMLBodyValues=True)

    assert sorted(value["value"] for value in got["bodyValues"].values()) == ["A", "E", "K"]


def test_all_body_values_are_those_of_all_text_parts(alice: JMAP) -> None:
    """RFC 8621 section 4.2, "fetchAllBodyValues"."""
    got = get(alice, LIST_LETTER, "bodyValues", fetchAllBodyValues=True)

    assert sorted(value["value"] for value in got["bodyValues"].values()) == ["A", "B", "D", "E", "K"]


def test_an_attached_text_is_among_all_body_values(alice: JMAP) -> None:
    """RFC 8621 section 4.2: any text/* part in bodyStructure."""
    message = letter("a,b", Content_Type="text/csv", Content_Disposition="attachment")

    assert get(alice, message, "bodyValues", fetchTextBodyValues=True, fetchHTMLBodyValues=True)["bodyValues"] == {}
    assert get(alice, message, "bodyValues", fetchAllBodyValues=True)["bodyValues"] == {"1": like(value="a,b\n")}


def test_a_body_value_has_line_feeds(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, EmailBodyValue: any CRLF is replaced with a single LF."""
    got = get(alice, letter("one\ntwo\n"), "bodyValues", fetchTextBodyValues=True)

    assert got["bodyValues"] == {"1": {"value": "one\ntwo\n\n", "isEncodingProblem": False, "isTruncated": False}}


def test_a_body_value_is_decoded(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4: transfer encoding and charset."""
    got = get(
        alice,
        letter("=E4=FC", Content_Type="text/plain; charset=iso-8859-1", Content_Transfer_Encoding="quoted-printable"),
        "bodyValues",
        fetchTextBodyValues=True,
    )

    assert got["bodyValues"]["1"] == {"value": "äü\n", "isEncodingProblem": False, "isTruncated": False}


@pytest.mark.parametrize(
    ("charset", "body"),
    [("utf-8", b"a\xff\xfeb"), ("klingon", b"abc"), ("us-ascii", b"a\x81\xffb")],
)
def test_what_cannot_be_decoded_is_an_encoding_problem(alice: JMAP, charset: str, body: bytes) -> None:
    """RFC 8621 section 4.1.4, "isEncodingProblem"."""
    message = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + body

    got = get(alice, message, "bodyValues", fetchTextBodyValues=True)

    assert got["bodyValues"]["1"]["isEncodingProblem"] is True
    assert got["bodyValues"]["1"]["value"].startswith("a")


def test_truncated_base64_gives_what_there_is(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4: decoding is best effort."""
    got = get(
        alice, letter("aGVsbG8gd29yb", Content_Transfer_Encoding="base64"), "bodyValues", fetchTextBodyValues=True
    )

    assert got["bodyValues"]["1"] == {"value": "hello wor", "isEncodingProblem": True, "isTruncated": False}


def test_zero_is_no_bound_for_body_values(alice: JMAP) -> None:
    """RFC 8621 section 4.2, "maxBodyValueBytes"."""
    got = get(alice, letter("x" * 10_000), "bodyValues", fetchTextBodyValues=True, maxBodyValueBytes=0)

    assert got["bodyValues"]["1"] == {"value": "x" * 10_000 + "\n", "isEncodingProblem": False, "isTruncated": False}


def test_a_body_value_is_no_longer_than_asked_for(alice: JMAP) -> None:
    """RFC 8621 section 4.2: it MUST be truncated to this number of octets, and isTruncated says so."""
    got = get(alice, letter("x" * 100), "bodyValues", fetchTextBodyValues=True, maxBodyValueBytes=10)

    assert got["bodyValues"]["1"] == {"value": "x" * 10, "isEncodingProblem": False, "isTruncated": True}


def test_a_body_value_that_fits_is_not_truncated(alice: JMAP) -> None:
    """RFC 8621 section 4.2: octets are counted, and the bound itself is allowed."""
    message = letter("äöü", Content_Type="text/plain; charset=utf-8")

    got = get(alice, message, "bodyValues", fetchTextBodyValues=True, maxBodyValueBytes=7)

    assert got["bodyValues"]["1"] == {"value": "äöü\n", "isEncodingProblem": False, "isTruncated": False}


@pytest.mark.parametrize(("most", "value"), [(1, ""), (2, "ä"), (3, "ä"), (4, "ää"), (5, "ää"), (6, "ää")])
def test_truncation_does_not_cut_characters(alice: JMAP, most: int, value: str) -> None:
    """RFC 8621 section 4.2: valid UTF-8, not in the middle of a code point."""
    got = get(
        alice,
        letter("ää😀", Content_Type="text/plain; charset=utf-8"),
        "bodyValues",
        fetchTextBodyValues=True,
        maxBodyValueBytes=most,
    )

    assert got["bodyValues"]["1"] == {"value": value, "isEncodingProblem": False, "isTruncated": True}


@pytest.mark.parametrize("most", [4, 10, 30])
def test_truncation_does_not_cut_tags(alice: JMAP, most: int) -> None:
    """RFC 8621 section 4.2: a text/html value SHOULD NOT be truncated inside an HTML tag."""
    got = get(
        alice,
        letter('<p><a href="https://far.example/a>b">here</a>', Content_Type="text/html"),
        "bodyValues",
        fetchHTMLBodyValues=True,
        maxBodyValueBytes=most,
    )

    assert got["bodyValues"]["1"] == {"value": "<p>", "isEncodingProblem": False, "isTruncated": True}
