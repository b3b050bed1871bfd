"""Each journey has a server of its own: a process with its own data folder, ports and configuration."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.journeys.program import Program, Server


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is gone afterwards: journeys file much mail."""
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def served(folder: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers, each with further settings in TOML; each must end well."""
    with ExitStack() as running:
        started = 0

        def serve(settings: str = "") -> Server:
            nonlocal started
            started += 1
            return running.enter_context(Server(folder / f"server {started}", settings).running())

        yield serve


@pytest.fixture
def server(served: Callable[..., Server]) -> Server:
    return served()


@pytest.fixture
def pillarbox(folder: Path) -> Program:
    """The command line on a data folder that is not there yet."""
    config = folder / "pillarbox.toml"
    config.write_text("")
    return Program(folder, folder / "var", config)
