"""Dates in header fields."""

from datetime import UTC, datetime

import pytest

from pillarbox.wire.message import Field, date, date_utc, received_date


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (" Thu, 30 Oct 2014 14:12:00 +0800", "2014-10-30T14:12:00+08:00"),
        ("30 Oct 2014 14:12 -0330", "2014-10-30T14:12:00-03:30"),
        ("Thu,\r\n 30\r\n Oct 2014\r\n 14:12:00\r\n +0000", "2014-10-30T14:12:00Z"),
        ("Thu, 30 Oct 2014 14:12:00 GMT (London)", "2014-10-30T14:12:00Z"),
        ("Thu, 30 Oct 2014 14:12:00 -0000", "2014-10-30T14:12:00-00:00"),
        ("Thu (the\\) 4th), 30 Oct (10) 2014 14(:): 12 : 00 EST", "2014-10-30T14:12:00-05:00"),
        ("Thu, 30 Oct 2014 14:12:00 PDT", "2014-10-30T14:12:00-07:00"),
        ("Thu, 30 Oct 2014 14:12:00 A", "2014-10-30T14:12:00-00:00"),
        ("30 Oct 49 14:12 UT", "2049-10-30T14:12:00Z"),
        ("30 Oct 97 14:12 UT", "1997-10-30T14:12:00Z"),
        ("30 Oct 114 14:12 UT", "2014-10-30T14:12:00Z"),
        ("31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"),
        ("Do., 30-Oct-2014 14.12.00 +0100", "2014-10-30T14:12:00+01:00"),
        ("Thursday, 3 October 2014 4:12 +100", "2014-10-03T04:12:00+01:00"),
        ("Thu, 30 Oct 2014 14:12:00 +08:00", "2014-10-30T14:12:00+08:00"),
        ("Thu, 30 Oct 2014 14:12:00", "2014-10-30T14:12:00-00:00"),
        ("Thu, 30 Oct 2014 14:12:00 +9999", "2014-10-30T14:12:00-00:00"),
        ("Thu, 30 Oct 2014 14:12:00 H0500", "2014-10-30T14:12:00-00:00"),
        ("Thu Oct 30 14:12:00 2014", "2014-10-30T14:12:00-00:00"),
        ("Thu Oct  3 14:12:00 EDT 2014", "2014-10-03T14:12:00-04:00"),
        ("Thu Oct 30 14:12:00 2014 +0800", "2014-10-30T14:12:00+08:00"),
        ("Thu Oct 30 14:12:00 GMT+08:00 2014", "2014-10-30T14:12:00+08:00"),
        ("Thu, 30 Oct 2014 14:12:00 GMT+0800", "2014-10-30T14:12:00+08:00"),
        ("Thu, 30 Oct 2014 14:12:00 UTC+8", "2014-10-30T14:12:00+08:00"),
        ("Thu, 30 Oct 2014 14:12:00 CEST", "2014-10-30T14:12:00+02:00"),
        ("Thu, 30 Oct 2014 2:12:00 PM -0400", "2014-10-30T14:12:00-04:00"),
        ("Thu, 30 Oct 2014 12:12 a.m.", "2014-10-30T00:12:00-00:00"),
        ("Thu, 30 Oct 2014 14:12 PM", "2014-10-30T14:12:00-00:00"),
        ("Thursday, October 30, 2014 2:12 PM", "2014-10-30T14:12:00-00:00"),
        ("Oct 3 2014 at 14:12:00 +0800", "2014-10-03T14:12:00+08:00"),
        ("2014/10/30 14:12:00 +0800", "2014-10-30T14:12:00+08:00"),
        ("2014-10-30T14:12:00.5+08:00", "2014-10-30T14:12:00+08:00"),
        ("2014-10-30 14:12:00Z", "2014-10-30T14:12:00Z"),
    ],
)
def test_a_date_is_told_with_its_offset(value: str, said: str) -> None:
    """RFC 8621 section 4.1.2.6; RFC 5322 sections 3.3 and 4.3; the last ones are what is sent instead."""
    assert date(value) == said


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "Thu,", "31 Feb 2014 14:12 +0000", "30 Okt 2014 14:12 +0000", "30 Oct 2014 59:10 -0500",
     "30 Oct 2014 14:60 -0500", "30 Oct 2014 14:12:61 -0500", "30 Oct 2014", "(30 Oct 2014 14:12 +0000)",
     "10/30/2014 14:12", "0000-10-30T14:12:00Z"],
)  # fmt: skip
def test_what_is_no_date_is_null(value: str) -> None:
    """RFC 8621 section 4.1.2.6: "If parsing fails, the value is null"."""
    assert date(value) is None
    assert date_utc(value) is None


def test_a_date_is_a_moment() -> None:
    """RFC 5322 section 3.3; an unknown offset is taken for none."""
    assert date_utc("30 Oct 2014 14:12 +0800") == datetime(2014, 10, 30, 6, 12, tzinfo=UTC)
    assert date_utc("30 Oct 2014 14:12 -0000") == datetime(2014, 10, 30, 14, 12, tzinfo=UTC)
    assert date_utc("31 Dec 9999 23:59 -1200") is None


def test_the_topmost_received_field_tells_when_the_message_came() -> None:
    """RFC 5322 section 3.6.7: the date stands behind the last semicolon."""
    headers = [
        Field("Subject", " x; 30 Oct 2014 14:12 +0000"),
        Field("Received", " from far.example; sometime"),
        Field("received", " from far.example (a; b)\r\n\tby near.example id 1;x;\r\n\t3 Oct 2014 14:12 +0800 (x; y)"),
        Field("Received", " by far.example; 1 Oct 2014 14:12 +0800"),
    ]

    assert received_date(headers) == datetime(2014, 10, 3, 6, 12, tzinfo=UTC)
    assert received_date(headers[:2]) is None
