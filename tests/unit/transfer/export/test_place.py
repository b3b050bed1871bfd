"""The folder of an export: empty, or that of one which was not finished; and never whole when it is not."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.driver.installation import Installation
from tests.unit.transfer.export.conftest import Export

from pillarbox.transfer import ExportError, Found, Unreadable, source


def finished(going: Export, folder: Path, **more: str) -> list[str]:
    """Everything in the folder of an export that came to its end."""
    for _ in going(folder, **more):
        pass
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_a_folder_that_is_not_there_is_made_for_its_owner_alone(going: Export, out: Path) -> None:
    finished(going, out / "deeper")

    assert (out / "deeper").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (out / "deeper").rglob("*"))


def test_a_folder_that_is_not_empty_is_refused_and_left_as_it_is(going: Export, out: Path) -> None:
    out.mkdir()
    (out / "mine").write_text("mine")

    with pytest.raises(ExportError, match="is not empty"):
        finished(going, out)

    assert [path.name for path in out.iterdir()] == ["mine"]


def test_an_export_that_is_whole_is_not_overwritten(going: Export, out: Path) -> None:
    before = finished(going, out)

    with pytest.raises(ExportError, match="is not empty"):
        finished(going, out)

    assert sorted(str(path.relative_to(out)) for path in out.rglob("*")) == before


@pytest.mark.parametrize("format_", ["maildir", "mbox", "eml"])
def test_an_export_that_was_cut_off_is_not_taken_for_a_whole_one_and_begun_anew(
    going: Export, out: Path, tmp_path: Path, format_: str
) -> None:
    """After whichever page; whatever format it had."""
    for steps in (1, 2):
        begun = going(out, format_)
        for _ in range(steps):
            next(begun)
        del begun
        with pytest.raises(Unreadable, match="was not finished"):
            source(out)

    assert finished(going, out, format_=format_) == finished(going, tmp_path / "other", format_=format_)
    assert len([item for item in source(out) if isinstance(item, Found)]) == 41


def test_what_is_not_of_the_unfinished_export_is_not_deleted(going: Export, out: Path) -> None:
    begun = going(out)
    next(begun)
    next(begun)
    del begun
    (out / "mine").write_text("mine")

    with pytest.raises(ExportError, match="mine besides"):
        finished(going, out)

    assert (out / "mine").read_text() == "mine"


def test_what_a_link_leads_to_is_not_deleted(going: Export, out: Path, tmp_path: Path) -> None:
    """Whoever made the unfinished export may have meant somebody else's files."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "e1.eml").write_text("theirs")
    out.mkdir()
    (out / "Inbox").symlink_to(tmp_path / "theirs")
    row = {"row": "mailbox", "id": "m1", "name": "x", "parent": None, "role": None, "sortOrder": 0}
    rows = [
        {"row": "export", "version": 1, "format": "eml", "account": "a@b.example", "begun": "2026-05-01T00:00:00Z"},
        row | {"isSubscribed": True, "path": "Inbox/e1.eml"},
    ]
    (out / "pillarbox-export.unfinished").write_text("".join(f"{json.dumps(one)}\n" for one in rows))

    with pytest.raises(ExportError, match="Inbox besides"):
        finished(going, out)

    assert (tmp_path / "theirs" / "e1.eml").read_text() == "theirs"


def test_of_two_exports_to_one_folder_the_second_is_refused(going: Export, out: Path) -> None:
    first = going(out)
    next(first)

    with pytest.raises(ExportError, match="Another export"):
        next(going(out))

    assert sum(1 for _ in first) >= 1


@contextmanager
def little_room() -> Iterator[None]:
    """Files cannot become larger than some kilobytes, as on a disk that is full.

    Only while it lasts, and never in a fixture: the limit is the process's, and so that of what pytest itself writes
    between the parts of a test, to a file perhaps that is larger already.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_and_the_export_is_not_whole(going: Export, out: Path) -> None:
    with little_room(), pytest.raises(ExportError, match="The export is not complete"):
        finished(going, out)

    with pytest.raises(Unreadable, match="was not finished"):
        source(out)


def test_a_message_whose_octets_are_lost_is_told_and_the_others_are_exported(
    installation: Installation, going: Export, out: Path
) -> None:
    (file,) = (path for path in (installation.account(1) / "blobs").rglob("*") if path.is_file())
    file.unlink()

    *_, last = going(out)

    assert [one.why for one in last.missing] == ["its octets are lost; `pillarbox doctor` tells more"]
    assert last.messages == 40
    told = [item for item in source(out) if not isinstance(item, Found) and hasattr(item, "why")]
    assert len(told) == 1
    assert "it was not exported" in str(told[0])
