"""What the log is told of once in a while, however often it happens: anybody can have it happen with each request."""

import time
from collections.abc import Callable

__all__ = ["Seldom"]

_MINUTE = 60.0
_MOST = 1024
"""Things that are known apart; of more, those that come last are not told of until a minute is over."""


class Seldom:
    """Knows what was told of within the last minute; `clock` gives seconds, from any point on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[tuple[str, ...], float] = {}

    def is_due(self, *what: str) -> bool:
        """Whether this is to be told of now, which then counts as done."""
        now = self._clock()
        last = self._told.get(what)
        if last is not None and now - last < _MINUTE:
            return False
        if len(self._told) >= _MOST:
            self._told = {key: at for key, at in self._told.items() if now - at < _MINUTE}
            if len(self._told) >= _MOST:
                return False
        self._told[what] = now
        return True
