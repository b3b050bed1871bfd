"""Whatever happens to what follows from the documents, a repair makes it what it was."""

import random
import shutil
from pathlib import Path

import pytest
from tests.driver.installation import Installation

from pillarbox.datatypes.mail import EMAIL
from pillarbox.store import Select, Text
from pillarbox.wire.words import phrases

DERIVED = (
    *(f"i_{name}" for name in ("Email", "Mailbox", "Thread")),
    *(f"s_Email_{name}" for name in ("mailboxIds", "keywords", "threadKeys")),
    *(f"n_Email_{name}" for name in ("mailboxIds", "keywords")),
    "d_Thread",
    "d_Mailbox",
)
WORDS = ("large", "alice", "the", "plans", "garden", "meeting")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Installation(tmp_path_factory.mktemp("furnished") / "data").furnish(60).data


def _damage(chance: random.Random) -> str:
    """Some rows of a table are gone, or say something else."""
    table = chance.choice((*(one for one in DERIVED if not one.startswith("d_")), "t_Email", "change", "blob"))
    some = f"abs(random()) % 1000 < {chance.choice((50, 500, 1000))}"
    match table:
        case "t_Email":
            return f'DELETE FROM "t_Email" WHERE rowid IN (SELECT number FROM "d_Email" WHERE {some})'  # noqa: S608
        case "blob":
            return f"UPDATE blob SET refs = {chance.randrange(-2, 5)} WHERE {some}"  # noqa: S608
        case "change":
            return f"DELETE FROM change WHERE {some}"  # noqa: S608
        case _ if table.startswith("n_") and chance.random() < 0.5:
            return f'UPDATE "{table}" SET total = {chance.randrange(9)} WHERE {some}'  # noqa: S608
        case _:
            return f'DELETE FROM "{table}" WHERE {some}'  # noqa: S608


@pytest.mark.parametrize("seed", range(12))
def test_random_damage_is_mended(furnished: Path, tmp_path: Path, seed: int) -> None:
    shutil.copytree(furnished, tmp_path / "data")
    installation = Installation(tmp_path / "data")
    before = installation.tables(1, *DERIVED)
    found = _found(installation)
    chance = random.Random(seed)  # noqa: S311

    damage = [_damage(chance) for _ in range(chance.randrange(1, 6))]
    installation.damage(*damage)
    _, left = installation.mended()

    assert left == [], damage
    assert installation.troubles() == [], damage
    assert installation.tables(1, *DERIVED) == before, damage
    assert _found(installation) == found, damage


def _found(installation: Installation) -> dict[str, list[int]]:
    with installation.opened() as patient, patient.store.read(1) as unit:
        return {word: unit.page(EMAIL.table, Select(Text((), phrases(word))), 0, 999) for word in WORDS}
