"""Certificates that are had by ACME, from the background worker."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

from pillarbox.acme import Renewing
from pillarbox.app.house import House
from pillarbox.net import Door
from pillarbox.settings import Declared, catalogue

__all__ = ["RENEWING", "renewed"]

RENEWING: Sequence[Declared[object]] = (catalogue.AUTHORITIES,)
"""The settings that it works by."""


async def renewed(built: House, door: Door) -> None:
    """Has the certificates that are wanted, for as long as it is not cancelled."""
    wanted = built.settings[catalogue.AUTHORITIES]
    await Renewing(built.store, wanted, door.through, lambda: datetime.now(UTC), random.random).run()
