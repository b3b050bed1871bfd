"""Notes: a table with every kind of index."""

from collections.abc import Collection
from typing import Any, cast

import orjson

from pillarbox.store import Column, Document, Entry, SetIndex, Table, Unit, Writing
from pillarbox.wire.words import indexable

__all__ = ["NOTE", "PAGE", "TABLES", "add", "change", "document", "drop", "read", "unneeded"]


def _entry(document: Document) -> Entry:
    note = cast("dict[str, Any]", document)
    return Entry(
        {"at": note["at"], "thread": note["thread"], "name": note["name"]},
        {"box": set(note["boxes"]), "tag": set(note["tags"])},
    )


NOTE = Table(
    "Note",
    _entry,
    columns=(
        Column("at", "integer", sorted=True),
        Column("thread", "integer", sorted=True),
        Column("name", "text"),
    ),
    sets=(SetIndex("box", "integer", ordered_by="at"), SetIndex("tag", "text")),
    text=("title", "body"),
    group="thread",
)
"""Written on at a time, bound into threads, in boxes, with tags; its name may be missing, and so may the time."""

PAGE = Table("Page", lambda _: Entry({}, {}))
"""Nothing but a document."""

TABLES = (NOTE, PAGE)


def document(
    thread: int = 0,
    at: int | None = 0,
    name: str | None = None,
    boxes: Collection[int] = (),
    tags: Collection[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """A note."""
    return {"thread": thread, "at": at, "name": name, "boxes": sorted(boxes), "tags": sorted(tags), **more}


def add(unit: Writing, *, title: str = "", body: str = "", thread: int | None = None, **more: Any) -> int:
    """A new note, in a thread of its own if none is said; its number."""
    number = unit.fresh()
    note = document(number if thread is None else thread, **more)
    unit.insert(NOTE, number, note, text={"title": indexable(title), "body": indexable(body)})
    return number


def read(unit: Unit, number: int) -> dict[str, Any] | None:
    """A note's document."""
    for stored in unit.get(NOTE, [number]):
        return cast("dict[str, Any]", orjson.loads(stored.document))
    return None


def change(unit: Writing, number: int, **more: Any) -> None:
    """Some members of a note get other values."""
    old = read(unit, number)
    assert old is not None
    unit.update(NOTE, number, old, {**old, **more})


def drop(unit: Writing, number: int) -> None:
    """The note is deleted."""
    old = read(unit, number)
    assert old is not None
    unit.delete(NOTE, number, old)


def unneeded(_unit: Unit) -> bool:
    """No note lacks a blob."""
    return False
