"""Errands as they begin and end: a unit of account 0, and what is left to do once that is committed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from pillarbox.access import Manager
from pillarbox.datatypes.directory.files import Files
from pillarbox.datatypes.directory.principals import Afterwards, Errand
from pillarbox.datatypes.mail import Folder
from pillarbox.store import Store
from pillarbox.wire.dkim import DkimKey

__all__ = ["errand", "finish"]


@contextmanager
def errand(
    store: Store,
    manager: Manager,
    now: datetime,
    folders: Sequence[Folder] = (),
    keys: Sequence[DkimKey] = (),
) -> Iterator[Errand]:
    """A block in which principals are made, changed and destroyed, all of it or nothing (`principals`).

    What cannot be in one unit is done once it is committed; where that is interrupted, `Files.clear` finishes it.
    Raises store.StoreError.
    """
    files = Files(store)
    with store.write(0) as server:
        begun = Errand(server, manager, now, partial(files.unused, server), files.furnish, folders, keys)
        yield begun
    finish(store, begun.after)


def finish(store: Store, after: Afterwards) -> None:
    """Does what is left of errands whose unit is committed. Raises store.StoreError."""
    files = Files(store)
    after.emit()
    for number in after.acquaint:
        files.acquaint(number)
    for number in after.remove:
        store.remove(number)
