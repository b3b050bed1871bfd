"""Servers behind proxies begin with the same data."""

from pathlib import Path

import pytest
from tests.journeys.proxies.front import inhabited


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data with an account in it, to be copied."""
    return inhabited(tmp_path_factory.mktemp("inhabited"))
