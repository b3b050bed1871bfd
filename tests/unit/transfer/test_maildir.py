import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pillarbox.transfer import Found, Item, Skipped, source

PLAIN = b"Subject: Plans\r\n\r\nHello.\r\n"


def maildir(path: Path) -> Path:
    for place in ("cur", "new", "tmp"):
        (path / place).mkdir(parents=True)
    return path


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    return maildir(tmp_path / "Maildir")


def only(path: Path) -> Found:
    [item] = source(path)
    assert isinstance(item, Found)
    return item


def folders(path: Path) -> list[tuple[str, ...]]:
    return [item.folder for item in source(path) if isinstance(item, Found)]


def test_a_message_comes_with_all_its_name_knows(mail: Path) -> None:
    (mail / "cur/532959768.M1P2.far,S=27:2,FS").write_bytes(PLAIN)

    assert only(mail) == Found(
        raw=PLAIN,
        folder=(),
        keywords=frozenset({"$flagged", "$seen"}),
        received_at=datetime(1986, 11, 21, 12, 22, 48, tzinfo=UTC),
        key="Maildir, message 532959768.M1P2.far,S=27",
        position=26,
    )


def test_its_key_outlives_a_change_of_flags(mail: Path) -> None:
    (mail / "new/532959768.M1P2.far").write_bytes(PLAIN)
    before = only(mail).key
    (mail / "new/532959768.M1P2.far").rename(mail / "cur/532959768.M1P2.far:2,S")

    assert only(mail).key == before


@pytest.mark.parametrize(
    ("flags", "keywords"),
    [
        (":2,", set()),
        (":2,DFPRS", {"$draft", "$flagged", "$forwarded", "$answered", "$seen"}),
        (";2,S", {"$seen"}),
        ("!2,R", {"$answered"}),
        (":2,Sab", {"$seen", "$junk", "plans"}),
        (":2,Sz", {"$seen"}),
    ],
)
def test_flags_are_keywords(mail: Path, flags: str, keywords: set[str]) -> None:
    """The lower-case ones are those of Dovecot's file."""
    (mail / "dovecot-keywords").write_text("0 Junk\n1 Plans\n2 not(one)\nno line\n")
    (mail / f"cur/532959768.M1P2.far{flags}").write_bytes(PLAIN)

    assert only(mail).keywords == keywords


def test_a_pipe_in_place_of_dovecots_file_is_not_waited_for(mail: Path) -> None:
    os.mkfifo(mail / "dovecot-keywords")
    (mail / "cur/532959768.M1P2.far:2,Sa").write_bytes(PLAIN)

    assert only(mail).keywords == {"$seen"}


def test_a_trashed_message_goes_to_trash(mail: Path) -> None:
    (mail / "cur/532959768.M1P2.far:2,ST").write_bytes(PLAIN)

    assert only(mail).folder == ("Trash",)


def test_without_a_time_in_its_name_the_files_is_taken(mail: Path) -> None:
    path = mail / "new/17"
    path.write_bytes(PLAIN)
    os.utime(path, (532_959_768, 532_959_768))

    assert only(mail).received_at == datetime(1986, 11, 21, 12, 22, 48, tzinfo=UTC)


def test_messages_come_in_the_order_of_their_names(mail: Path) -> None:
    for name in ("cur/300000003.c:2,S", "new/300000001.a", "cur/300000002.b:2,"):
        (mail / name).write_bytes(PLAIN)

    assert [item.key[-1] for item in source(mail)] == ["a", "b", "c"]
    assert [item.position for item in source(mail)] == [26, 52, 78]


def test_deliveries_that_never_ended_and_hidden_files_are_no_messages(mail: Path) -> None:
    (mail / "tmp/300000001.a").write_bytes(PLAIN)
    (mail / "new/.nfs0001").write_bytes(PLAIN)
    (mail / "dovecot-uidlist").write_bytes(b"3 V1 N2\n")

    assert list(source(mail)) == []


def test_directories_with_dots_are_mailboxes(mail: Path) -> None:
    """Maildir++; names are in IMAP's modified UTF-7 (RFC 9051 section A.1)."""
    for name in (".Sent", ".Work.B&APw-cher", ".R&-D", ".R&D", ".INBOX.Receipts"):
        maildir(mail / name)
        (mail / name / "cur/300000001.a:2,S").write_bytes(PLAIN)

    assert folders(mail) == [("Inbox", "Receipts"), ("R&D",), ("R&D",), ("Sent",), ("Work", "Bücher")]


def test_directories_within_are_mailboxes(mail: Path) -> None:
    """Dovecot's LAYOUT=fs; a mailbox that only holds others is a plain directory."""
    for name in ("Sent", "Work/B&APw-cher"):
        maildir(mail / name)
        (mail / name / "cur/300000001.a:2,S").write_bytes(PLAIN)
    (mail / "cur/300000001.a:2,S").write_bytes(PLAIN)

    assert folders(mail) == [(), ("Sent",), ("Work", "Bücher")]


def test_a_message_over_the_bound_and_an_empty_one_are_told_of(mail: Path) -> None:
    (mail / "new/300000001.a").write_bytes(b"x" * 101)
    (mail / "new/300000002.b").write_bytes(b"")

    assert list(source(mail, bound=100)) == [
        Skipped("Maildir, message 300000001.a", "it has 101 bytes, more than 100", 101),
        Skipped("Maildir, message 300000002.b", "it is empty", 101),
    ]


def test_links_that_lead_outside_are_told_of_and_not_followed(tmp_path: Path, mail: Path) -> None:
    secret = maildir(tmp_path / "secret")
    (secret / "cur/300000001.s:2,S").write_bytes(b"Subject: Secret\r\n\r\n")
    (mail / "cur/300000002.a:2,S").symlink_to(secret / "cur/300000001.s:2,S")
    (mail / "cur/300000003.b:2,S").symlink_to(tmp_path / "nowhere")
    (mail / ".Secret").symlink_to(secret)
    maildir(mail / ".Half")
    (mail / ".Half/cur").rmdir()
    (mail / ".Half/cur").symlink_to(secret / "cur")

    found: list[Item] = list(source(mail))

    assert all(isinstance(item, Skipped) for item in found)
    assert [item.key for item in found] == [
        "Maildir, message 300000002.a",
        "Maildir, message 300000003.b",
        "Maildir/.Half/cur",
        "Maildir/.Secret",
    ]


def test_a_link_to_a_message_inside_is_that_message_again(mail: Path) -> None:
    maildir(mail / ".Work")
    (mail / "cur/300000001.a:2,S").write_bytes(PLAIN)
    (mail / ".Work/cur/300000001.a:2,S").symlink_to(mail / "cur/300000001.a:2,S")

    assert folders(mail) == [(), ("Work",)]
