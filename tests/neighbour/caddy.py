"""Caddy, with a Caddyfile that a test gives it."""

from collections.abc import Sequence
from pathlib import Path

from tests.neighbour.foreground import Foreground, program

__all__ = ["caddy"]


def caddy(folder: Path, configuration: str, ports: Sequence[int]) -> Foreground:
    """One that keeps all it writes in `folder`; not started yet."""
    folder.mkdir()
    file = folder / "Caddyfile"
    file.write_text(configuration)
    return Foreground([program("caddy"), "run", "--config", file, "--adapter", "caddyfile"], folder, ports)
