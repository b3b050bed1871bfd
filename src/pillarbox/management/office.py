"""The parts of the server that managing it needs, whoever asks: over HTTP, or on the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import Folder
from pillarbox.settings import Snapshot
from pillarbox.store import Store
from pillarbox.wire.values import JSON

if TYPE_CHECKING:
    from pillarbox.queue import Books

__all__ = ["Office"]


@dataclass(frozen=True)
class Office:
    """A server to be managed.

    `settings` gives what is in force here, `written` the texts of the local file (which win over the database's).
    `hashed` makes the hash of a password, which takes a tenth of a second and 64 MiB. `ask` has the running server do
    something, as `{"do": "reload"}`, and gives its answer; None where no server runs. `clock` gives seconds since 1970.
    """

    store: Store
    directory: InternalDirectory
    data: Path
    settings: Callable[[], Snapshot]
    written: Callable[[], Mapping[str, str]]
    hashed: Callable[[str], str]
    ask: Callable[[Mapping[str, JSON]], Mapping[str, JSON]] | None
    clock: Callable[[], float]

    @property
    def folders(self) -> list[Folder]:
        """Those of new accounts."""
        return [Folder(one.role, one.name, one.subscribe) for one in self.settings().folders if one.create]

    def books(self) -> "Books":
        """What is written down of messages on their way out."""
        # With all that speaks to other servers, which nobody waits for who manages something else.
        from pillarbox.queue import books_of  # noqa: PLC0415

        return books_of(self.store, self.settings(), self.clock)
