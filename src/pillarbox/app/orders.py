"""What the supervisor tells a process that it starts: in memory handed down, so that secrets pass nobody's sight."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pillarbox.settings import Snapshot, snapshot

__all__ = ["GRACE", "Orders"]

GRACE = 10
"""Seconds that what has begun (requests, deliveries, the work of nobody who waits) has to finish once it is to stop."""


@dataclass(frozen=True, slots=True)
class Orders:
    """The settings as they are in force when the process is started, and the descriptors that it is given.

    `pairs` are the settings' texts; `number` is the worker's own, from 0. `listeners` are descriptors of listening
    sockets by the listener's id, `balance` is one of shared memory (net.Balance). `life` is a pipe that ends when the
    supervisor does; into `status` goes "ready", or what keeps it from being so; `channel` is a socket on which the
    supervisor asks for more.
    """

    pairs: Mapping[str, str]
    data: str
    number: int
    workers: int
    listeners: Mapping[str, Sequence[int]]
    balance: int
    life: int
    status: int
    channel: int

    @property
    def settings(self) -> Snapshot:
        """The settings; what is wrong with them was told by the supervisor."""
        made, _ = snapshot(self.pairs)
        return made

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data)

    @property
    def descriptors(self) -> list[int]:
        """All that are handed down."""
        listening = [one for each in self.listeners.values() for one in each]
        return [self.balance, self.life, self.status, self.channel, *listening]

    def written(self) -> int:
        """A descriptor of memory that has the orders."""
        descriptor = os.memfd_create("orders", os.MFD_CLOEXEC)
        os.write(descriptor, json.dumps(asdict(self)).encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
        return descriptor

    @classmethod
    def taken(cls, descriptor: int) -> "Orders":
        """The orders that `written` gave the descriptor of, which is closed."""
        with os.fdopen(descriptor, "rb") as written:
            return cls(**json.load(written))
