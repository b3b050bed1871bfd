"""An MTA-STS policy (RFC 8461)."""

import re

from pillarbox.wire.mtasts import LONGEST, StsPolicy

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
