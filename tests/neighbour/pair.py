"""Two PostgreSQL servers, of which one takes writes and the other follows it; each commit waits for both."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from tests.journeys.program import until
from tests.neighbour.postgres import Cluster, cluster

from pillarbox.store.postgres import Place

__all__ = ["Pair", "pair"]

_FOLLOWS = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"


class Pair:
    """`primary` is who takes writes, `standby` who follows or, after a promotion, the one that was left behind."""

    def __init__(self, stack: ExitStack, **settings: str) -> None:
        self._stack = stack
        # A standby looks again soon for who it follows.
        self._settings = {"wal_retrieve_retry_interval": "100ms", **settings}
        self.primary = self._stack.enter_context(cluster(None, **self._settings))
        self.database = self.primary.database().database
        self.standby = self._followed()

    @property
    def place(self) -> Place:
        """The database, at whichever of the two."""
        return self.at(self.primary, self.standby)

    def at(self, *those: Cluster) -> Place:
        """The database at one of these, over the loopback."""
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in those)
        return replace(self.primary.at(self.database), host=hosts, port=9)

    @staticmethod
    def sql(one: Cluster, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What an administrator of one of them is answered."""
        return one.sql(one.at(database), statement)

    def wait_for_standby(self) -> None:
        """From now on a commit is answered when the standby has it too."""
        self._set(self.primary, "synchronous_standby_names", "*")
        until(lambda: bool(self.sql(self.primary, _FOLLOWS)), "the standby follows", 30)

    def wait_for_nobody(self, one: Cluster) -> None:
        """From now on a commit at one of them is answered when that one has it."""
        self._set(one, "synchronous_standby_names", "")

    def promote(self) -> None:
        """The standby takes writes, whatever has become of the primary; the two change their names."""
        self.sql(self.standby, "SELECT pg_promote()")
        self.primary, self.standby = self.standby, self.primary

    def fence(self) -> None:
        """The primary takes no more writes, but answers."""
        self._set(self.primary, "default_transaction_read_only", "on")

    def renew(self) -> None:
        """In the place of who was left behind another one follows, at the same port, and commits wait for it."""
        port = self.standby.port
        self.standby.stop(signal.SIGQUIT)
        self.standby = self._followed(port)
        self.wait_for_standby()

    def _set(self, one: Cluster, name: str, value: str) -> None:
        self.sql(one, f"ALTER SYSTEM SET {name} = '{value}'")
        self.sql(one, "SELECT pg_reload_conf()")
        # It is reloaded some time after that was asked for.
        until(lambda: self.sql(one, f"SELECT current_setting('{name}')") == [(value,)], f"{name} is {value}")

    def _followed(self, port: int | None = None) -> Cluster:
        made = self._stack.enter_context(cluster(self.primary, **self._settings))
        if port is not None:
            made.stop()
            made.port = port
            made.start()
        return made


@contextmanager
def pair(**settings: str) -> Iterator[Pair]:
    """Both for this block."""
    with ExitStack() as stack:
        made = Pair(stack, **settings)
        made.wait_for_standby()
        yield made
