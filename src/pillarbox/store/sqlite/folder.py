"""Folders that are there after a power failure too, and for their owner alone."""

import os
from pathlib import Path

__all__ = ["make", "sync"]


def make(folder: Path) -> None:
    """The folder and all above it, each durable before the next is made in it."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
        sync(one.parent)


def sync(folder: Path) -> None:
    """The names in the folder are durable; what the files hold is not its business."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
