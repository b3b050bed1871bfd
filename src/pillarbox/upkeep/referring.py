"""Objects that refer to others which do not exist: an Email in a Mailbox that is gone is in no list anybody opens."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pillarbox.datatypes.mail import Folder, furnish, inbox
from pillarbox.objects import DataType, Property, Registry
from pillarbox.store import Unit, Writing

__all__ = ["mend_references", "reference_problems"]

_PAGE = 1000


def reference_problems(unit: Unit, registry: Registry) -> Iterator[str]:
    """Who refers to what does not exist, in words."""
    if _lacks_inbox(unit, registry):
        yield "there is no Inbox, and mail that comes in has no place"
    for kind, number, _, prop, gone in _dangling(unit, registry):
        for id_ in gone:
            yield f"{kind.name} {kind.id(number)} refers to {prop.refers_to} {id_} ({prop.wire}), which does not exist"


def mend_references(unit: Writing, registry: Registry) -> int:
    """Objects refer no longer to what does not exist; how many did. What is then in no Mailbox goes to the Inbox.

    That is made if there is none. Counts are not kept in step.
    """
    if _lacks_inbox(unit, registry):
        furnish(unit, [Folder("inbox", "Inbox")])
    mended = 0
    for kind, number, document, prop, gone in _dangling(unit, registry):
        value = document[prop.wire]
        left: Any = None
        if isinstance(value, dict):
            left = {id_: one for id_, one in value.items() if id_ not in gone}
            if prop.check is not None and prop.check(left) is not None:
                left = {registry["Mailbox"].id(inbox(unit)): True} if prop.refers_to == "Mailbox" else value
        # Read again, for another of its properties may have been mended before.
        for stored in list(unit.get(kind.table, (number,))):
            old = orjson.loads(stored.document)
            unit.update(kind.table, number, old, {**old, prop.wire: left})
            mended += 1
    return mended


def _lacks_inbox(unit: Unit, registry: Registry) -> bool:
    """Whether an account that was ever furnished has no Mailbox for what comes in, by the documents."""
    emails, mailboxes = registry["Email"].table, registry["Mailbox"].table
    numbers = unit.numbers(mailboxes, 2**31)
    if not numbers and not unit.numbers(emails, 1):
        return False
    return all(orjson.loads(stored.document)["role"] != "inbox" for stored in list(unit.get(mailboxes, numbers)))


def _dangling(
    unit: Unit, registry: Registry
) -> Iterator[tuple[DataType[Any], int, Mapping[str, Any], Property[Any], list[str]]]:
    """Each object and property that refers to something that does not exist, with its document and what that is."""
    for kind in registry:
        referring = [prop for prop in kind.properties.values() if prop.refers_to is not None and prop.stored]
        there = {str(prop.refers_to): _ids(unit, registry[str(prop.refers_to)]) for prop in referring}
        numbers = unit.numbers(kind.table, 2**31) if referring else []
        for at in range(0, len(numbers), _PAGE):
            for stored in list(unit.get(kind.table, numbers[at : at + _PAGE])):
                document = orjson.loads(stored.document)
                for prop in referring:
                    gone = [id_ for id_ in _referred(prop.of(document)) if id_ not in there[str(prop.refers_to)]]
                    if gone:
                        yield kind, stored.number, document, prop, gone


def _ids(unit: Unit, kind: DataType[Any]) -> set[str]:
    return {kind.id(number) for number in unit.numbers(kind.table, 2**31)}


def _referred(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return list(value) if isinstance(value, (list, dict)) else []
