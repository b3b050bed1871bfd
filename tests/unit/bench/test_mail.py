"""The mail that is measured with."""

from pathlib import Path

from bench.mail import LETTERS, mailbox, numbered, template


def test_messages_of_a_template_differ_by_their_number() -> None:
    """Ours: a message that was there before would cost less."""
    assert numbered(template(), 1) != numbered(template(), 2)
    assert len(numbered(template(), 1)) == len(numbered(template(), 2**32 - 1)) == len(template())


def test_a_template_is_about_as_large_as_asked_for() -> None:
    """Ours."""
    assert 4_900 < len(template(5_000)) <= 5_000


def test_no_line_of_a_template_begins_with_a_dot() -> None:
    """RFC 5321 section 4.5.2: it would have to be sent twice."""
    assert template().endswith(b"\r\n")
    assert b"\r\n." not in template()


def test_there_are_as_many_messages_as_asked_for_and_the_letters(tmp_path: Path) -> None:
    """Ours."""
    folder = mailbox(tmp_path, 40, 1)

    counts = {file.name: file.read_bytes().count(b"From somebody@") for file in folder.iterdir()}
    assert counts.pop("Letters") == LETTERS
    assert sum(counts.values()) == 40
    assert set(counts) == {"Inbox", "Sent", "Archive"}


def test_mail_that_was_written_once_is_used_again(tmp_path: Path) -> None:
    """Ours: a million messages take minutes to write."""
    first = mailbox(tmp_path, 5, 1)
    (first / "Inbox").write_bytes(b"")

    assert (mailbox(tmp_path, 5, 1) / "Inbox").read_bytes() == b""
