"""A clock that is set by hand."""

from dataclasses import dataclass

__all__ = ["Clock"]


@dataclass
class Clock:
    """Seconds since 1970; they pass when a test says so."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now
