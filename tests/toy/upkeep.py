"""The upkeep of one account, as far as the store itself has something to drop."""

from tests.toy.clock import Clock

from pillarbox.store import Store

__all__ = ["DAY", "tended"]

DAY = 86_400


def tended(store: Store, clock: Clock, until: int | None = None, history: int | None = None) -> None:
    """Account 1 is tended, as the upkeep does it."""
    now = int(clock())
    with store.write(1) as unit:
        unit.collect(now)
        if history is not None:
            unit.trim_log(now, history)
        unit.rest(now, until, history)
