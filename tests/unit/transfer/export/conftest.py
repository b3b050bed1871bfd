"""An account to be exported."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.driver.installation import Installation

from pillarbox.transfer import Exported, Format, export

_NOW = datetime(2026, 5, 1, tzinfo=UTC)

Export = Callable[..., Iterator[Exported]]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Installation(tmp_path_factory.mktemp("furnished") / "data").furnish(40).data


@pytest.fixture
def installation(furnished: Path, tmp_path: Path) -> Installation:
    """The server with alice, bob and carol."""
    shutil.copytree(furnished, tmp_path / "data")
    return Installation(tmp_path / "data")


@pytest.fixture
def going(installation: Installation, tmp_path: Path) -> Iterator[Export]:
    """Exports alice's mail to a folder, step by step."""
    with installation.opened() as patient:

        def begin(folder: Path = tmp_path / "out", format_: Format = "maildir") -> Iterator[Exported]:
            heading = ("alice@ours.example", format_)
            return export(patient.store, patient.registry, 1, heading, folder, _NOW)

        yield begin
