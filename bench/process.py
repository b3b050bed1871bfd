"""What processes cost, as Linux counts it: CPU time and memory of a process and all below it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Tree", "parsed"]

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    cpu: float
    resident: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A process and all that it started, found anew at each question: workers come and go."""

    root: int

    def pids(self) -> list[int]:
        """Those that run now, the root first."""
        below: dict[int, list[int]] = {}
        for pid, stat in _all():
            below.setdefault(stat.parent, []).append(pid)
        found = [self.root]
        for pid in found:
            found += below.get(pid, [])
        return found

    def cpu(self) -> float:
        """The CPU time in seconds that those running now have had, in user and kernel mode."""
        return sum(stat.cpu for stat in self._stats())

    def own_cpu(self) -> float:
        """The CPU time in seconds of the root alone."""
        stat = _read(self.root)
        return stat.cpu if stat is not None else 0.0

    def memory(self) -> int:
        """The resident octets of the largest process."""
        return max((stat.resident for stat in self._stats()), default=0)

    def memories(self) -> list[int]:
        """The resident octets of each process, the largest first."""
        return sorted((stat.resident for stat in self._stats()), reverse=True)

    def _stats(self) -> Iterator[_Stat]:
        for pid in self.pids():
            stat = _read(pid)
            if stat is not None:
                yield stat


def parsed(line: str) -> tuple[int, float, int]:
    """Parent, CPU seconds and resident octets out of a line of /proc/PID/stat (proc_pid_stat(5))."""
    # A program's name may hold anything, brackets and blanks as well.
    fields = line.rpartition(")")[2].split()
    return int(fields[1]), (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE


def _all() -> Iterator[tuple[int, _Stat]]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (stat := _read(int(entry.name))) is not None:
            yield int(entry.name), stat


def _read(pid: int) -> _Stat | None:
    try:
        return _Stat(*parsed((_PROC / str(pid) / "stat").read_text("utf-8", "replace")))
    except (FileNotFoundError, ProcessLookupError):
        return None
