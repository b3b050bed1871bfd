"""The folder of a backup: whose it may be, who may read it, and what an interrupted backup leaves."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.driver.installation import Installation
from tests.unit.transfer.backup.conftest import NOW, Backup

from pillarbox.datatypes import REGISTRY
from pillarbox.transfer.backup import Backed, BackupError, backup
from pillarbox.upkeep import Patient


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Patient]:
    with Installation(tmp_path / "data").furnish(10).opened() as patient:
        yield patient


def going(patient: Patient, root: Path) -> Iterator[Backed]:
    return backup(patient.store, REGISTRY, root, NOW)


def whole(patient: Patient, root: Path) -> Backed:
    (*_, last) = going(patient, root)
    return last


def test_everything_is_for_its_owner_alone(made: Backup) -> None:
    """It has what passwords are verified with, and the keys that sign."""
    for path in (made.root, *made.root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_folder_with_something_else_is_left_alone(patient: Patient, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    root.mkdir()
    (root / "letter").write_text("dear")
    with pytest.raises(BackupError, match="not empty"):
        whole(patient, root)
    assert [path.name for path in root.iterdir()] == ["letter"]


def test_a_file_in_the_way_is_told(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="file"):
        whole(patient, tmp_path / "file")


def test_of_two_backups_at_once_one_is_refused(patient: Patient, tmp_path: Path) -> None:
    root = tmp_path / "backup"
    first = going(patient, root)
    next(first)
    with pytest.raises(BackupError, match="another backup"):
        whole(patient, root)
    for _ in first:
        pass
    assert Backup(root).found().problems == []


def test_a_backup_that_was_cut_off_is_none_and_is_made_by_the_same_command(patient: Patient, tmp_path: Path) -> None:
    root = tmp_path / "backup"
    cut_off = going(patient, root)
    next(cut_off)
    next(cut_off)
    del cut_off
    with pytest.raises(BackupError, match="not finished"):
        Backup(root).found()

    whole(patient, root)

    assert Backup(root).found().problems == []
    assert len(list((root / "images").iterdir())) == 1


def test_until_a_backup_is_whole_the_earlier_one_is(patient: Patient, tmp_path: Path) -> None:
    root = tmp_path / "backup"
    whole(patient, root)
    cut_off = going(patient, root)
    while next(cut_off).done < 2:
        pass
    del cut_off

    found = Backup(root).found()

    assert (found.problems, found.is_followed) == ([], True)


def test_after_an_interruption_no_blob_is_believed_for_its_name(patient: Patient, tmp_path: Path) -> None:
    """A power failure may leave a file with its name and its length, and without its octets."""
    root = tmp_path / "backup"
    whole(patient, root)
    cut_off = going(patient, root)
    next(cut_off)
    del cut_off
    largest = Backup(root).blobs()[-1]
    largest.write_bytes(bytes(largest.stat().st_size))

    whole(patient, root)

    assert Backup(root).found().problems == []


def test_what_an_interrupted_backup_left_goes_with_the_next(patient: Patient, tmp_path: Path) -> None:
    root = tmp_path / "backup"
    whole(patient, root)
    there = {path.relative_to(root) for path in (root / "blobs").rglob("*")}
    (root / "blobs" / "ab").mkdir(exist_ok=True)
    (root / "blobs" / "ab" / ".incoming-1").write_bytes(b"half")
    (root / "blobs" / "ab" / ("ab" * 32)).write_bytes(b"nobody's")

    whole(patient, root)

    assert {path.relative_to(root) for path in (root / "blobs").rglob("*")} == there


def test_a_full_disk_is_told_and_the_earlier_backup_stays(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "backup"
    whole(patient, root)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(BackupError, match="No space left on device"):
            whole(patient, root)

    assert Backup(root).found().problems == []
