"""The Range header field (RFC 9110 section 14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pillarbox.http.faces.range import wanted_range
from pillarbox.http.problem import Problem


@given(some.integers(0, 30), some.integers(0, 30), some.integers(0, 30))
def test_a_range_is_what_a_slice_is(size: int, first: int, last: int) -> None:
    """RFC 9110 section 14.1.2: both ends included, cut at the end."""
    octets = bytes(range(size))
    header = b"bytes=%d-%d" % (first, last)
    if last < first:
        assert wanted_range(header, size) is None
    elif first >= size:
        with pytest.raises(Problem):
            wanted_range(header, size)
    else:
        wanted = wanted_range(header, size)
        assert wanted is not None
        assert octets[wanted[0] : wanted[0] + wanted[1]] == octets[first : last + 1]


@given(some.binary(max_size=30), some.integers(0, 30))
def test_no_header_breaks_it(header: bytes, size: int) -> None:
    """Ours: what is no range is none."""
    try:
        wanted = wanted_range(b"bytes=" + header, size)
    except Problem:
        return
    assert wanted is None or 0 <= wanted[0] < wanted[0] + wanted[1] <= size
