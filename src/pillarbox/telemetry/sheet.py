"""The numbers of one process, in a file that other processes read while it counts (adr/0043).

A sheet is memory of a fixed size: a head, then entries one after the other. An entry is a name, its labels, and some
64-bit floating point numbers. To count is to change a number where it is, without a lock or a system call.
"""

import json
import mmap
import os
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Entry", "Sheet", "read"]

SIZE = 256 * 1024
"""Octets of a sheet."""
_MAGIC = b"pillar01"
_HEAD = struct.Struct("=8s40sQQ")
"""What it is, whose it is, the process that writes it, and how many octets of entries there are."""
_USED = struct.Struct("=Q")
_USED_AT = _HEAD.size - _USED.size
_ENTRY = struct.Struct("=II")
"""Octets of the key, and how many numbers follow it."""
_WIDEST = 64
_END = SIZE - 8 * _WIDEST
"""Where entries end. What finds no room any more is counted behind it, where nobody reads."""


class Entry(NamedTuple):
    """What one process says of a name with certain labels; `slot` is where the first of the numbers is."""

    slot: int
    name: str
    labels: tuple[str, ...]
    values: tuple[float, ...]


class Sheet:
    """The numbers of this process: `values[slot]` is what to change."""

    def __init__(self, memory: "mmap.mmap | bytearray", mark: bytes, lasts: Callable[[str], bool]) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self.values = memoryview(memory).cast("d")
        magic, whose, _, used = _HEAD.unpack_from(memory)
        if magic != _MAGIC or whose != mark:
            memory[:] = bytes(SIZE)
            used = 0
        _HEAD.pack_into(memory, 0, _MAGIC, mark, os.getpid(), used)
        for entry in self.entries():
            if not lasts(entry.name):
                self.values[entry.slot : entry.slot + len(entry.values)] = memoryview(
                    bytes(8 * len(entry.values))
                ).cast("d")

    @classmethod
    def alone(cls) -> "Sheet":
        """One that no other process reads."""
        return cls(bytearray(SIZE), _mark(""), lambda _: False)

    @classmethod
    def kept(cls, path: Path, owner: str, lasts: Callable[[str], bool]) -> "Sheet":
        """One in a file, for all processes of this owner to read.

        Numbers that a process of the same owner left there go on, of those names that last; all else begins at 0.
        Raises OSError.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Written to without room on the disk, such memory ends the process (SIGBUS).
            os.posix_fallocate(descriptor, 0, SIZE)
            return cls(mmap.mmap(descriptor, SIZE), _mark(owner), lasts)
        finally:
            os.close(descriptor)

    def slot(self, name: str, labels: Sequence[str], width: int = 1) -> int:
        """Where the first of so many numbers of this name and these labels is; there are 64 at most."""
        with self._lock:
            for entry in self.entries():
                if (entry.name, entry.labels, len(entry.values)) == (name, tuple(labels), width):
                    return entry.slot
            return self._added(name, labels, width)

    def entries(self) -> list[Entry]:
        """What it says."""
        return list(_entries(self._memory))

    def _added(self, name: str, labels: Sequence[str], width: int) -> int:
        key = json.dumps([name, *labels]).encode()
        key += b" " * (-len(key) % 8)
        (used,) = _USED.unpack_from(self._memory, _USED_AT)
        begin = _HEAD.size + used
        numbers = begin + _ENTRY.size + len(key)
        end = numbers + 8 * width
        if end > _END:
            return _END // 8
        self._memory[begin:end] = _ENTRY.pack(len(key), width) + key + bytes(8 * width)
        # Only now it is there for those who read.
        _USED.pack_into(self._memory, _USED_AT, end - _HEAD.size)
        return int(numbers // 8)


def read(path: Path, owner: str) -> tuple[int, list[Entry]] | None:
    """The process that wrote a file, and what it says; None if it is no sheet of this owner. Raises OSError."""
    octets = path.read_bytes()[:SIZE]
    if len(octets) != SIZE:
        return None
    magic, whose, process, _ = _HEAD.unpack_from(octets)
    if magic != _MAGIC or whose != _mark(owner):
        return None
    return process, list(_entries(octets))


def _mark(owner: str) -> bytes:
    return owner.encode()[:40].ljust(40, b"\0")


def _entries(memory: "mmap.mmap | bytearray | bytes") -> Iterator[Entry]:
    (used,) = _USED.unpack_from(memory, _USED_AT)
    at, end = _HEAD.size, min(_HEAD.size + used, _END)
    while at + _ENTRY.size <= end:
        length, width = _ENTRY.unpack_from(memory, at)
        numbers = at + _ENTRY.size + length
        if not length or width > _WIDEST or numbers + 8 * width > end:
            # Of a file that was damaged there is no more to be had.
            return
        try:
            name, *labels = json.loads(memory[at + _ENTRY.size : numbers])
        except ValueError:
            return
        yield Entry(numbers // 8, name, tuple(labels), struct.unpack_from(f"={width}d", memory, numbers))
        at = numbers + 8 * width
