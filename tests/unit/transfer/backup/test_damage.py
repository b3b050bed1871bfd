"""Whatever is done to a backup, `verify` tells of it, and nothing of it is restored."""

import gzip
import shutil
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from tests.unit.transfer.backup.conftest import Backup

from pillarbox.transfer.backup import BadBackup, Damage, image, names


def test_a_backup_that_nobody_touched_is_whole(made: Backup, tmp_path: Path) -> None:
    found = made.found()
    assert (found.problems, found.lost, found.done) == ([], 0, 4)
    made.restored(tmp_path / "data")


@pytest.mark.parametrize("number", [0, 1])
def test_an_image_that_is_missing_is_told(made: Backup, tmp_path: Path, number: int) -> None:
    made.image(number).unlink()
    whose = " (alice@ours.example)" if number else ""
    assert f"{number}.jsonl.gz{whose}: it is missing" in made.found().problems
    made.is_refused(tmp_path / "data", "missing")


@pytest.mark.parametrize("at", [0, 100, -1])
def test_one_octet_of_an_image_is_missed(made: Backup, tmp_path: Path, at: int) -> None:
    octets = bytearray(made.image(1).read_bytes())
    octets[at] ^= 1
    made.image(1).write_bytes(octets)
    assert "1.jsonl.gz (alice@ours.example): it is not what was written" in made.found().problems
    made.is_refused(tmp_path / "data", "not what was written")


def test_an_image_that_was_cut_off_is_told_although_the_manifest_agrees(made: Backup, tmp_path: Path) -> None:
    made.put_image(1, made.image(1).read_bytes()[:-100])
    assert any("damaged or cut off" in problem for problem in made.found().problems)
    made.is_refused(tmp_path / "data", "cut off")


def test_an_image_without_its_end_was_cut_off(made: Backup, tmp_path: Path) -> None:
    made.change_image(1, lambda rows: rows.pop())
    assert any("cut off" in problem for problem in made.found().problems)
    made.is_refused(tmp_path / "data", "cut off")


def test_a_blob_that_is_missing_is_told(made: Backup, tmp_path: Path) -> None:
    made.blobs()[-1].unlink()
    assert any("octets of blob" in problem for problem in made.found().problems)
    made.is_refused(tmp_path / "data", "missing")


def test_a_blob_with_other_octets_is_told(made: Backup, tmp_path: Path) -> None:
    path = made.blobs()[-1]
    octets = bytearray(path.read_bytes())
    octets[50] ^= 1
    path.write_bytes(octets)
    (problem,) = made.found().problems
    assert problem.startswith("1.jsonl.gz (alice@ours.example): the octets of blob ")
    assert problem.endswith(f" are not what they were ({path.name})")
    made.is_refused(tmp_path / "data", "not what they were")


def test_all_but_what_is_damaged_is_had_if_that_is_wanted(made: Backup, tmp_path: Path) -> None:
    """Ours: whoever has no other backup has the rest; nothing that is not what it was comes in."""
    whole = made.restored(tmp_path / "whole")
    missing, other, *_ = reversed(made.blobs())
    missing.unlink()
    other.write_bytes(b"x" * other.stat().st_size)
    done = made.restored(tmp_path / "data", Damage.LOST)
    assert (done.damaged, done.blobs, done.objects) == (2, whole.blobs - 2, whole.objects)


def test_a_blob_that_is_a_link_is_not_followed(made: Backup, tmp_path: Path) -> None:
    path = made.blobs()[-1]
    (tmp_path / "elsewhere").write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    made.is_refused(tmp_path / "data")


def _drop_first_blob(rows: list[Any]) -> None:
    at = next(at for at, row in enumerate(rows) if row["row"] == "blob")
    del rows[at]
    rows[-1]["blobs"] -= 1


def _set(kind: str, name: str, value: Any) -> Any:
    """A change of the first row of a kind."""

    def change(rows: list[Any]) -> None:
        next(row for row in rows if row["row"] == kind)[name] = value

    return change


