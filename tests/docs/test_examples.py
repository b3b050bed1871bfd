"""The examples that are marked `<!-- runs -->` do, page by page and in order, against a server with the demo."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.docs.page import PAGES, Block, blocks, name

PILLARBOX = (sys.executable, "-m", "pillarbox")
SETTINGS = """
[server.listener]
http = { protocol = "http", bind = "127.0.0.1:0" }
lmtp = { protocol = "lmtp", bind = "127.0.0.1:0" }
"""


@dataclass(frozen=True)
class Served:
    """A server that runs, the folder a reader would be in, and where it listens instead of at the usual ports."""

    folder: Path
    ports: Mapping[str, str]

    def runs(self, block: Block) -> "subprocess.CompletedProcess[str]":
        """What became of an example."""
        text = re.sub(r"\b(?:8080|2424)\b", lambda port: self.ports[port[0]], block.text)
        command = {"sh": ("bash", "-euo", "pipefail", "-c", text), "python": (sys.executable, "-c", text)}
        return subprocess.run(
            command[block.language], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("reader")
    (folder / ".venv").symlink_to(sys.prefix)
    settings = folder.parent / "listeners.toml"
    settings.write_text(SETTINGS)
    subprocess.run([*PILLARBOX, "demo"], cwd=folder, check=True, capture_output=True)
    command = [*PILLARBOX, "serve", "--config", str(settings)]
    environment = {**os.environ, "PILLARBOX_SERVER__LOG__LEVEL": "warn"}
    with subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, env=environment) as server:
        assert server.stdout is not None
        ports = {}
        for line in server.stdout:
            if (found := re.match(r"(HTTP|LMTP) .*127\.0\.0\.1:(\d+)", line)) is not None:
                ports["8080" if found[1] == "HTTP" else "2424"] = found[2]
            if len(ports) == 2:
                break
        yield Served(folder, ports)
        server.terminate()


@pytest.mark.neighbour
@pytest.mark.parametrize("page", [page for page in PAGES if any(blocks(page, "runs"))], ids=name)
def test_the_examples_of_a_page_run(page: Path, served: Served) -> None:
    """House style: each example in the docs runs."""
    for block in blocks(page, "runs"):
        done = served.runs(block)

        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        assert "error" not in done.stdout.lower(), f"{block}\n{done.stdout}"
