"""Octets that are gone stay gone, and whose they were is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.driver.installation import ALICE, Installation
from tests.unit.upkeep.test_damage import STATEMENTS

from pillarbox.datatypes.mail import EMAIL
from pillarbox.upkeep import tend


def test_blobs_that_turn_out_to_be_nobodys_are_told_and_stay_for_a_month(installation: Installation) -> None:
    """Whoever lost documents has time to look for their messages."""
    installation.damage('DELETE FROM "d_Email"')

    deeds, _ = installation.mended()

    (told,) = [one.done for one in deeds if one.place == "held"]
    assert "41 of them belong to no object, and are deleted after 30 days" in told
    with installation.opened() as patient:
        month = int(installation.clock()) + 30 * 86_400
        with patient.store.write(1) as unit:
            assert unit.collect(month - 60) == 0
            assert unit.collect(month + 60) == 41


def test_a_file_of_no_blob_is_deleted(installation: Installation) -> None:
    stray = installation.account(1) / "blobs" / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"stray")
    stray.chmod(0o600)
    stray.parent.chmod(0o700)
    assert [one.problem for one in installation.troubles()] == [f"the file {stray.name} belongs to no blob"]

    assert installation.mended()[1] == []

    assert not stray.exists()


def _missing(file: Path) -> None:
    file.unlink()


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _changed(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"so large", b"so small", 1))


@pytest.mark.parametrize("damage", [_missing, _cut, _changed])
def test_octets_that_are_lost_stay_lost_and_it_is_told_whose_they_were(
    installation: Installation, damage: Callable[[Path], None]
) -> None:
    (file,) = (path for path in (installation.account(1) / "blobs").rglob("*") if path.is_file())
    damage(file)
    (email,) = installation.emails("large", "subject")

    (found,) = installation.troubles()

    assert (found.account, found.place) == (ALICE, "blobs")
    assert found.problem.endswith(f"it is that of Email {EMAIL.id(email)}")
    assert installation.mended() == ([], [found])
    assert installation.emails("large", "subject") == [email]


def test_a_blob_without_its_row_is_told_with_whose_it_was(installation: Installation) -> None:
    (email,) = installation.emails("large", "subject")
    installation.damage("DELETE FROM blob WHERE octets IS NULL")

    problems = [one.problem for one in installation.troubles() if one.place == "held"]

    assert len(problems) == 1
    assert problems[0].endswith(f"is gone; it was that of Email {EMAIL.id(email)}")
    assert sorted({one.place for one in installation.mended()[1]}) == ["blobs", "held"]
    # The file may be all that is left of the message.
    assert [path for path in (installation.account(1) / "blobs").rglob("*") if path.is_file()]


def test_the_hourly_upkeep_leaves_the_octets_of_a_blob_without_its_row(
    installation: Installation, capfd: pytest.CaptureFixture[str]
) -> None:
    """They may be all that is left of the message; the log says that doctor should be asked."""
    installation.damage("DELETE FROM blob WHERE octets IS NULL")

    with installation.opened() as patient:
        tend(patient.store, patient.registry, 1, int(installation.clock()), None)

    assert [path for path in (installation.account(1) / "blobs").rglob("*") if path.is_file()]
    assert "blobs.lost" in capfd.readouterr().err


def test_text_whose_message_is_lost_is_made_of_what_is_left(installation: Installation) -> None:
    email = installation.emails("large", "subject")
    (file,) = (path for path in (installation.account(1) / "blobs").rglob("*") if path.is_file())
    file.unlink()
    installation.damage(STATEMENTS["text gone"][0])

    _, left = installation.mended()

    assert [one.place for one in left] == ["blobs"]
    assert installation.emails("large", "subject") == email