HARM = {
    "a blob that messages hold is not in it": _drop_first_blob,
    "a huge number": _set("object", "number", 2**60),
    "a number after which none can be given": _set("account", "given", 2**53),
    "a number below zero": _set("blob", "holders", -1),
    "a number that is none": _set("blob", "size", True),
    "a path for a digest": _set("blob", "sha256", "../../../../etc/passwd"),
    "an unknown type": _set("object", "type", "Nothing"),
    "a document that is none of its type": _set("object", "document", {}),
    "a document that is no object": _set("object", "document", [1]),
    "another account's number": _set("account", "number", 3),
    "a later version": _set("account", "version", 2),
    "more rows than there are": _set("end", "objects", 7),
    "rows twice": lambda rows: rows.insert(2, rows[1]),
    "rows in another order": lambda rows: rows.insert(1, rows.pop(-2)),
    "rows after the end": lambda rows: rows.append(rows[-2]),
    "rows of two accounts": lambda rows: rows.insert(1, rows[0]),
    "a row of no kind": lambda rows: rows.insert(1, {"row": "x"}),
    "a row that is no object": lambda rows: rows.insert(1, 5),
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
def test_an_image_that_cannot_be_an_account_is_refused(made: Backup, harm: Any) -> None:
    """Although all checksums agree."""
    made.change_image(1, harm)
    assert made.found().problems != []


@pytest.mark.parametrize("harm", list(HARM.values())[1:], ids=list(HARM)[1:])
def test_nothing_is_restored_of_an_image_that_cannot_be_an_account(made: Backup, tmp_path: Path, harm: Any) -> None:
    made.change_image(1, harm)
    made.is_refused(tmp_path / "data")


LIES: dict[str, Any] = {
    "a path for a run": lambda rows: rows[0].update(run="../../20260501T000000Z-00000000"),
    "a later version": lambda rows: rows[0].update(version=2),
    "no heading": lambda rows: rows.pop(0),
    "no end": lambda rows: rows.pop(),
    "an account less": lambda rows: rows.pop(1),
    "an account twice": lambda rows: rows.insert(1, rows[1]),
    "a huge size": lambda rows: rows[1].update(size=2**60),
    "a path for a number": lambda rows: rows[1].update(number="../1"),
    "a negative number": lambda rows: rows[1].update(number=-1),
    "a row after the end": lambda rows: rows.append(rows[1]),
    "two headings": lambda rows: rows.insert(1, rows[0]),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_manifest_that_lies_is_refused(made: Backup, tmp_path: Path, lie: Any) -> None:
    made.change(lie)
    with pytest.raises(BadBackup):
        made.found()
    made.is_refused(tmp_path / "data")


def test_a_damaged_blob_that_is_of_no_backup_is_no_problem(made: Backup) -> None:
    """One of a later backup, which was cut off; the next reads it before it believes it."""
    stray = made.root / "blobs" / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half")
    assert made.found().problems == []


@pytest.mark.parametrize("was", [b"alice@", b'"blobs":'])
def test_a_manifest_that_was_changed_is_no_manifest(made: Backup, tmp_path: Path, was: bytes) -> None:
    octets = made.manifest.read_bytes()
    made.manifest.write_bytes(octets.replace(was, was[:-1] + b"x" + was[-1:], 1))
    with pytest.raises(BadBackup, match="pillarbox-backup"):
        made.found()
    made.is_refused(tmp_path / "data", "pillarbox-backup")


def test_an_account_that_is_named_and_not_there_is_told(made: Backup, tmp_path: Path) -> None:
    def forget(rows: list[Any]) -> None:
        rows.remove(next(row for row in rows if row["row"] == "account" and row["number"] == 1))
        rows[-1]["accounts"] -= 1

    made.change(forget)
    assert "account 1 is named, but not there" in made.found().problems
    made.is_refused(tmp_path / "data", "has not the accounts")


def test_a_folder_without_a_manifest_has_no_backup(made: Backup, tmp_path: Path) -> None:
    made.manifest.unlink()
    made.is_refused(tmp_path / "data", "no backup")


def test_a_folder_that_is_not_there_has_no_backup(made: Backup, tmp_path: Path) -> None:
    shutil.rmtree(made.root)
    with pytest.raises(BadBackup, match="no backup"):
        made.found()


@pytest.mark.parametrize("line", [b" ", b"["])
def test_a_line_without_end_is_read_no_further_than_a_line_goes(made: Backup, line: bytes) -> None:
    """A few kilobytes that become gigabytes are refused in bounded memory."""
    bomb = gzip.compress(line * (32 * 1024 * 1024), 1)
    made.put_image(1, bomb)
    del bomb
    tracemalloc.start()
    problems = made.found().problems
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert any("longer than" in problem for problem in problems)
    assert most < 8 * image.LONGEST


def test_of_accounts_without_end_no_more_are_known_than_there_is_memory_for(
    made: Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_MOST", 500)
    made.is_refused(tmp_path / "data", "more than can be read at once")


def test_rows_nested_without_end_are_no_rows(made: Backup) -> None:
    made.put_image(1, gzip.compress(b'{"row":' + b"[" * 1_000_000 + b"\n"))
    assert any("no JSON" in problem for problem in made.found().problems)
