"""Octets as they were, in any format; and what other programs look for around them."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pillarbox.transfer.export.eml import EmlWriter
from pillarbox.transfer.export.maildir import MaildirWriter
from pillarbox.transfer.export.manifest import MailboxRow
from pillarbox.transfer.export.mbox import MboxWriter, unwritten
from pillarbox.transfer.export.writing import Leaving
from pillarbox.wire.values import UTCDate

OCTETS = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from([b"From ", b">", b"\r", b"\n", b"\r\n", b"a", b"\0", b"From a Thu Nov 24 18:22:48 1986"])
    ).map(b"".join),
)

BOX = MailboxRow("m1", "Box", None, None, 0, True, "Box.mbox")


def leaving(raw: bytes, *keywords: str, received_at: str = "2026-05-01T00:00:00Z", id_: str = "e1") -> Leaving:
    return Leaving(id_, raw, hashlib.sha256(raw).hexdigest(), keywords, UTCDate(received_at))


@settings(deadline=None)
@given(st.lists(OCTETS, max_size=5))
def test_messages_of_any_octets_come_out_of_an_mbox_file_as_they_went_in(messages: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        writer = MboxWriter(Path(folder))
        writer.open(BOX)
        rows = []
        for raw in messages:
            rows.append(writer.plan(leaving(raw, "$seen"), ("m1",)))
            writer.write(leaving(raw, "$seen"), rows[-1])
        file = (Path(folder) / "Box.mbox").read_bytes()

    assert [unwritten(file[row.at : row.at + row.length], row.ends) for row in rows] == messages
    assert sum(line.startswith(b"From ") for line in file.split(b"\n")) == len(messages)


def test_an_mbox_file_says_what_mail_programs_look_for(tmp_path: Path) -> None:
    """RFC 4155 appendix A; the fields are those of mailx, UW IMAP and Dovecot."""
    writer = MboxWriter(tmp_path)
    writer.open(BOX)
    message = leaving(b"Subject: x\r\n\r\nFrom\r\nFrom a\r\n", "$flagged", "$seen", "garden", "plans")

    writer.write(message, writer.plan(message, ("m1",)))

    assert (tmp_path / "Box.mbox").read_text() == (
        "From MAILER-DAEMON Fri May  1 00:00:00 2026\nStatus: RO\nX-Status: F\nX-Keywords: garden plans\n"
        "Subject: x\n\nFrom\n>From a\n\n"
    )


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:60.5Z"])
def test_any_date_can_be_written(tmp_path: Path, date: str) -> None:
    for writer in (MboxWriter(tmp_path / "a"), MaildirWriter(tmp_path / "b"), EmlWriter(tmp_path / "c")):
        (tmp_path / "b").mkdir(exist_ok=True)
        writer.open(BOX)
        message = leaving(b"x", received_at=date)

        row = writer.plan(message, ("m1",))
        writer.write(message, row)

        assert row.received_at == date


def test_a_maildir_has_flags_in_names_and_keywords_as_dovecot_has_them(tmp_path: Path) -> None:
    """Of which there are 26 a folder; what is beyond is in the manifest alone."""
    writer = MaildirWriter(tmp_path)
    writer.open(MailboxRow("m1", "Box", None, None, 0, True, ".Box"))
    first = leaving(b"x", "$answered", "$seen", "garden", id_="e1")
    second = leaving(b"y", *(f"word-{number}" for number in range(30)), id_="e2")

    files = [writer.plan(first, ("m1",)).files[0], writer.plan(second, ("m1",)).files[0]]
    writer.finish()

    assert files == [
        ".Box/cur/1777593600.e1.pillarbox:2,RSa",
        ".Box/cur/1777593600.e2.pillarbox:2,bcdefghijklmnopqrstuvwxyz",
    ]
    lines = (tmp_path / ".Box" / "dovecot-keywords").read_text().splitlines()
    assert lines[:2] == ["0 garden", "1 word-0"]
    assert len(lines) == 26


def test_a_message_of_several_mailboxes_takes_its_room_once(tmp_path: Path) -> None:
    writer = EmlWriter(tmp_path)
    for name in "ab":
        writer.open(MailboxRow(name, name, None, None, 0, True, name))
    message = leaving(b"x")

    writer.write(message, writer.plan(message, ("a", "b")))

    assert (tmp_path / "a" / "e1.eml").samefile(tmp_path / "b" / "e1.eml")
