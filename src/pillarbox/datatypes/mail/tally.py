"""The counts that Mailbox, Thread and Email share (RFC 8621 section 2), kept in step with each Email.

A Thread's document is its tally: how many of its Emails are in each Mailbox, and how many are unread, those in the
trash apart: "Emails in the trash are treated as though they are in a separate Thread for the purposes of unread
counts". What a Thread adds to a Mailbox's counts follows from its tally alone, so an Email's change costs the same
in a Thread of any length.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import orjson

from pillarbox.objects import Registry, number_of
from pillarbox.store import Document, Equal, Select, Table, Unit, Writing
from pillarbox.wire.values import JSON

__all__ = ["Change", "Tallies", "recount", "tally", "tally_problems"]

_COUNTS = ("totalEmails", "unreadEmails", "totalThreads", "unreadThreads")
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """One Email of a Thread: what it was, and what it is; None for not being there."""

    thread: int
    before: Document | None
    after: Document | None


def tally(unit: Writing, registry: Registry, change: Change) -> None:
    """Counts a change of an Email in its Thread and its Mailboxes, and logs both as changed."""
    tallies = Tallies(unit, registry)
    tallies.count(change)
    tallies.settle()


class Tallies:
    """Counts changes of many Emails in one unit; what they make of Mailboxes is written once, when they are settled."""

    def __init__(self, unit: Writing, registry: Registry) -> None:
        self._unit = unit
        self._registry = registry
        self._difference: Counter[tuple[int, str]] = Counter()

    def count(self, change: Change) -> None:
        """Counts a change in its Thread, and remembers it for its Mailboxes."""
        if not _counts_alike(change.before, change.after):
            self._difference.update(_counted(self._unit, self._registry, change))

    def settle(self) -> None:
        """Mailboxes count what was remembered. To be called before anybody reads them."""
        _add(self._unit, self._registry["Mailbox"].table, self._difference)
        self._difference.clear()


def recount(unit: Writing, registry: Registry) -> None:
    """Makes all tallies and counts anew from the Emails, Threads with them, if there are others than Emails say."""
    threads, mailboxes = registry["Thread"].table, registry["Mailbox"].table
    tallies, counts = _expected(unit, registry)
    missing = dict(tallies)
    for number, old in _documents(unit, threads):
        one = missing.pop(number, None)
        if one is None:
            unit.delete(threads, number, old)
        elif one.document() != old:
            unit.amend(threads, number, old, one.document())
    for number, one in missing.items():
        unit.insert(threads, number, one.document())
    for number, old in _documents(unit, mailboxes):
        new = {**old, **_counts_of(counts, number)}
        if new != old:
            unit.update_volatile(mailboxes, number, old, new)


def tally_problems(unit: Unit, registry: Registry) -> Iterator[str]:
    """What Threads and Mailboxes count that their Emails do not bear out, in words."""
    tallies, counts = _expected(unit, registry)
    threads, mailboxes = registry["Thread"], registry["Mailbox"]
    known = set()
    for number, document in _documents(unit, threads.table):
        known.add(number)
        if number not in tallies:
            yield f"Thread {threads.id(number)} has no Email"
        elif tallies[number].document() != document:
            yield f"Thread {threads.id(number)} counts other Emails than it has"
    for number in tallies.keys() - known:
        yield f"Thread {threads.id(number)} does not exist, but has Emails"
    for number, document in _documents(unit, mailboxes.table):
        for name, count in _counts_of(counts, number).items():
            if document[name] != count:
                yield f"Mailbox {mailboxes.id(number)} says {name} is {document[name]}, but it is {count}"


@dataclass(slots=True)
class _Tally:
    """A Thread's Emails: in each Mailbox, by its number; unread outside of the trash; unread in it."""

    mailboxes: Counter[int] = field(default_factory=Counter)
    emails: int = 0
    unread: int = 0
    unread_in_trash: int = 0

    @staticmethod
    def of(document: Mapping[str, Any] | None) -> "_Tally":
        if document is None:
            return _Tally()
        mailboxes = Counter({int(number): count for number, count in document["mailboxes"].items()})
        return _Tally(mailboxes, document["emails"], document["unread"], document["unreadInTrash"])

    def document(self) -> dict[str, JSON]:
        return {
            "emails": self.emails,
            "unread": self.unread,
            "unreadInTrash": self.unread_in_trash,
            "mailboxes": {str(number): count for number, count in sorted(self.mailboxes.items())},
        }

    def count(self, email: Document, trash: int | None, by: int) -> None:
        self.emails += by
        numbers = _mailboxes(email)
        for number in numbers:
            self.mailboxes[number] += by
            if not self.mailboxes[number]:
                del self.mailboxes[number]
        if _is_unread(email):
            if trash in numbers:
                self.unread_in_trash += by
            if numbers != [trash]:
                self.unread += by

    def shares(self, trash: int | None) -> Counter[tuple[int, str]]:
        """What the Thread adds to the counts of Mailboxes."""
        shares: Counter[tuple[int, str]] = Counter()
        for number in self.mailboxes:
            shares[number, "totalThreads"] = 1
            if self.unread_in_trash if number == trash else self.unread:
                shares[number, "unreadThreads"] = 1
        return shares


