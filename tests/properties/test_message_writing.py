"""What is written is read as the same."""

import unicodedata
from collections.abc import Callable
from itertools import count

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pillarbox.wire.message import (
    EmailAddress,
    EmailAddressGroup,
    Form,
    Leaf,
    Multi,
    Part,
    body_value,
    compose,
    content,
    encoded,
    parse,
    parsed,
)


def normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


# No control characters, no halves of surrogate pairs: those are unwritable.
PRINTABLE = st.characters(exclude_categories=["Cc", "Cs"])
TEXT = st.text(PRINTABLE, max_size=120) | st.text(st.sampled_from('ab ä=?_"\\,;:<>@()😀'), max_size=120)
NAME = TEXT.map(lambda text: normal(text).strip()) | st.none()
ATEXT = st.text("abcXYZ0189!#$%&'*+-/=?^_`{|}~ä", min_size=1, max_size=20)
EMAIL = st.one_of(
    st.builds("{}@{}.example".format, ATEXT, ATEXT),
    ATEXT,
    st.builds('"{} {}"@far.example'.format, ATEXT, ATEXT),
    st.just(""),
)
ADDRESS = st.builds(lambda name, email: EmailAddress(name=name or None, email=normal(email)), NAME, EMAIL)
GROUP = st.builds(
    lambda name, members: EmailAddressGroup(name=name, addresses=members),
    NAME.filter(bool),
    st.lists(ADDRESS, max_size=4),
)


@settings(max_examples=400, deadline=None)
@given(TEXT)
@example("=?utf-8?q?a?= =?utf-8?q?b?=")
@example(" " * 100)
@example("a" * 2000)
def test_text_is_read_as_it_was_meant(said: str) -> None:
    """RFC 8621 section 4.1.2.2."""
    written = encoded("Subject", Form.TEXT, said)

    assert parsed(Form.TEXT, written) == normal(said)
    assert written.isascii()
    assert all(line.strip() for line in written.split("\r\n")) or not said


@settings(max_examples=400, deadline=None)
@given(st.lists(ADDRESS, max_size=6))
def test_addresses_are_read_as_they_were_meant(people: list[EmailAddress]) -> None:
    """RFC 8621 section 4.1.2.3."""
    assert parsed(Form.ADDRESSES, encoded("To", Form.ADDRESSES, people)) == people


@settings(max_examples=300, deadline=None)
@given(st.lists(GROUP, max_size=4))
def test_groups_are_read_as_they_were_meant(groups: list[EmailAddressGroup]) -> None:
    """RFC 8621 section 4.1.2.4."""
    assert parsed(Form.GROUPED, encoded("To", Form.GROUPED, groups)) == groups


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("abAB01.@!#$%&*+-/=?^_{|}~[]:ä", min_size=1, max_size=60), min_size=1, max_size=20))
def test_message_ids_are_read_as_they_were_meant(ids: list[str]) -> None:
    """RFC 8621 section 4.1.2.5."""
    assert parsed(Form.MESSAGE_IDS, encoded("References", Form.MESSAGE_IDS, ids)) == ids


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abAB01.@!#$%&*+-/=?^_{|}~[]:()", min_size=1, max_size=60), min_size=1, max_size=5))
def test_urls_are_read_as_they_were_meant(found: list[str]) -> None:
    """RFC 8621 section 4.1.2.7."""
    assert parsed(Form.URLS, encoded("List-Help", Form.URLS, found)) == found


@settings(max_examples=200, deadline=None)
@given(st.datetimes(), st.integers(-23 * 60 - 59, 23 * 60 + 59))
def test_dates_are_read_as_they_were_meant(moment: object, offset: int) -> None:
    """RFC 8621 section 4.1.2.6."""
    hours, minutes = divmod(abs(offset), 60)
    zone = f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}" if offset else "Z"
    said = f"{str(moment)[:19].replace(' ', 'T')}{zone}"

    assert parsed(Form.DATE, encoded("Date", Form.DATE, said)) == said


FILE = st.binary(max_size=200) | st.lists(
    st.sampled_from([b"\r\n", b"\n", b"\r", b"--b1", b"a" * 300, b" ", b"=", b"\0", b"\xff", b"From "]), max_size=20
).map(b"".join)
FILE_NAME = TEXT.map(normal)
DESCRIBED = {
    "disposition": st.sampled_from([None, "inline", "attachment"]),
    "name": FILE_NAME | st.none(),
    "cid": st.none() | st.text("ab01.@!#$%&*+-/=?^_{|}~", min_size=1, max_size=30),
    "language": st.none() | st.just(("en", "de-CH")),
    "location": st.none() | st.text("ab:/?#ä😀", min_size=1, max_size=100).map(normal),
}
ATTACHED = st.builds(
    Leaf,
    type=st.sampled_from(["text/plain", "text/html", "image/png", "message/rfc822", "application/octet-stream"]),
    content=FILE,
    is_text=st.just(value=False),
    charset=st.none(),
    **DESCRIBED,
)
TYPED = st.builds(
    Leaf,
    type=st.sampled_from(["text/plain", "text/html"]),
    content=st.text(PRINTABLE | st.just("\n"), max_size=200).map(str.encode),
    is_text=st.just(value=True),
    **DESCRIBED,
)
BODY = st.recursive(
    ATTACHED | TYPED,
    lambda inner: st.builds(
        Multi,
        subtype=st.sampled_from(["mixed", "alternative", "related", "digest"]),
        parts=st.lists(inner, min_size=1, max_size=4).map(tuple),
        **DESCRIBED,
    ),
    max_leaves=8,
)


def boundaries() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"b{next(numbers)}"


def same(raw: bytes, part: Part, node: Leaf | Multi) -> None:
    """Asserts that a part is what was to be written."""
    assert (part.disposition, part.name) == (node.disposition, node.name or None)
    assert (part.cid, part.language, part.location) == (node.cid, node.language, node.location)
    if isinstance(node, Multi):
        assert part.type == f"multipart/{node.subtype}"
        assert len(part.parts) == len(node.parts)
        for child, inner in zip(part.parts, node.parts, strict=True):
            same(raw, child, inner)
    else:
        assert part.type == node.type
        if node.is_text:
            value = body_value(raw[part.offset : part.offset + part.length], part)
            assert value == (node.content.decode().removeprefix("\ufeff"), False)
        else:
            assert content(raw, part) == node.content
            assert part.size == len(node.content)


@settings(max_examples=300, deadline=None)
@given(TEXT, BODY)
def test_a_message_is_read_as_it_was_meant(subject: str, body: Leaf | Multi) -> None:
    """RFC 8621 section 4.6: structure, names, and contents octet for octet."""
    written = encoded("Subject", Form.TEXT, subject)
    raw = compose([("Subject", written)], body, boundaries())
    message = parse(raw)

    assert ("Subject", written) in message.headers
    same(raw, message.root, body)
    assert not message.is_cut
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
