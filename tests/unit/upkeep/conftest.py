"""Installations to be damaged: one is furnished, and each test has a copy of it."""

import shutil
from pathlib import Path

import pytest
from tests.driver.installation import Installation


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Installation(tmp_path_factory.mktemp("furnished") / "data").furnish(40).data


@pytest.fixture
def installation(furnished: Path, tmp_path: Path) -> Installation:
    """The server with alice, bob and carol."""
    shutil.copytree(furnished, tmp_path / "data")
    return Installation(tmp_path / "data")
