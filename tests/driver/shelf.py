"""What processes share and may lose, for one process: rates, codes and marks (`pillarbox.store.volatile`)."""

from pillarbox.store import Hit, Unavailable

__all__ = ["Shelf"]


class Shelf:
    """Keeps all of it in memory; `is_down` if it cannot be had just now."""

    def __init__(self) -> None:
        self.is_down = False
        self.codes: dict[bytes, tuple[bytes, float]] = {}
        self._marks: dict[bytes, float] = {}
        self._hits: dict[bytes, tuple[int, float]] = {}

    def hit(self, key: bytes, most: int, window: float, now: float) -> Hit:
        self._look()
        count, ends = self._hits.get(key, (0, now + window))
        if ends <= now:
            count, ends = 0, now + window
        if count < most:
            self._hits[key] = (count + 1, ends)
        return Hit(count < most, max(0, most - count - 1), ends)

    def keep(self, key: bytes, octets: bytes, until: float, now: float) -> bool:
        self._look()
        if key in self.codes and self.codes[key][1] > now:
            return False
        self.codes[key] = (octets, until)
        return True

    def redeem(self, key: bytes, now: float) -> bytes | None:
        self._look()
        octets, until = self.codes.pop(key, (None, 0.0))
        return octets if until > now else None

    def mark(self, key: bytes, until: float, now: float) -> None:  # noqa: ARG002 - as it is called
        self._look()
        self._marks[key] = until

    def marked(self, key: bytes, now: float) -> float | None:
        self._look()
        until = self._marks.get(key, 0.0)
        return until if until > now else None

    def _look(self) -> None:
        if self.is_down:
            raise Unavailable("the shelf is down")
