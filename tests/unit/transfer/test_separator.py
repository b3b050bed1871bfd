from datetime import UTC, datetime

import pytest

from pillarbox.transfer.separator import is_separator, time_of

NOON = datetime(1986, 11, 24, 12, 22, 48, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "From alice@far.example Mon Nov 24 12:22:48 1986",
        "From alice@far.example  Mon Nov 24 12:22:48 1986\r",
        "From - Mon Nov 24 12:22:48 1986",
        "From ???@??? Mon Nov 24 12:22:48 1986",
        "From Mon Nov 24 12:22:48 1986",
        "From  Mon Nov 24 12:22:48 1986 ",
        "From alice at far.example  Mon Nov 24 12:22:48 1986",
        'From "al ice"@far.example Mon Nov 24 12:22:48 1986',
        "From MAILER-DAEMON Nov 24 12:22:48 1986",
        "From 1234567890@xxx Mon Nov 24 12:22:48 +0000 1986",
        "From alice@far.example Mon Nov 24 13:22:48 +0100 1986",
        "From alice@far.example Mon Nov 24 13:22:48 1986 +0100",
        "From alice@far.example Mon Nov 24 04:22:48 PST 1986",
        "From alice@far.example Mon Nov 24 12:22:48 1986 GMT",
        "From alice@far.example Mon, 24 Nov 1986 13:22:48 +0100",
        "From alice@far.example Mon, 24 Nov 1986 13:22:48 +0100 (CET)",
        "From alice@far.example 24 Nov 1986 12:22:48",
        "From alice@far.example 1986-11-24T12:22:48Z",
        "From alice@far.example 1986-11-24 13:22:48 +0100",
        "From alice Mon Nov 24 12:22:48 1986 remote from far",
    ],
)
def test_the_line_of_many_programs_is_a_separator_with_its_time(line: str) -> None:
    """RFC 4155 appendix A, and what is found in old files."""
    assert is_separator(line.encode())
    assert time_of(line.encode()) == NOON


def test_a_time_may_lack_its_seconds() -> None:
    line = b"From alice@far.example Mon Nov  4 12:22 1986"

    assert is_separator(line)
    assert time_of(line) == datetime(1986, 11, 4, 12, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "From here on it rained.",
        "From here on, at 12:22:48, it rained.",
        "From Monday Nov 24 on we are closed",
        "From alice@far.example",
        "From alice@far.example Mon Nov 24 1986",
        "From alice@far.example Mon Nov 24 12:22:48 1986 it began",
        "From: alice@far.example Mon Nov 24 12:22:48 1986",
        ">From alice@far.example Mon Nov 24 12:22:48 1986",
        "from alice@far.example Mon Nov 24 12:22:48 1986",
        "From " + "a" * 1000 + " Mon Nov 24 12:22:48 1986",
    ],
)
def test_prose_is_no_separator(line: str) -> None:
    assert not is_separator(line.encode())


def test_a_separator_with_a_day_that_never_was_separates_and_has_no_time() -> None:
    line = b"From alice@far.example Mon Feb 31 12:22:48 1986"

    assert is_separator(line)
    assert time_of(line) is None
