"""Which of the hosts of one database is asked first, and which is not asked any more."""

import threading
from dataclasses import dataclass

from pillarbox.wire.hosts import hosts

__all__ = ["History", "Host", "Hosts", "is_of_another", "is_older"]


@dataclass(frozen=True, slots=True)
class Host:
    """Where a database server may be; `name` may be the folder of a UNIX socket."""

    name: str
    port: int

    def __str__(self) -> str:
        return f"{self.name}:{self.port}"


@dataclass(frozen=True, slots=True)
class History:
    """Which database it is: the cluster's identifier, the database's within it, and the cluster's timeline.

    A standby that is promoted has a timeline with a higher number than all that it followed; so has what is restored to
    a moment.
    """

    system: str
    database: str
    timeline: int

    def __str__(self) -> str:
        return f"{self.system}.{self.database}.{self.timeline}"


class Hosts:
    """The hosts that a text names, and what was found out about them; for any number of threads.

    One is the `found`, which took writes when it was last connected to. The history of what is connected to never goes
    back: a server that was left behind by a promotion, and knows nothing of it, is not written to. Nor is one among
    several that is of another cluster, as it is when it was made anew and does not follow the others yet.
    """

    def __init__(self, text: str, port: int) -> None:
        self.all = tuple(Host(name, number) for name, number in hosts(text, port))
        self._lock = threading.Lock()
        self._order = list(self.all)
        self._found: Host | None = None
        self._before: Host | None = None
        self._latest: History | None = None

    @property
    def found(self) -> Host | None:
        """The one to ask alone; None where all are to be asked."""
        with self._lock:
            return self._found

    @property
    def order(self) -> list[Host]:
        """All of them, last those that could not be used of late: to find that out may have taken long."""
        with self._lock:
            return list(self._order)

    def doubt(self) -> None:
        """The one that was found may not be the one to write to: all are asked again."""
        with self._lock:
            self._found = None

    def failed(self, host: Host) -> None:
        """It cannot be used now."""
        with self._lock:
            self._order.remove(host)
            self._order.append(host)
            if self._found == host:
                self._found = None

    def is_left_behind(self, history: History | None) -> bool:
        """Whether a server of this history was left behind by one that was found before."""
        with self._lock:
            return is_older(history, self._latest)

    def is_stranger(self, history: History | None) -> bool:
        """Whether a server of this history, one of several, is of another cluster than what was found before."""
        with self._lock:
            return len(self.all) > 1 and is_of_another(history, self._latest)

    def is_news(self, history: History | None) -> bool:
        """Whether a server of this history has taken over from the one that was found before."""
        with self._lock:
            return is_older(self._latest, history)

    def take(self, host: Host, history: History | None) -> bool:
        """From now on this one is asked; whether it is another one than before."""
        with self._lock:
            moved = self._before not in {None, host}
            self._found = self._before = host
            if not is_older(history, self._latest):
                self._latest = history
            return moved


def is_of_another(history: History | None, than: History | None) -> bool:
    """Whether two histories are of different clusters; False where one is not known."""
    return history is not None and than is not None and history.system != than.system


def is_older(history: History | None, than: History | None) -> bool:
    """Whether one of two histories of the same cluster ends where the other goes on; False where one is not known."""
    if history is None or than is None or is_of_another(history, than):
        return False
    return history.timeline < than.timeline
