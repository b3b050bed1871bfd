"""What each listener asks of who connects, made of the settings in force."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

from pillarbox.app.certifying import Keeper
from pillarbox.net import CIPHERS, Certificates, Entrance, Origin, Protection, give_back_large_blocks
from pillarbox.settings import Listener, Snapshot, Tls

__all__ = ["Entrances", "protection"]

_LOOK = 10.0
"""Seconds between two looks whether files of certificates have changed."""


class Entrances:
    """Those of one process, by the listener's id.

    `lets` says whether who connects may come in, when it is known who does. `certificates` are what listeners with TLS
    show: those of the settings are kept in it, others may be put there. Raises OSError if one must be made and cannot.
    """

    def __init__(self, settings: Snapshot, data: Path, seat: int, lets: Callable[[Origin], bool] | None = None) -> None:
        self.certificates = Certificates()
        self._keeper = Keeper(self.certificates, data, is_speaker=seat == 0)
        self._lets = lets
        self._made: Mapping[str, Entrance] = {}
        self._is_watching = False
        self.use(settings)

    def use(self, settings: Snapshot) -> None:
        """From now on these are the settings; of a listener that they do not have, those before hold."""
        self._is_watching = any(one.tls for one in settings.listeners)
        if self._is_watching:
            give_back_large_blocks()
            self._keeper.use(settings)
        self._made = {**self._made, **{one.id: self._entrance(one) for one in settings.listeners}}

    def of(self, listener: str) -> Entrance:
        """A listener's."""
        return self._made[listener]

    async def watch(self) -> None:
        """For as long as it is not cancelled: notices when files of certificates change."""
        while True:
            await asyncio.sleep(_LOOK)
            if self._is_watching:
                # Parsing takes milliseconds, and is rare; a look at files none.
                self._keeper.look()

    def _entrance(self, listener: Listener) -> Entrance:
        is_undelayed = listener.sockets.is_undelayed
        if listener.tls is None:
            return Entrance(listener.trusted_networks, lets=self._lets, is_undelayed=is_undelayed)
        return Entrance(
            listener.trusted_networks,
            lets=self._lets,
            protection=protection(listener.tls),
            certificates=self.certificates,
            is_undelayed=is_undelayed,
        )


def protection(asked: Tls) -> Protection:
    """TLS as the settings have it; at least one version is spoken."""
    versions = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}
    spoken = [version for name, version in versions.items() if name not in asked.disabled_versions]
    return Protection(
        min(spoken),
        max(spoken),
        tuple(name for name in CIPHERS if name not in asked.disabled_ciphers),
        asked.is_our_order,
        asked.timeout.seconds,
    )
