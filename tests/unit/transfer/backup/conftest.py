"""A backup to be damaged: one is made, and each test has a copy of it."""

import gzip
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.driver.installation import Installation

from pillarbox.datatypes import REGISTRY
from pillarbox.transfer.backup import BackupError, Damage, Restored, Verified, backup, restore, verify

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Backup:
    """A backup in a folder, and what becomes of it."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / "pillarbox-backup.jsonl"

    def image(self, number: int) -> Path:
        (found,) = self.root.glob(f"images/*/{number}.jsonl.gz")
        return found

    def blobs(self) -> list[Path]:
        return sorted(self.root.glob("blobs/*/*"), key=lambda path: path.stat().st_size)

    def rows(self, number: int) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in gzip.decompress(self.image(number).read_bytes()).splitlines()]

    def change(self, change: Callable[[list[Any]], object]) -> None:
        """Another manifest, with an end that agrees."""
        rows = [orjson.loads(line) for line in self.manifest.read_bytes().splitlines()]
        change(rows)
        lines = [orjson.dumps(row) + b"\n" for row in rows]
        for at, row in enumerate(rows):
            if row["row"] == "end":
                row["sha256"] = hashlib.sha256(b"".join(lines[:at])).hexdigest()
                lines[at] = orjson.dumps(row) + b"\n"
        self.manifest.write_bytes(b"".join(lines))

    def change_image(self, number: int, change: Callable[[list[Any]], object]) -> None:
        """Another image, of which the manifest is told, as by somebody who means harm."""
        rows = self.rows(number)
        change(rows)
        self.put_image(number, gzip.compress(b"".join(orjson.dumps(row) + b"\n" for row in rows)))

    def put_image(self, number: int, octets: bytes) -> None:
        """The same, of these octets."""
        self.image(number).write_bytes(octets)

        def tell(rows: list[Any]) -> None:
            for row in rows:
                if row["row"] == "account" and row["number"] == number:
                    row |= {"sha256": hashlib.sha256(octets).hexdigest(), "size": len(octets)}

        self.change(tell)

    def found(self) -> Verified:
        (*_, last) = verify(REGISTRY, self.root)
        return last

    def restored(self, data: Path, damage: Damage = Damage.REFUSED) -> Restored:
        """How far it came in the end."""
        with Installation(data).opened() as patient:
            patient.store.create(0)
            (*_, last) = restore(patient.store, REGISTRY, self.root, NOW, damage)
        return last

    def is_refused(self, data: Path, why: str = ".") -> None:
        """It is not restored, and there is no account afterwards."""
        with pytest.raises(BackupError, match=why):
            self.restored(data)
        with Installation(data).opened() as patient:
            assert patient.directory.all() == []


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    with Installation(folder / "data").furnish(20).opened() as patient:
        for _ in backup(patient.store, REGISTRY, folder / "backup", NOW):
            pass
    return folder / "backup"


@pytest.fixture
def made(kept: Path, tmp_path: Path) -> Backup:
    shutil.copytree(kept, tmp_path / "backup")
    return Backup(tmp_path / "backup")