def _expected(unit: Unit, registry: Registry) -> tuple[dict[int, _Tally], Counter[tuple[int, str]]]:
    trash = _trash(unit, registry["Mailbox"].table)
    tallies: dict[int, _Tally] = {}
    counts: Counter[tuple[int, str]] = Counter()
    for _, email in _documents(unit, registry["Email"].table):
        tallies.setdefault(number_of(cast("str", email["threadId"])), _Tally()).count(email, trash, 1)
        _count_email(counts, email, 1)
    for one in tallies.values():
        counts.update(one.shares(trash))
    return tallies, counts


def _count_email(counts: Counter[tuple[int, str]], email: Document, by: int) -> None:
    for number in _mailboxes(email):
        counts[number, "totalEmails"] += by
        if _is_unread(email):
            counts[number, "unreadEmails"] += by


def _add(unit: Writing, mailboxes: Table, difference: Counter[tuple[int, str]]) -> None:
    changed = sorted({number for (number, _), by in difference.items() if by})
    # A Mailbox that is just being destroyed is gone already.
    for stored in list(unit.get(mailboxes, changed)):
        old = orjson.loads(stored.document)
        new = {**old, **{name: old[name] + difference[stored.number, name] for name in _COUNTS}}
        unit.update_volatile(mailboxes, stored.number, old, new)


def _there(change: Change) -> Iterator[Document]:
    """What the Email was and is, as far as it is there."""
    return (document for document in (change.before, change.after) if document is not None)


def _counted(unit: Writing, registry: Registry, change: Change) -> Counter[tuple[int, str]]:
    """Counts a change in its Thread; what it makes of its Mailboxes' counts."""
    threads = registry["Thread"].table
    stored = next(iter(unit.get(threads, (change.thread,))), None)
    old = orjson.loads(stored.document) if stored is not None else None
    before = _Tally.of(old)
    after = _Tally.of(old)
    # Read mail counts the same wherever it is, and most mail is read.
    is_unread = before.unread or before.unread_in_trash or any(map(_is_unread, _there(change)))
    trash = _trash(unit, registry["Mailbox"].table) if is_unread else None
    if change.before is not None:
        after.count(change.before, trash, -1)
    if change.after is not None:
        after.count(change.after, trash, 1)
    new = after.document()
    if old is None:
        unit.insert(threads, change.thread, new)
    elif not after.emails:
        unit.delete(threads, change.thread, old)
    elif before.emails != after.emails:
        unit.update(threads, change.thread, old, new)
    elif new != old:
        # The ids of its Emails are all that clients see of a Thread.
        unit.amend(threads, change.thread, old, new)
    difference = after.shares(trash)
    difference.subtract(before.shares(trash))
    for document, sign in ((change.before, -1), (change.after, 1)):
        if document is not None:
            _count_email(difference, document, sign)
    return difference


def _counts_alike(before: Document | None, after: Document | None) -> bool:
    """Whether nothing is counted otherwise after the change, as of most keywords."""
    if before is None or after is None:
        return False
    return before["mailboxIds"] == after["mailboxIds"] and _is_unread(before) == _is_unread(after)


def _counts_of(counts: Counter[tuple[int, str]], mailbox: int) -> dict[str, JSON]:
    return {name: counts[mailbox, name] for name in _COUNTS}


def _mailboxes(email: Document) -> list[int]:
    return [number_of(id_) for id_ in cast("Mapping[str, JSON]", email["mailboxIds"])]


def _is_unread(email: Document) -> bool:
    keywords = cast("Mapping[str, JSON]", email["keywords"])
    return "$seen" not in keywords and "$draft" not in keywords


def _trash(unit: Unit, mailboxes: Table) -> int | None:
    found = unit.page(mailboxes, Select(Equal("role", "TRASH")), 0, 1)
    return found[0] if found else None


def _documents(unit: Unit, table: Table) -> Iterator[tuple[int, Document]]:
    numbers = unit.numbers(table, 2**31)
    for at in range(0, len(numbers), _PAGE):
        for stored in list(unit.get(table, numbers[at : at + _PAGE])):
            yield stored.number, orjson.loads(stored.document)
