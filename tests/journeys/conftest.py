"""A journey has a server of its own: a process with its own data folder, ports and configuration.

Journeys that break nothing, and have accounts of their own, share one: starting takes longer than most of them.
"""

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


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of a whole module; nobody stops it, or counts on who else has an account."""
    folder = tmp_path_factory.mktemp("shared")
    with Server(folder, "").running() as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def pillarbox(folder: Path) -> Program:
    """The command line on a data folder that is not there yet."""
    config = folder / "pillarbox.toml"
    config.write_text("")
    return Program(folder, folder / "var", config)
