"""An MTA-STS policy (RFC 8461)."""

import re

import pytest

from pillarbox.wire.mtasts import LONGEST, BadPolicy, StsPolicy, announced
from pillarbox.wire.tlsreports import report_places

POLICY = StsPolicy("testing", 86_400, ("mx.home.example",))


def test_a_policy_is_lines_in_a_fixed_order() -> None:
    """RFC 8461 section 3.2."""
    octets = b"version: STSv1\r\nmode: testing\r\nmax_age: 86400\r\nmx: mx.home.example\r\n"

    assert POLICY.octets() == octets


def test_a_policy_is_kept_no_longer_than_a_year() -> None:
    """RFC 8461 section 3.2: 31557600 seconds are the most."""
    assert b"max_age: 31557600\r\n" in StsPolicy("enforce", LONGEST + 1, ("mx.home.example",)).octets()


def test_another_policy_has_another_id() -> None:
    """RFC 8461 section 3.1: at most 32 letters and digits; the same for the same, in whatever order it is written."""
    others = [
        StsPolicy("enforce", 86_400, ("mx.home.example",)),
        StsPolicy("testing", 86_401, ("mx.home.example",)),
        StsPolicy("testing", 86_400, ("*.home.example",)),
        StsPolicy("testing", 86_400, ("mx.home.example", "mx2.home.example")),
    ]

    assert len({POLICY.id, *(one.id for one in others)}) == 5
    assert re.fullmatch(r"[A-Za-z0-9]{1,32}", POLICY.id)
    reverse = StsPolicy("testing", 86_400, ("mx2.home.example", "mx.home.example"))
    assert reverse.id == others[3].id


def test_a_policy_that_was_made_is_read_as_it_was() -> None:
    """RFC 8461 section 3.2."""
    assert StsPolicy.read(POLICY.octets()) == POLICY


def test_a_policy_of_others_is_read() -> None:
    """RFC 8461 section 3.2: lines end in LF as well, unknown fields are left out, and so is what is there again."""
    told = (
        b"version: STSv1\nmode:enforce  \nx-note: later\nmx: MX.Far.example\nmode: none\n"
        b"mx: *.far.example\nmax_age: 9999999999\n"
    )
    assert StsPolicy.read(told) == StsPolicy("enforce", LONGEST, ("mx.far.example", "*.far.example"))


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"<html>no</html>",
        b"version: STSv2\nmode: none\nmax_age: 1",
        b"version: STSv1\nmode: maybe\nmx: a.example\nmax_age: 1",
        b"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1",
        b"version: STSv1\nmode: enforce\nmax_age: 1",
        b"\xff\xfe\x00" * 1000,
    ],
)
def test_what_is_no_policy_is_refused(told: bytes) -> None:
    """RFC 8461 section 3.2: all but `mx` are there once, and that once at least but for `none`."""
    with pytest.raises(BadPolicy):
        StsPolicy.read(told)


@pytest.mark.parametrize(
    ("host", "is_covered"),
    [
        ("mx.far.example", True),
        ("a.wild.example", True),
        ("a.b.wild.example", False),
        ("wild.example", False),
        ("far.example", False),
        ("example", False),
    ],
)
def test_names_of_servers_are_matched(host: str, is_covered: bool) -> None:  # noqa: FBT001 - a case
    """RFC 8461 section 4.1: a wildcard stands for the first label, and for no more."""
    assert StsPolicy("enforce", 1, ("mx.far.example", "*.wild.example")).covers(host) is is_covered


def test_a_policy_is_announced_by_one_record() -> None:
    """RFC 8461 section 3.1: others beside it do not matter; two of them, or no id, are none."""
    assert announced(["v=spf1 -all", "v=STSv1; x=y; id=20160831085700Z;"]) == "20160831085700Z"
    assert announced(["v=STSv1; id=1", "v=STSv1; id=2"]) is None
    assert announced(["v=STSv1; id=" + "a" * 33]) is None
    assert announced(["v=STSv1;"]) is None
    assert announced(["v=STSv12; id=1"]) is None


def test_places_for_reports_are_read() -> None:
    """RFC 8460 section 3."""
    assert report_places(["v=TLSRPTv1; rua=mailto:a@b.example,https://c.example/r", "other"]) == [
        "mailto:a@b.example",
        "https://c.example/r",
    ]
    assert report_places(["v=TLSRPTv1; rua=ftp://x"]) == []
    assert report_places(["v=TLSRPTv1;rua=mailto:a@b.example", "v=TLSRPTv1;rua=mailto:a@b.example"]) == []
