import os
from pathlib import Path

import pytest

from pillarbox.transfer import Found, Skipped, Unreadable, source

LINE = b"From alice@far.example Mon Nov 24 12:22:48 1986\n"
PLAIN = b"Subject: Plans\n\nHello.\n"
CRLF = PLAIN.replace(b"\n", b"\r\n")


def write(path: Path, octets: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)


def folders(path: Path) -> list[tuple[str, ...]]:
    return [item.folder for item in source(path) if isinstance(item, Found)]


def test_one_message_in_a_file_goes_to_the_inbox_and_has_no_time(tmp_path: Path) -> None:
    write(tmp_path / "hello.eml", PLAIN)

    assert list(source(tmp_path / "hello.eml")) == [Found(CRLF, (), frozenset(), None, "hello.eml", 23)]


def test_a_tree_is_read_in_the_order_of_its_names_each_directorys_files_first(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    write(mail / "b.eml", PLAIN)
    write(mail / "Work/a.eml", PLAIN)
    write(mail / "Work/Garden/17", PLAIN)
    write(mail / "Old/cur/300000001.a:2,S", PLAIN)
    (mail / "Old/new").mkdir()
    write(mail / "Sent.mbox", LINE + PLAIN)

    assert [(item.key, item.position) for item in source(mail)] == [
        ("mail/Sent.mbox, message 1 at byte 0", 71),
        ("mail/b.eml", 94),
        ("mail/Old, message 300000001.a", 117),
        ("mail/Work/a.eml", 140),
        ("mail/Work/Garden/17", 163),
    ]
    assert folders(mail) == [("Sent",), (), ("Old",), ("Work",), ("Work", "Garden")]
    assert source(mail).size == 163
    assert list(source(mail)) == list(source(mail))


def test_thunderbirds_directories_nest(tmp_path: Path) -> None:
    for name in ("Inbox", "Inbox.sbd/Receipts", "Work.sbd/Garden", "Work.sbd/Garden.sbd/Roses"):
        write(tmp_path / name, LINE + PLAIN)
        write(tmp_path / f"{name}.msf", b"an index")

    assert folders(tmp_path) == [(), ("Inbox", "Receipts"), ("Work", "Garden"), ("Work", "Garden", "Roses")]
    assert all(isinstance(item, Found) for item in source(tmp_path))


def test_apples_directories_are_mailboxes(tmp_path: Path) -> None:
    write(tmp_path / "Plans.mbox/mbox", LINE + PLAIN)
    write(tmp_path / "Plans.mbox/table_of_contents", b"an index")
    write(tmp_path / "Plans.mbox/Roses.mbox/mbox", LINE + PLAIN)

    assert folders(tmp_path) == [("Plans",), ("Plans", "Roses")]
    assert folders(tmp_path / "Plans.mbox/mbox") == [("Plans",)]
    assert folders(tmp_path / "Plans.mbox") == [("Plans",), ("Plans", "Roses")]


def test_what_is_not_mail_is_told_of_and_what_is_hidden_is_not(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    write(mail / "a.eml", PLAIN)
    write(mail / "notes.txt", b"Roses: water them\n")
    write(mail / "old.pst", b"!BDN")
    write(mail / ".DS_Store", b"x")
    write(mail / "Drafts", b"")

    told = [item for item in source(mail) if isinstance(item, Skipped)]

    assert told == [
        Skipped("mail/notes.txt", "it is not mail", 23),
        Skipped("mail/old.pst", "It is a file of Outlook: convert it to mbox, with readpst for example.", 23),
    ]


def test_links_that_lead_outside_are_told_of_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "secret/a.eml", PLAIN)
    write(tmp_path / "mail/b.eml", PLAIN)
    (tmp_path / "mail/c.eml").symlink_to(tmp_path / "secret/a.eml")
    (tmp_path / "mail/d").symlink_to(tmp_path / "secret")
    (tmp_path / "mail/e").symlink_to(tmp_path / "mail")

    assert [(type(item), item.key) for item in source(tmp_path / "mail")] == [
        (Found, "mail/b.eml"),
        (Skipped, "mail/c.eml"),
        (Skipped, "mail/d"),
    ]


def test_names_that_are_not_utf_8_can_be_printed(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    (mail / "B\udcfccher.mbox").write_bytes(LINE + PLAIN)
    [item] = source(mail)

    assert isinstance(item, Found)
    assert item.folder == ("B\ufffdcher",)
    assert item.key.encode()


def test_a_saved_message_with_a_separator_is_an_mbox(tmp_path: Path) -> None:
    write(tmp_path / "hello.eml", LINE + PLAIN)
    [item] = source(tmp_path / "hello.eml")

    assert isinstance(item, Found)
    assert item.raw == CRLF
    assert item.folder == ()


def test_a_file_that_is_named_is_looked_into_whatever_its_name(tmp_path: Path) -> None:
    write(tmp_path / "mail/.old.dat", LINE + PLAIN)
    write(tmp_path / "mail/hello.eml", PLAIN)

    assert folders(tmp_path / "mail/.old.dat") == [(".old.dat",)]
    assert folders(tmp_path / "mail") == [()]


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path / "mail/hello.eml", PLAIN)
    os.mkfifo(tmp_path / "mail/pipe")

    assert [(type(item), item.key) for item in source(tmp_path / "mail")] == [
        (Found, "mail/hello.eml"),
        (Skipped, "mail/pipe"),
    ]
    with pytest.raises(Unreadable):
        source(tmp_path / "mail/pipe")


def test_an_empty_file_is_an_mbox_without_messages(tmp_path: Path) -> None:
    write(tmp_path / "Drafts", b"")

    assert list(source(tmp_path / "Drafts")) == []


@pytest.mark.parametrize(
    ("name", "octets", "advice"),
    [
        ("notes.txt", b"Roses: water them\n", 'An mbox file begins with a line "From …"'),
        ("old.pst", b"!BDN", "convert it to mbox"),
        ("takeout.zip", b"PK\x03\x04", "unpack it"),
        ("hello.msg", b"\xd0\xcf\x11\xe0", "save the message as .eml"),
    ],
)
def test_a_file_that_is_no_mail_is_refused_with_advice(tmp_path: Path, name: str, octets: bytes, advice: str) -> None:
    write(tmp_path / name, octets)

    with pytest.raises(Unreadable) as refused:
        source(tmp_path / name)

    assert refused.value.told.startswith(f"{tmp_path / name} is no mail that can be read.")
    assert advice in refused.value.told


def test_a_path_to_nothing_and_a_directory_without_mail_are_refused(tmp_path: Path) -> None:
    (tmp_path / "void").mkdir()

    with pytest.raises(Unreadable, match="Check the path"):
        source(tmp_path / "nowhere")
    with pytest.raises(Unreadable, match="holds no Maildir, no mbox file"):
        source(tmp_path / "void")
