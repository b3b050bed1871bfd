"""A blob that is read a window at a time, outside of any unit."""

from collections.abc import Callable

__all__ = ["WindowReader"]


class WindowReader:
    """What `contract.BlobReader` promises, of so many octets.

    `window` gives octets and the offset at which they begin; among them is the one at the offset that it is asked for.
    What it raises, reading raises.
    """

    def __init__(self, size: int, window: Callable[[int], tuple[int, bytes]]) -> None:
        self._size = size
        self._window = window
        self._at = 0
        self._begin, self._octets = 0, b""

    def read(self, octets: int = -1, /) -> bytes:
        """So many octets, fewer at the end of the blob; all that are left if the number is negative."""
        left = max(self._size - self._at, 0)
        wanted = left if octets < 0 else min(octets, left)
        parts = []
        while wanted > 0:
            part = self._rest()[:wanted]
            parts.append(part)
            self._at += len(part)
            wanted -= len(part)
        return b"".join(parts)

    def seek(self, offset: int, /) -> int:
        self._at = offset
        return offset

    def close(self) -> None:
        """Nothing is open between two readings."""

    def _rest(self) -> memoryview:
        """Octets from where it is, at least one."""
        if not self._begin <= self._at < self._begin + len(self._octets):
            self._begin, self._octets = self._window(self._at)
        return memoryview(self._octets)[self._at - self._begin :]
