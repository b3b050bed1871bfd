"""A piece of work on the directory: by whom, in which unit, and what is left to do once that is committed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pillarbox.access import Manager
from pillarbox.datatypes.directory.principals.kind import Entry, Kind
from pillarbox.datatypes.mail import Folder
from pillarbox.datatypes.server import Account, SecurityKind, note
from pillarbox.store import Document, Writing
from pillarbox.telemetry import Event, emit
from pillarbox.wire.dkim import DkimKey
from pillarbox.wire.values import JSON

__all__ = ["Afterwards", "Draft", "Errand"]


@dataclass
class Afterwards:
    """What cannot be in the unit: the caller does it after the commit. What is interrupted is mended by `Files.clear`.

    `acquaint` are accounts to be told of their addresses, `remove` those whose files go.
    """

    acquaint: set[int] = field(default_factory=set)
    remove: list[int] = field(default_factory=list)
    events: list[tuple[Event, Mapping[str, Any]]] = field(default_factory=list)

    def emit(self) -> None:
        """The log is told."""
        for event, fields in self.events:
            emit(event, **fields)


@dataclass(frozen=True)
class Errand:
    """What a manager is about to do, within a unit of account 0.

    `number` gives the number of a new account, `furnish` makes its file: with folders, and addresses that it knows.
    `folders` are those of new accounts; `keys` makes the keys that a new domain's mail is signed with, and is asked
    before the unit begins where that takes long.
    """

    server: Writing
    manager: Manager
    now: datetime
    number: Callable[[], int]
    furnish: Callable[[int, Sequence[Folder], Sequence[str]], None]
    folders: Sequence[Folder] = ()
    keys: Sequence[DkimKey] = ()
    after: Afterwards = field(default_factory=Afterwards)

    def note(self, account: int, what: SecurityKind, details: Mapping[str, str]) -> None:
        """The owner of an account is told of something that was done to it, and not from where a manager did it."""
        note(self.server, account, what, self.now, details=details)

    def told(self, kind: Kind, name: str, change: str) -> None:
        """The log is told of a change once it is committed."""
        fields = {"manager": self.manager.name, "kind": kind.value, "name": name, "change": change}
        self.after.events.append((Event.MANAGEMENT_CHANGED, fields))


@dataclass
class Draft:
    """A principal that is being made or changed: what is kept of it, and what was kept before, None of a new one."""

    kind: Kind
    number: int
    document: dict[str, JSON]
    before: Document | None
    touched: set[str] = field(default_factory=set)
    """The fields that were said anything of."""
    whose: dict[str, Account | None] = field(default_factory=dict)
    """Who has an address, as far as that was looked for: many steps about many members would ask again and again."""
    met: dict[str, Entry] = field(default_factory=dict)
    """The same of members and groups, by name."""

    @staticmethod
    def of(entry: Entry) -> "Draft":
        """One that is there."""
        return Draft(entry.kind, entry.number, {**entry.document}, entry.document)

    @property
    def entry(self) -> Entry:
        """As it is to be."""
        return Entry(self.kind, self.number, self.document)

    @property
    def was(self) -> Entry | None:
        """As it is kept still."""
        return None if self.before is None else Entry(self.kind, self.number, self.before)

    @property
    def is_changed(self) -> bool:
        """Whether something else is kept of it than before."""
        return self.before is None or self.document != self.before
