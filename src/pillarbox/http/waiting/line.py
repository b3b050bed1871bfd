"""Those of one account who are served, or wait for it, in this process."""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Protocol

__all__ = ["Lender", "Line"]


class Lender(Protocol):
    """Who lends slots to lines, and wants them back."""

    def short(self, line: "Line") -> None:
        """Somebody waits and the line might have more slots: they are given to it soon, by `gain`."""

    def gives(self, line: "Line") -> None:
        """A slot that the line was to give up is free now."""


class Line:
    """At most `slots` of them are served at a time, the one who came first before the others.

    A line that shares with other processes has only the slots that its lender gave it, `size` at most; it may be told
    to serve fewer than it does, and then hands on nothing until that is so.
    """

    def __init__(self, key: bytes, size: int, lender: Lender | None) -> None:
        self.key = key
        self.size = size
        self.slots = 0 if lender is not None else size
        self.busy = 0
        self._lender = lender
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def length(self) -> int:
        """How many are served or wait."""
        return self.busy + len(self._waiting)

    @property
    def lacking(self) -> int:
        """How many more slots would be used at once."""
        return max(0, min(self.size - self.slots, len(self._waiting)))

    def enter(self) -> bool:
        """Whether there was a slot free, which is then the caller's."""
        if self._waiting or self.busy >= self.slots:
            return False
        self.busy += 1
        return True

    async def wait(self, seconds: float) -> None:
        """Returns with a slot. Raises TimeoutError."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if self._lender is not None and self.lacking:
            self._lender.short(self)
        async with asyncio.timeout(seconds):
            try:
                await turn
            except asyncio.CancelledError:
                if turn.cancelled():
                    # Whoever freed a slot meanwhile has passed it over already.
                    with suppress(ValueError):
                        self._waiting.remove(turn)
                else:
                    # It was their turn in the same moment.
                    self.leave()
                raise

    def leave(self) -> None:
        """The slot is free again, and may be the next one's."""
        given_up = self.busy > self.slots
        self.busy -= 1
        if given_up and self._lender is not None:
            self._lender.gives(self)
        self._serve()

    def gain(self, count: int) -> None:
        """So many more slots, or fewer."""
        self.slots += count
        self._serve()

    def _serve(self) -> None:
        while self._waiting and self.busy < self.slots:
            turn = self._waiting.popleft()
            if not turn.done():
                self.busy += 1
                turn.set_result(None)
