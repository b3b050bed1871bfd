"""Room for connections among the descriptors that the system grants a process (architecture, 3.1)."""

import resource
from collections.abc import Mapping, Sequence

from pillarbox.settings import Listener
from pillarbox.telemetry import Event, emit

__all__ = ["POOL", "make_room", "shares"]

POOL = 64
"""Accounts that a worker keeps open, each with up to three descriptors."""
_OTHERS = 64
"""For files of blobs, the log, the hub, and what the libraries hold."""


def make_room(listeners: Sequence[Listener], workers: int) -> None:
    """Raises this process's limit, and so that of those it starts, to what one worker needs; says if it cannot."""
    needed = _base(listeners) + sum(_ceiling(one.max_connections, workers) for one in listeners)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(soft, needed):
        return
    if _is_enough(hard, needed):
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    emit(Event.SERVER_CRAMPED, descriptors=hard, needed=needed)


def shares(listeners: Sequence[Listener], workers: int) -> Mapping[str, int]:
    """How many connections of each listener one of the workers may have, by the listener's id; 1 at least.

    Less than the settings say if there are not so many descriptors.
    """
    wanted = {one.id: _ceiling(one.max_connections, workers) for one in listeners}
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = max(soft - _base(listeners), 0)
    total = sum(wanted.values())
    if _is_enough(soft, _base(listeners) + total):
        return wanted
    return {id_: max(1, count * room // total) for id_, count in wanted.items()}


def _base(listeners: Sequence[Listener]) -> int:
    return sum(len(one.binds) for one in listeners) + 3 * POOL + _OTHERS


def _is_enough(limit: int, needed: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= needed


def _ceiling(count: int, parts: int) -> int:
    return -(-count // parts)
