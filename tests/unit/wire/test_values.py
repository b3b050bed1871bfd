"""Ids, dates, states (RFC 8620 sections 1.2 to 1.4)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pillarbox.wire.values import (
    are_ids,
    id_number,
    id_parts,
    id_text,
    is_date,
    is_id,
    is_id_prefix,
    is_utc_date,
    state_number,
    state_text,
    utc_date,
    utc_datetime,
)


@pytest.mark.parametrize("text", ["a", "A-_9", "x" * 255, "-", "0"])
def test_an_id_is_of_the_safe_alphabet(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize("value", ["", "x" * 256, "a b", "é", "a/b", "#a", "a\n", "٣", None, 1, ["a"], b"a"])
def test_anything_else_is_no_id(value: object) -> None:
    assert not is_id(value)


@given(st.lists(st.one_of(st.text("aZ_\n#", max_size=3), st.just("x" * 255), st.just("x" * 256), st.none())))
def test_a_list_is_of_ids_if_each_of_them_is_one(values: list[str | None]) -> None:
    assert are_ids(values) == all(map(is_id, values))
    assert not are_ids(tuple(values))


@given(st.sampled_from(["a", "c", "z", "ca", "el", "au"]), st.integers(0, 2**58))
def test_a_number_comes_back_from_its_id(prefix: str, number: int) -> None:
    text = id_text(prefix, number)
    assert is_id(text)
    assert text == text.lower()
    assert id_number(prefix, text) == number
    assert id_parts(text) == (prefix, number)
    assert id_number("b", text) is None


@given(st.text("acel", min_size=1, max_size=2), st.text("acel", min_size=1, max_size=2), st.integers(0, 2**58))
def test_an_id_is_read_with_its_own_prefix_alone(prefix: str, other: str, number: int) -> None:
    assume(is_id_prefix(prefix) and is_id_prefix(other) and prefix != other)
    assert id_number(other, id_text(prefix, number)) is None


@pytest.mark.parametrize("text", ["", "C", "1", "cb", "cy", "c0", "c-", "cal", "é", "c\n"])
def test_what_could_be_read_in_two_ways_is_no_prefix(text: str) -> None:
    """A second letter that is a digit of ids would be a digit of a type with the first alone."""
    assert not is_id_prefix(text)


@pytest.mark.parametrize(("prefix", "number", "text"), [("m", 0, "m0"), ("e", 29, "ez"), ("e", 900, "e100")])
def test_ids_that_were_given_out_stay_what_they_are(prefix: str, number: int, text: str) -> None:
    assert id_text(prefix, number) == text
    assert id_number(prefix, text) == number


@given(st.text("ca0123bdfE-", max_size=15))
def test_no_two_ids_are_one_object(text: str) -> None:
    parts = id_parts(text)
    assert parts is None or id_text(*parts) == text


@pytest.mark.parametrize("text", ["", "c", "c00", "c01", "C1", "c1 ", "c1\n", "ca", "c" + "z" * 13, "ce", "d1", "c-1"])
def test_what_was_never_given_out_is_no_number(text: str) -> None:
    assert id_number("c", text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2014-10-30T14:12:00+08:00",
        "2014-10-30T06:12:00Z",
        "2014-10-30T06:12:00.5Z",
        "2014-10-30T06:12:00.05-00:30",
        "2016-12-31T23:59:60Z",
        "2016-02-29T00:00:00Z",
        "0001-01-01T00:00:00Z",
    ],
)
def test_a_date_is_written_as_the_rfc_says(text: str) -> None:
    assert is_date(text)
    assert is_utc_date(text) == text.endswith("Z")
    assert utc_datetime(text).tzinfo is not None


@pytest.mark.parametrize(
    "value",
    [
        "2014-10-30t06:12:00Z",
        "2014-10-30T06:12:00z",
        "2014-10-30 06:12:00Z",
        "2014-10-30T06:12:00.0Z",
        "2014-10-30T06:12:00.00+01:00",
        "2014-10-30T06:12:00.Z",
        "2014-10-30T06:12Z",
        "2014-10-30T06:12:00",
        "2014-10-30",
        "2014-13-30T06:12:00Z",
        "2015-02-29T06:12:00Z",
        "2014-10-30T24:00:00Z",
        "2014-10-30T06:60:00Z",
        "2014-10-30T06:12:61Z",
        "2014-10-30T06:12:00+24:00",
        "2014-10-30T06:12:00+0100",
        "0000-01-01T00:00:00Z",
        "٢014-10-30T06:12:00Z",
        "2014-10-30T06:12:00Z\n",
        "",
        None,
        1,
    ],
)
def test_anything_else_is_no_date(value: object) -> None:
    assert not is_date(value)
    assert not is_utc_date(value)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)), st.integers(-12, 12))  # noqa: DTZ001
def test_a_moment_comes_back_from_its_date_to_the_second(moment: datetime, hours: int) -> None:
    text = utc_date(moment.astimezone(timezone(timedelta(hours=hours))))
    assert is_utc_date(text)
    assert utc_datetime(text) == moment.replace(microsecond=0)


@given(st.text("bcdf", min_size=8, max_size=8), st.integers(0, 2**53))
def test_a_number_comes_back_from_its_state(epoch: str, number: int) -> None:
    text = state_text(epoch, number)
    assert state_number(epoch, text) == number
    assert state_number("other", text) is None


@pytest.mark.parametrize("text", ["", "bcd", "bcd-", "-1", "bcd--1", "bcd-1.0", "bcd-1e3", "bcd-٣", "bcd-" + "9" * 19])
def test_anything_else_is_no_state(text: str) -> None:
    assert state_number("bcd", text) is None
