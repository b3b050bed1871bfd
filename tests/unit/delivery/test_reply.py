"""The table of replies."""

import re

import pytest

from pillarbox.delivery import reply
from pillarbox.delivery.path import MAX_PATH, Path
from pillarbox.delivery.reply import Reply

REPLIES = {name: value for name, value in vars(reply).items() if isinstance(value, Reply)}


@pytest.mark.parametrize("name", REPLIES)
def test_the_status_agrees_with_the_code(name: str) -> None:
    """RFC 2034 section 4: on each 2yz, 4yz and 5yz, of the same class; not on 354."""
    told = REPLIES[name]
    if told.code == 354:
        assert told.status == ""
    else:
        assert re.fullmatch(rf"{told.code // 100}\.\d{{1,3}}\.\d{{1,3}}", told.status)


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_fits_on_a_line(name: str) -> None:
    """RFC 5321 section 4.5.3.1.5: 512 octets, with the longest path we take."""
    longest = Path("x" * MAX_PATH, "", "")
    assert len(REPLIES[name].about(longest).octets()) <= 512


def test_every_line_has_the_codes() -> None:
    """RFC 5321 section 4.2.1, RFC 2034 section 4."""
    assert Reply(550, "5.1.1", "one", ("two",)).octets() == b"550-5.1.1 one\r\n550 5.1.1 two\r\n"


def test_the_table_is_complete_and_no_larger() -> None:
    """Ours."""
    assert set(REPLIES) <= set(reply.__all__)
