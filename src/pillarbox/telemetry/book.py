"""The log in files: one a day in a folder, to which all processes append, and which are removed when they are old.

A line is one write to a file opened for appending, so lines of several processes do not mix. Nothing that goes wrong
here reaches what is being logged: the line is dropped, and counted.
"""

import os
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

from pillarbox.telemetry.metric import LOG_DROPPED

__all__ = ["LOGS", "LONGEST", "MOST", "Book", "Kept", "days", "forget_days"]

LOGS = "logs"
"""The folder of the files, in the data folder."""
MOST = 256 * 1024 * 1024
"""Octets of a day; what would be more is dropped."""
LONGEST = 64 * 1024
"""Octets of a line; of a longer one there is only what it was about."""
_SUFFIX = ".log"


class Kept(Enum):
    """What became of a line."""

    WRITTEN = "written"
    DROPPED = "dropped"
    FULL = "full"
    """It was dropped, the first one that day for want of room; the next is written, to say so."""


class Book:
    """The files of one folder, as one process writes them."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self.folder = folder
        self.most = most
        self._lock = threading.Lock()
        self._descriptor = -1
        self._day = ""
        self._full = ""
        self._is_spared = False
        self._is_torn = False

    def write(self, line: bytes, day: str) -> Kept:
        """Appends a line, which ends with a line feed, to the file of a day (`2026-01-31`)."""
        with self._lock:
            try:
                return self._write(line, day)
            except OSError:
                # No room, no folder, no right: next time it may be otherwise.
                self._close()
                LOG_DROPPED.add()
                return Kept.DROPPED

    def close(self) -> None:
        """Nothing is open any more, until the next line."""
        with self._lock:
            self._close()

    def _write(self, line: bytes, day: str) -> Kept:
        there = os.fstat(self._descriptor) if self._descriptor >= 0 and day == self._day else None
        if there is None or not there.st_nlink:
            # Another day, or somebody has removed the file.
            self._open(day)
            there = os.fstat(self._descriptor)
        if there.st_size + len(line) > self.most and not self._is_spared:
            LOG_DROPPED.add()
            if self._full == day:
                return Kept.DROPPED
            self._full, self._is_spared = day, True
            return Kept.FULL
        self._is_spared = False
        whole = b"\n" + line if self._is_torn else line
        self._is_torn = os.write(self._descriptor, whole) < len(whole)
        if self._is_torn:
            LOG_DROPPED.add()
            return Kept.DROPPED
        return Kept.WRITTEN

    def _open(self, day: str) -> None:
        self._close()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(self.folder / f"{day}{_SUFFIX}", flags, 0o600)
        self._day = day

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


def days(folder: Path) -> Sequence[tuple[date, Path]]:
    """The days of which there is a file, the latest first. Raises OSError."""
    found: list[tuple[date, Path]] = []
    for path in folder.glob(f"*{_SUFFIX}"):
        try:
            found.append((date.fromisoformat(path.name.removesuffix(_SUFFIX)), path))
        except ValueError:
            # None of ours.
            continue
    return sorted(found, reverse=True)


def forget_days(folder: Path, seconds: float, now: float) -> int:
    """Removes the files of days that ended longer ago than so many seconds; how many. Raises OSError."""
    first = datetime.fromtimestamp(now - seconds, UTC).date()
    old = [path for day, path in days(folder) if day < first]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
