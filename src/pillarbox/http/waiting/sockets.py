"""How many WebSockets an account has open in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pillarbox.http.problem import Problem

__all__ = ["SocketLimit"]


@dataclass
class SocketLimit:
    """Lets `most` of an account in at a time: each may be half way through the largest of requests."""

    most: int = 32
    _there: Counter[int] = field(default_factory=Counter)

    @contextmanager
    def one(self, account: int) -> Iterator[None]:
        """A block for one more. Raises Problem 429."""
        if self._there[account] >= self.most:
            detail = f"no more than {self.most} WebSockets of an account at once"
            raise Problem(429, detail, headers=((b"retry-after", b"30"),))
        self._there[account] += 1
        try:
            yield
        finally:
            self._there[account] -= 1
            if not self._there[account]:
                del self._there[account]
