"""Mailboxes as another account had them, when its mail is brought back (ours)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pillarbox.datatypes.mail.mailbox import MAILBOX
from pillarbox.objects import Registry
from pillarbox.store import Equal, Select, Unit, Writing
from pillarbox.wire.values import JSON

__all__ = ["Wanted", "arrange"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A Mailbox that there should be; `path` are the names from the top, its own the last."""

    path: tuple[str, ...]
    role: str | None
    sort_order: int
    is_subscribed: bool


def arrange(unit: Writing, registry: Registry, wanted: Sequence[Wanted]) -> dict[tuple[str, ...], int]:
    """The numbers of these Mailboxes by their paths, parents being wanted before their children.

    A Mailbox of a role is the one that has it, whatever its name; another is found by its name, or made. In an account
    without any Email they become what is wanted: names, order and subscription too, and what else has a role goes, for
    that is what the account was made with. Where there is mail, what is there stays as it is.
    """
    is_new = not unit.numbers(registry["Email"].table, 1)
    numbers: dict[tuple[str, ...], int] = {}
    for one in wanted:
        above = numbers.get(one.path[:-1])
        found = _found(unit, one, above)
        if found is None:
            numbers[one.path] = unit.fresh()
            unit.insert(MAILBOX.table, numbers[one.path], _document(one, above))
        else:
            numbers[one.path] = found
            if is_new:
                _change(unit, found, one, above)
    if is_new:
        _drop_others(unit, set(numbers.values()))
    return numbers


def _found(unit: Unit, one: Wanted, above: int | None) -> int | None:
    if one.role is not None:
        for number in unit.page(MAILBOX.table, Select(Equal("role", one.role.upper())), 0, 1):
            return number
    for number, document in _at(unit, above):
        if document["name"] == _name(one):
            return number
    return None


def _at(unit: Unit, above: int | None) -> list[tuple[int, Mapping[str, Any]]]:
    numbers = unit.page(MAILBOX.table, Select(Equal("parentId", above)), 0, 2**31)
    return [(stored.number, orjson.loads(stored.document)) for stored in unit.get(MAILBOX.table, numbers)]


def _change(unit: Writing, number: int, one: Wanted, above: int | None) -> None:
    for stored in list(unit.get(MAILBOX.table, (number,))):
        old = orjson.loads(stored.document)
        new = {**old, **_settled(one, above)}
        if old["role"] == "inbox":
            new["role"] = "inbox"
        if new != old:
            unit.update(MAILBOX.table, number, old, new)


def _drop_others(unit: Writing, kept: set[int]) -> None:
    """What an account is made with and is not wanted goes, and what has the name of something wanted."""
    everything = unit.numbers(MAILBOX.table, 2**31)
    documents = {stored.number: orjson.loads(stored.document) for stored in unit.get(MAILBOX.table, everything)}
    taken = {(documents[number]["parentId"], documents[number]["name"]) for number in kept}
    parents = {document["parentId"] for document in documents.values()}
    for number, document in documents.items():
        is_spare = document["role"] not in (None, "inbox") or (document["parentId"], document["name"]) in taken
        if number not in kept and is_spare and MAILBOX.id(number) not in parents:
            unit.delete(MAILBOX.table, number, document)


def _document(one: Wanted, above: int | None) -> dict[str, JSON]:
    defaults = {wire: prop.default for wire, prop in MAILBOX.properties.items() if prop.stored}
    return {**defaults, **_settled(one, above)}


def _settled(one: Wanted, above: int | None) -> dict[str, JSON]:
    role_check = MAILBOX.properties["role"].check
    has_role = one.role is not None and role_check is not None and role_check(one.role) is None
    return {
        "name": _name(one),
        "parentId": None if above is None else MAILBOX.id(above),
        "role": one.role if has_role else None,
        "sortOrder": one.sort_order,
        "isSubscribed": one.is_subscribed,
    }


def _name(one: Wanted) -> str:
    normal = MAILBOX.properties["name"].normal
    return str(normal(one.path[-1])) if normal is not None else one.path[-1]
