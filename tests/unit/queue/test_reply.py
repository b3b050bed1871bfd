"""What a server said, on one line (RFC 8621 section 7, "smtpReply")."""

import pytest

from pillarbox.queue import Reply
from pillarbox.queue.reply import Fate


def test_lines_become_one_without_what_they_have_in_common() -> None:
    """RFC 8621 section 7: the example there."""
    told = Reply.told(550, "5.7.1 Our system has detected that this message is\n5.7.1 likely spam.")

    assert str(told) == "550 5.7.1 Our system has detected that this message is likely spam."


@pytest.mark.parametrize(
    ("code", "text", "fate", "status"),
    [
        (250, "2.1.5 OK", Fate.TAKEN, "2.1.5"),
        (252, "maybe", Fate.TAKEN, "2.0.0"),
        (421, "4.3.2 closing", Fate.LATER, "4.3.2"),
        (550, "no", Fate.NEVER, "5.0.0"),
        # What contradicts its code says nothing (RFC 2034 section 4).
        (550, "4.2.1 no", Fate.NEVER, "5.0.0"),
        (354, "what?", Fate.LATER, "4.0.0"),
        (999, "what?", Fate.LATER, "4.0.0"),
        (-1, "", Fate.LATER, "4.0.0"),
    ],
)
def test_codes_and_what_they_mean(code: int, text: str, fate: Fate, status: str) -> None:
    """RFC 5321 section 4.2.1, RFC 3463 section 2."""
    told = Reply.told(code, text)

    assert (told.fate, told.status) == (fate, status)


def test_what_a_stranger_says_has_bounds() -> None:
    """Ours."""
    told = Reply.told(550, "\x1b[2J\u202e" + "x" * 10_000)

    assert len(str(told)) <= 504
    assert str(told).isprintable()
