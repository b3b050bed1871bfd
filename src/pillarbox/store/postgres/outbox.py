"""Notices that wait to be sent: of each account the latest states."""

import threading
from collections.abc import Callable

from pillarbox.store.feed import Notice
from pillarbox.wire.values import State, state_number

__all__ = ["Outbox"]

MAX_WAITING = 65_536
"""Accounts."""


class Outbox:
    """Takes notices from any thread, and never waits; `awake` is called when there is one where there was none."""

    def __init__(self, awake: Callable[[], None]) -> None:
        self._awake = awake
        self._lock = threading.Lock()
        self._waiting: dict[int, dict[str, State]] = {}
        self._has_dropped = False

    def add(self, notice: Notice) -> None:
        """This is to be sent, unless later states of it are."""
        with self._lock:
            was_empty = not self._waiting
            states = self._waiting.get(notice.account)
            if states is None:
                if len(self._waiting) >= MAX_WAITING:
                    self._has_dropped = True
                    return
                states = self._waiting[notice.account] = {}
            for name, state in notice.states.items():
                if not _is_earlier(state, states.get(name)):
                    states[name] = state
        if was_empty:
            self._awake()

    def taken(self) -> list[Notice]:
        """All that waits, which then does no longer."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        return [Notice(account, states) for account, states in waiting.items()]

    def has_dropped(self) -> bool:
        """Whether there were more than fit since this was last asked; others have to look for themselves then."""
        with self._lock:
            dropped, self._has_dropped = self._has_dropped, False
        return dropped


def _is_earlier(state: State, than: State | None) -> bool:
    """Of two commits the later may be told first."""
    if than is None:
        return False
    epoch = state.rpartition("-")[0]
    number, known = state_number(epoch, state), state_number(epoch, than)
    return number is not None and known is not None and number < known
