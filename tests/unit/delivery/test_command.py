"""Command lines."""

import pytest

from pillarbox.delivery.command import Command, addressed, command
from pillarbox.delivery.path import Malformed, Path


def test_a_verb_and_what_follows() -> None:
    assert command(b"mail From:<a@b> SIZE=1  ") == Command("MAIL", "From:<a@b> SIZE=1")
    assert command(b"QUIT") == Command("QUIT", "")
    assert command("NOOP ø".encode()) == Command("NOOP", "ø")


@pytest.mark.parametrize("line", [b"", b" NOOP", b"NO-OP", b"NOOP\t", "NÖOP".encode()])
def test_a_line_without_a_verb_is_none(line: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        command(line)
    assert refused.value.position == 0


@pytest.mark.parametrize("line", [b"NOOP a\0", b"NOOP \xc3", b"NOOP \xed\xa0\x80", b"NOOP a\nb", b"NOOP a\xc2\x85"])
def test_what_may_not_stand_on_a_line_is_told_with_its_place(line: bytes) -> None:
    """RFC 5321 section 4.1.2."""
    with pytest.raises(Malformed) as refused:
        command(line)
    assert refused.value.position > len("NOOP") - 1


def test_parameters_are_known_in_any_case() -> None:
    """RFC 5321 section 2.4."""
    said = addressed("FROM:", "from: <a@b>  size=1 BODY=8bitMIME smtpUTF8")
    assert said.path == Path("a@b", "a", "b")
    assert said.parameters == {"SIZE": "1", "BODY": "8bitMIME", "SMTPUTF8": None}


@pytest.mark.parametrize(
    "argument", ["<a@b> SIZE=", "<a@b> -A", "<a@b> A=B=C", "<a@b> A B a", "<a@b>A", "<a@b> A=\x7f"]
)
def test_parameters_of_another_form_are_refused(argument: str) -> None:
    """RFC 5321 section 4.1.2."""
    with pytest.raises(Malformed):
        addressed("TO:", f"TO:{argument}")
