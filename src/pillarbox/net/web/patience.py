"""How long it is waited for a client."""

import asyncio
from collections.abc import Callable

__all__ = ["Patience"]


class Patience:
    """Runs out so many seconds after something was expected, unless it came."""

    __slots__ = ("_loop", "_seconds", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    @property
    def expects(self) -> bool:
        """Whether something is waited for."""
        return self._timer is not None

    def expect(self, out: Callable[[], None]) -> None:
        """It is waited from now on; `out` is called when it has run out, and is not kept for longer."""
        self.relax()
        self._timer = self._loop.call_later(self._seconds, out)

    def relax(self) -> None:
        """Nothing is waited for any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
