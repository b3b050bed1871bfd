import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pillarbox.transfer import Found, Item, Skipped, source

LINE = b"From alice@far.example Mon Nov 24 12:22:48 1986\n"
PLAIN = b"Subject: Plans\n\nHello.\n"


def items(tmp_path: Path, octets: bytes, name: str = "archive.mbox", bound: int = 1_000_000) -> list[Item]:
    path = tmp_path / name
    path.write_bytes(octets)
    return list(source(path, bound))


def only(found: list[Item]) -> Found:
    [item] = found
    assert isinstance(item, Found)
    return item


def test_a_message_comes_with_all_its_file_knows(tmp_path: Path) -> None:
    first, second = items(tmp_path, LINE + PLAIN + b"\n" + LINE + b"Status: RO\n" + PLAIN + b"\n")

    assert first == Found(
        raw=b"Subject: Plans\r\n\r\nHello.\r\n",
        folder=("archive",),
        keywords=frozenset(),
        received_at=datetime(1986, 11, 24, 12, 22, 48, tzinfo=UTC),
        key="archive.mbox, message 1 at byte 0",
        position=72,
    )
    assert second == Found(
        raw=b"Status: RO\r\nSubject: Plans\r\n\r\nHello.\r\n",
        folder=("archive",),
        keywords=frozenset({"$seen"}),
        received_at=datetime(1986, 11, 24, 12, 22, 48, tzinfo=UTC),
        key="archive.mbox, message 2 at byte 72",
        position=155,
    )


def test_line_ends_of_either_kind_give_the_same_octets(tmp_path: Path) -> None:
    """RFC 5322 section 2.3."""
    octets = (LINE + PLAIN + b"\n") * 2

    unix = [item.raw for item in items(tmp_path, octets) if isinstance(item, Found)]
    internet = [
        item.raw for item in items(tmp_path, octets.replace(b"\n", b"\r\n"), "internet.mbox") if isinstance(item, Found)
    ]

    assert unix == internet == [PLAIN.replace(b"\n", b"\r\n")] * 2


def test_quoted_from_lines_lose_one_mark(tmp_path: Path) -> None:
    found = only(items(tmp_path, LINE + b"\n>From here on\n>>From there\n> From far\nFrom near\n"))

    assert found.raw == b"\r\nFrom here on\r\n>From there\r\n> From far\r\nFrom near\r\n"


def test_a_separator_needs_a_blank_line_before_it(tmp_path: Path) -> None:
    found = only(items(tmp_path, LINE + b"Subject: Plans\n\nHe wrote:\n" + LINE + b"and no more\n"))

    assert found.raw.endswith(b"He wrote:\r\n" + LINE.replace(b"\n", b"\r\n") + b"and no more\r\n")


def test_prose_after_a_blank_line_stays_prose(tmp_path: Path) -> None:
    found = only(items(tmp_path, LINE + b"Subject: Plans\n\nDear Bob,\n\nFrom here on, at 12:30, rain.\n"))

    assert found.raw.endswith(b"\r\n\r\nFrom here on, at 12:30, rain.\r\n")


def test_content_length_is_not_trusted(tmp_path: Path) -> None:
    octets = LINE + b"Content-Length: 90000\n" + PLAIN + b"\n" + LINE + PLAIN

    assert [type(item) for item in items(tmp_path, octets)] == [Found, Found]


def test_a_separator_is_seen_wherever_a_block_ends(tmp_path: Path) -> None:
    """The blocks read are of 1 MiB: the second separator is laid over the edge byte by byte."""
    path = tmp_path / "archive.mbox"
    edge = 1 << 20
    for shift in range(-3, len(LINE) + 3):
        length = edge - len(LINE) - len(b"\n\n\n") - shift
        path.write_bytes(LINE + b"\n" + b"x" * length + b"\n\n" + LINE + PLAIN)

        sizes = [len(item.raw) for item in source(path, 2 << 20) if isinstance(item, Found)]

        assert sizes == [length + 4, len(PLAIN) + 3], shift


def test_a_message_over_the_bound_is_told_of_and_the_next_is_read(tmp_path: Path) -> None:
    large, small = items(tmp_path, LINE + b"\n" + b"x\n" * 600 + b"\n" + LINE + PLAIN, name="archive.mbox", bound=1000)

    assert large == Skipped(
        key="archive.mbox, message 1 at byte 0", why="it has 1202 bytes, more than 1000", position=1250
    )
    assert isinstance(small, Found)


def test_an_empty_message_is_told_of(tmp_path: Path) -> None:
    first, second = items(tmp_path, LINE + b"\n" + LINE + PLAIN)

    assert first == Skipped("archive.mbox, message 1 at byte 0", "it is empty", 49)
    assert isinstance(second, Found)


def test_what_comes_before_the_first_separator_is_told_of(tmp_path: Path) -> None:
    lost, kept = items(tmp_path, b"ruined by a disk\n\n" + LINE + PLAIN)

    assert isinstance(lost, Skipped)
    assert lost.why == 'its first 18 bytes come before any line that begins with "From "'
    assert isinstance(kept, Found)
    assert kept.key == "archive.mbox, message 1 at byte 18"


def test_blank_lines_and_a_byte_order_mark_at_the_start_are_nothing(tmp_path: Path) -> None:
    assert only(items(tmp_path, b"\n\n" + LINE + PLAIN)).raw == PLAIN.replace(b"\n", b"\r\n")
    assert only(items(tmp_path, b"\xef\xbb\xbf" + LINE + PLAIN)).raw == PLAIN.replace(b"\n", b"\r\n")


def test_what_thunderbird_deleted_and_did_not_compact_is_told_of(tmp_path: Path) -> None:
    [item] = items(tmp_path, LINE + b"X-Mozilla-Status: 0009\n" + PLAIN)

    assert isinstance(item, Skipped)
    assert item.why == "it was deleted or moved, and only its bytes are left"


def test_a_deleted_message_goes_to_trash(tmp_path: Path) -> None:
    assert only(items(tmp_path, LINE + b"X-Status: D\n" + PLAIN)).folder == ("Trash",)


def test_labels_come_before_the_name_of_the_file(tmp_path: Path) -> None:
    found = only(items(tmp_path, LINE + b"X-Gmail-Labels: Inbox,Unread,Work/Garden\n" + PLAIN))

    assert found.folder == ()
    assert found.also_in == (("Work", "Garden"),)
    assert found.keywords == frozenset()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Inbox.mbox", ()),
        ("INBOX", ()),
        ("Sent.mbx", ("Sent",)),
        ("B&APw-cher", ("Bücher",)),
        ("v1.2 plans", ("v1.2 plans",)),
    ],
)
def test_the_mailbox_is_called_as_the_file(tmp_path: Path, name: str, folder: tuple[str, ...]) -> None:
    assert only(items(tmp_path, LINE + PLAIN, name)).folder == folder


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "archive.mbox"
    message = LINE + b"Subject: Plans\n\n" + b"The roses want water again, and so do we.\n" * 250 + b"\n"
    with path.open("wb") as file:
        for _ in range(60_000_000 // len(message)):
            file.write(message)

    tracemalloc.start()
    count = sum(isinstance(item, Found) for item in source(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 60_000_000 // len(message)
    assert peak < 8_000_000
