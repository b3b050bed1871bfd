"""How much is asked of a store."""

from collections.abc import Callable
from typing import Any

from pillarbox.store import Unit

__all__ = ["Counting"]


class Counting:
    """A unit that counts how often anything is asked of it."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        found: Callable[..., Any] = getattr(self._unit, name)

        def counted(*given: Any) -> Any:
            self.asked += 1
            return found(*given)

        return counted
