"""The octets of a message on their way (RFC 5321 sections 2.3.8 and 4.5.2)."""

import re
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.queue.octets import sendable, stuffed

_OCTETS = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"..", b"a", b"\0"])).map(b"".join)


@given(_OCTETS)
def test_lines_end_in_crlf_and_in_nothing_else(message: bytes) -> None:
    """RFC 5321 section 2.3.8: CR and LF only together."""
    sent = sendable(message)

    assert re.search(rb"\r(?!\n)|(?<!\r)\n", sent) is None
    assert sent == re.sub(rb"\r\n|\r|\n", b"\r\n", message) + (b"" if re.search(rb"[\r\n]\Z", message) else b"\r\n")
    assert sendable(sent) == sent


@given(_OCTETS)
def test_nothing_within_a_message_is_its_end(message: bytes) -> None:
    """RFC 5321 section 4.5.2: what follows the end would be taken for commands."""
    sent = sendable(message)
    given = stuffed(sent)

    assert (b"\r\n" + given).find(b"\r\n.\r\n") == len(given) - 3
    assert re.sub(rb"(?m)^\.", b"", given[:-3]) == sent


@pytest.mark.parametrize("line", [b"\n", b".\n", b"\r"])
def test_a_message_of_nothing_but_lines_costs_what_another_costs(line: bytes) -> None:
    """Ours: it took ninety times its octets in memory, and a second of the loop for each ten million of them."""
    message = line * 1_000_000
    tracemalloc.start()
    try:
        stuffed(sendable(message))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 15 * len(message)
