"""Rates and bans of one process, made of the settings in force."""

import asyncio

from pillarbox.app.house import House
from pillarbox.http import Allowance, Allowances, BanPolicy, Bans, Tally, directly
from pillarbox.net import Door, Origin
from pillarbox.settings import DatabaseStore, Rate, Snapshot, catalogue
from pillarbox.store import StoreError, Volatile
from pillarbox.telemetry import Event, emit
from pillarbox.wire.network import PRIVATE, Network

__all__ = ["Watch"]


class Watch:
    """Counts, and turns away; it outlives settings."""

    def __init__(self, built: House, shared: Volatile, door: Door) -> None:
        # What is in the database is a wait for the network away, which is nothing for the event loop.
        self._to_shared = door.through if isinstance(built.settings.store, DatabaseStore) else directly
        self._shared = shared
        self.bans = Bans(built.store, _policy(built.settings), door.through)
        self.tally = Tally(self.bans, shared, door.through, self._to_shared)
        try:
            # Before the first connection.
            self.bans.look()
        except StoreError as problem:
            emit(Event.STORE_FAILED, known=problem.known)

    def use(self, settings: Snapshot) -> None:
        """From now on these are the settings."""
        self.bans.use(_policy(settings))

    def allowances(self, settings: Snapshot) -> Allowances:
        """How often who may ask."""
        return Allowances(
            self._allowance("account", settings[catalogue.RATE_ACCOUNT]),
            self._allowance("anonymous", settings[catalogue.RATE_ANONYMOUS]),
        )

    def lets(self, origin: Origin) -> bool:
        """Whether who connects may come in."""
        return origin.client is None or self.bans.refuses(origin.client) is None

    async def run(self) -> None:
        """Hears of bans, and counts connections, for as long as it is not cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.bans.run())
            tasks.create_task(self.tally.run())

    def _allowance(self, name: str, rate: Rate | None) -> Allowance | None:
        return None if rate is None else Allowance(name, rate, self._shared, self._to_shared)


def _policy(settings: Snapshot) -> BanPolicy:
    """The bans that there may be; those whose word counts for others are never banned."""
    proxies: list[Network] = [*settings[catalogue.TRUSTED_PROXIES]]
    if settings[catalogue.USE_X_FORWARDED] and not proxies:
        # Then any private address may be a proxy.
        proxies += PRIVATE
    for listener in settings.listeners:
        proxies += listener.trusted_networks
    return BanPolicy.of(settings, proxies)
