"""What all processes of a server are started with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pillarbox.app.orders import Orders
from pillarbox.app.supervisor.binding import Opened

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the server was started with, and the settings in force, as each of its processes is told."""

    pairs: Mapping[str, str]
    data: Path
    opened: Sequence[Opened]
    workers: int
    balance: int
    life: int

    def orders(self, number: int, status: int, channel: int) -> Orders:
        """For one of the workers, or with the number that follows theirs for who serves nobody."""
        is_worker = number < self.workers
        listeners = {one.listener.id: [each.fileno() for each in one.sockets] for one in self.opened if is_worker}
        return Orders(
            self.pairs,
            str(self.data.absolute()),
            number,
            self.workers,
            listeners,
            self.balance,
            self.life,
            status,
            channel,
        )
