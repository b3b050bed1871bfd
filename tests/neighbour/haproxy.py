"""HAProxy, with a configuration that a test gives it."""

from collections.abc import Sequence
from pathlib import Path

from tests.neighbour.foreground import Foreground, program

__all__ = ["haproxy"]


def haproxy(folder: Path, configuration: str, ports: Sequence[int]) -> Foreground:
    """One that runs in the foreground; not started yet."""
    folder.mkdir()
    file = folder / "haproxy.cfg"
    file.write_text(configuration)
    return Foreground([program("haproxy"), "-db", "-f", file], folder, ports)
