"""Who may move accounts from one store to another: one at a time, wherever it runs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pillarbox.app.house import House
from pillarbox.app.lock import alone
from pillarbox.settings import DatabaseStore, FolderStore

__all__ = ["CannotMigrate", "migrating"]

_LOCK = "migrate.lock"
_ANOTHER = "another `pillarbox migrate` is at work; wait for its end"


class CannotMigrate(Exception):
    """Nothing can move now; the message says why, and what to do."""


@contextmanager
def migrating(built: House) -> Iterator[None]:
    """A block in which nobody else moves accounts of these stores. Raises CannotMigrate; store.StoreError, OSError."""
    settings = built.settings
    with ExitStack() as held:
        if not held.enter_context(alone(built.data / _LOCK)):
            raise CannotMigrate(_ANOTHER)
        for chosen in (settings.store, settings.next_store):
            if isinstance(chosen, DatabaseStore):
                from pillarbox.app.database import alone_moving  # noqa: PLC0415

                others = held.enter_context(alone_moving(chosen))
                if not others.is_alone:
                    raise CannotMigrate(_ANOTHER)
                if others.machines and isinstance(settings.next_store, FolderStore):
                    where = ", ".join(others.machines)
                    raise CannotMigrate(f"the files are this machine's alone: stop the servers on {where} first")
        yield
