"""A manifest is a file, and anything may stand in one: what it says is checked before it is believed."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pillarbox.transfer import Found, Item, Place, Skipped, Unreadable, source

RAW = b"Subject: x\r\n\r\nx\r\n"
HEADING = {"row": "export", "version": 1, "format": "eml", "account": "a@b.example", "begun": "2026-05-01T00:00:00Z"}
INBOX = {
    "row": "mailbox",
    "id": "m1",
    "name": "Inbox",
    "parent": None,
    "role": "inbox",
    "sortOrder": 0,
    "isSubscribed": True,
    "path": "Inbox",
}
MESSAGE = {
    "row": "message",
    "id": "e1",
    "mailboxes": ["m1"],
    "keywords": [],
    "receivedAt": "2026-05-01T00:00:00Z",
    "size": len(RAW),
    "sha256": hashlib.sha256(RAW).hexdigest(),
    "files": ["Inbox/e1.eml"],
    "at": 0,
    "length": len(RAW),
    "ends": "kept",
}


def exported(folder: Path, *rows: Any) -> Path:
    """A folder with a message, and a manifest of these rows with heading and end."""
    (folder / "Inbox").mkdir(exist_ok=True)
    (folder / "Inbox" / "e1.eml").write_bytes(RAW)
    (folder.parent / "outside.eml").write_bytes(RAW)
    kinds = [row["row"] for row in rows if isinstance(row, dict)]
    end = {"row": "end"} | {f"{kind}Rows": kinds.count(kind) for kind in ("mailbox", "message", "missing")}
    lines = (json.dumps(row) if isinstance(row, dict) else row for row in (HEADING, *rows, end))
    (folder / "pillarbox-export.jsonl").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "export").mkdir()
    return tmp_path / "export"


def items(folder: Path) -> list[Item]:
    return list(source(folder))


def test_a_mailbox_and_a_message_come_as_the_manifest_says(folder: Path) -> None:
    place, found = items(exported(folder, INBOX, {**MESSAGE, "keywords": ["$seen"]}))

    assert place == Place(("Inbox",), "inbox", 0, True)
    assert isinstance(found, Found)
    assert (found.raw, found.folder, found.keywords) == (RAW, ("Inbox",), frozenset({"$seen"}))
    assert found.dated == "2026-05-01T00:00:00Z"
    assert source(folder).size == len(RAW)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"files": ["Inbox/e2.eml"]}, "the files were moved"),
        ({"sha256": "0" * 64}, "the file was changed since"),
        ({"length": 3}, "the file was changed since"),
        ({"at": 10**15}, "the file was changed since"),
        ({"mailboxes": ["m9"]}, "in no mailbox that can be"),
        ({"length": 2**40}, "more than"),
        ({"files": ["link.eml"]}, "symbolic link"),
        ({"files": ["aside/outside.eml"]}, "symbolic link"),
        ({"files": ["pipe.eml"]}, "is no file"),
        ({"files": ["Inbox"]}, "is no file"),
    ],
)
def test_a_message_that_is_not_as_the_manifest_says_is_left_out_with_why(
    folder: Path, change: dict[str, Any], why: str
) -> None:
    (folder / "link.eml").symlink_to(folder.parent / "outside.eml")
    (folder / "aside").symlink_to(folder.parent)
    os.mkfifo(folder / "pipe.eml")

    _, skipped = items(exported(folder, INBOX, {**MESSAGE, **change}))

    assert isinstance(skipped, Skipped)
    assert why in skipped.why


@pytest.mark.parametrize(
    "change",
    [
        {"files": ["../outside.eml"]},
        {"files": ["/etc/passwd"]},
        {"files": []},
        {"files": "Inbox/e1.eml"},
        {"keywords": [1]},
        {"keywords": ["$Seen"]},
        {"keywords": ["two words"]},
        {"keywords": ["a*"]},
        {"receivedAt": "yesterday"},
        {"size": -1},
        {"at": True},
        {"sha256": "xyz"},
        {"ends": "cr"},
        {"row": "nonsense"},
        {"row": ["message"]},
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line(folder: Path, change: dict[str, Any]) -> None:
    exported(folder, INBOX, {**MESSAGE, **change})

    with pytest.raises(Unreadable, match="line 3"):
        source(folder)


@pytest.mark.parametrize("line", ["{", "[]", "null", "[" * 100_000, '"x"', ""])
def test_a_line_that_is_no_row_is_refused(folder: Path, line: str) -> None:
    with pytest.raises(Unreadable, match="line 2"):
        source(exported(folder, line))


@pytest.mark.parametrize("name", ["", "a\nb", "a\0b", "a\u2028b", 7])
def test_a_name_that_no_mailbox_has_is_refused(folder: Path, name: object) -> None:
    """RFC 8621 section 2, RFC 5198."""
    with pytest.raises(Unreadable, match="line 2: name"):
        source(exported(folder, {**INBOX, "name": name}))


@pytest.mark.parametrize("parent", ["m1", "m2", "m9"])
def test_a_mailbox_in_itself_or_in_nothing_is_left_out(folder: Path, parent: str) -> None:
    (skipped, *_) = items(exported(folder, {**INBOX, "parent": parent}, {**INBOX, "id": "m2", "parent": "m1"}))

    assert isinstance(skipped, Skipped)


def test_a_tree_has_a_bottom(folder: Path) -> None:
    rows = [{**INBOX, "id": f"m{depth}", "parent": f"m{depth - 1}" if depth else None} for depth in range(100)]

    found = items(exported(folder, *rows))

    assert sum(isinstance(item, Place) for item in found) == 64


def test_a_manifest_without_its_end_is_refused(folder: Path) -> None:
    exported(folder, INBOX, MESSAGE)
    manifest = folder / "pillarbox-export.jsonl"
    manifest.write_bytes(manifest.read_bytes().rsplit(b"\n", 2)[0] + b"\n")

    with pytest.raises(Unreadable, match="is not whole"):
        source(folder)


def test_a_manifest_that_lost_a_line_is_refused(folder: Path) -> None:
    exported(folder, INBOX, MESSAGE)
    manifest = folder / "pillarbox-export.jsonl"
    lines = manifest.read_text().splitlines()
    manifest.write_text("\n".join([*lines[:2], *lines[3:]]) + "\n")

    with pytest.raises(Unreadable, match="is not whole"):
        source(folder)


def test_a_later_version_is_refused(folder: Path) -> None:
    exported(folder, INBOX)
    manifest = folder / "pillarbox-export.jsonl"
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 2'))

    with pytest.raises(Unreadable, match="later version"):
        source(folder)
