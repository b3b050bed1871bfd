"""What is said between processes, and what is not taken for it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pillarbox.store.hub.line import MAX_ACCOUNT, MAX_LINE, Garbled, Line, Lines, Word
from pillarbox.wire.values import State

ACCOUNTS = st.integers(0, MAX_ACCOUNT)
STATES = st.dictionaries(
    st.text("abcXYZ", max_size=20), st.from_regex(r"[a-z]{8}-[0-9]{1,9}", fullmatch=True).map(State)
)
LINES = st.one_of(
    st.builds(Line, st.sampled_from([word for word in Word if word is not Word.PUBLISH]), ACCOUNTS),
    st.builds(Line, st.just(Word.PUBLISH), ACCOUNTS, STATES),
    st.sampled_from([Line(Word.LISTEN, None), Line(Word.REREAD, None)]),
)


@given(st.lists(LINES), st.integers(1, 50))
def test_what_is_said_is_heard_however_it_is_cut(said: list[Line], size: int) -> None:
    octets = b"".join(line.octets() for line in said)
    lines = Lines()

    heard = [line for at in range(0, len(octets), size) for line in lines.fed(octets[at : at + size])]

    assert heard == said


@given(st.binary(max_size=200))
@example(b"publish 1 {\n")
@example(b'publish 1 {"Email":1}\n')
@example(b"publish * {}\n")
@example(b"listen 1 {}\n")
@example(b"listen 99999999999999999999\n")
@example(b"listen 9999999999999999999\n")
@example("listen \u0661\n".encode())
@example(b"expect *\n")
@example(b"\n")
@example(b"Listen 1\n")
@example(b"listen 1\r\n")
def test_whatever_comes_is_lines_or_garbled(octets: bytes) -> None:
    try:
        heard = list(Lines().fed(octets))
    except Garbled:
        return
    # What was understood says the same again; what is left has no end yet.
    assert [Line.read(line.octets()[:-1]) for line in heard] == heard
    assert octets.count(b"\n") == len(heard)


def test_a_line_without_an_end_is_not_kept() -> None:
    lines = Lines()

    assert list(lines.fed(b"x" * (MAX_LINE // 2))) == []
    with pytest.raises(Garbled):
        list(lines.fed(b"x" * (MAX_LINE // 2)))


def test_a_long_line_is_refused_with_its_end_too() -> None:
    with pytest.raises(Garbled):
        list(Lines().fed(Line(Word.PUBLISH, 1, {"x" * MAX_LINE: State("a-1")}).octets()))
