"""What managing the server needs, made of a house."""

import time
from collections.abc import Callable, Mapping

from pillarbox.app.house import House
from pillarbox.management import Office
from pillarbox.settings import Snapshot
from pillarbox.wire.values import JSON

__all__ = ["office"]


def office(
    built: House,
    settings: Callable[[], Snapshot],
    written: Callable[[], Mapping[str, str]],
    ask: Callable[[Mapping[str, JSON]], Mapping[str, JSON]] | None = None,
    clock: Callable[[], float] = time.time,
) -> Office:
    """The office of a house; `settings`, `written` and `ask` are as for management.Office."""
    return Office(
        built.store,
        built.directory,
        built.data,
        settings,
        written,
        # Made when first asked for.
        lambda password: built.passwords.hash(password),  # noqa: PLW0108
        ask,
        clock,
    )
