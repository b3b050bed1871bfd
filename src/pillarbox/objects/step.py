"""One object created, updated or destroyed: made in the unit, then judged by the type's rules, then followed.

A step is what a client asks of one object; `staged` makes it, `judge` and `follow` are the type's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from pillarbox.objects.call import Call, Seen
from pillarbox.objects.draft import created, reference, updated
from pillarbox.objects.errors import Refused, SetError, merged
from pillarbox.objects.write import Write
from pillarbox.store import Stored, Table
from pillarbox.wire.values import JSON

__all__ = ["Create", "Destroy", "Step", "Update", "change", "follow", "inserted", "judge", "staged"]


@dataclass(frozen=True, slots=True)
class Create:
    key: str
    sent: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Update:
    key: str
    patch: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Destroy:
    key: str


Step: TypeAlias = Create | Update | Destroy


def change(call: Call[Any], update: Mapping[str, Mapping[str, JSON]], destroy: Iterable[str]) -> None:
    """Patches and destroys objects as an effect of something else, under their own rules and with their own effects.

    Raises Refused if one of them is refused; the caller's savepoint then undoes the others.
    """
    steps: list[Step] = [*(Update(id_, patch) for id_, patch in update.items()), *map(Destroy, destroy)]
    for step in steps:
        write = staged(call, step)
        judge(write)
        follow(write)


def staged(call: Call[Any], step: Step) -> Write[Any]:
    """The change, made in the unit; its shape has been checked, its rules not yet. Raises Refused."""
    match step:
        case Create() if call.kind.is_singleton:
            raise Refused(SetError("singleton", (), "there is one already, and only one"))
        case Create():
            write = (call.kind.create or inserted)(call, step.sent)
            call.context.created_ids[step.key] = write.id
            return write
        case Update():
            return _updated(call, step)
        case Destroy() if call.kind.is_singleton and call.kind.number(step.key) is not None:
            raise Refused(SetError("singleton", (), "there is always one"))
        case Destroy():
            return _deleted(call, step)


def inserted(call: Call[Any], sent: Mapping[str, JSON]) -> Write[Any]:
    """A new object of what was sent, made in the unit; its rules are still to be asked. Raises Refused."""
    document = created(call, sent)
    number = call.writing.fresh()
    apart = {name: document.pop(name) for name in call.kind.has_apart}
    call.writing.insert(call.kind.table, number, document, apart or None)
    return Write(call, number, None, call.kind.record(number, document))


def _updated(call: Call[Any], step: Update) -> Write[Any]:
    seen = _found(call, step.key, call.unit.get if _is_all_stored(call, step.patch) else call.unit.get_apart)
    document = updated(call, seen, step.patch)
    kind = call.kind
    if document != seen.document:
        volatile = all(
            kind.properties[name].volatile for name, value in document.items() if value != seen.document.get(name)
        )
        put = call.writing.update_volatile if volatile else call.writing.update
        put(kind.table, seen.number, seen.document, document)
    return Write(call, seen.number, kind.record(seen.number, seen.document), kind.record(seen.number, document))


def _deleted(call: Call[Any], step: Destroy) -> Write[Any]:
    seen = _found(call, step.key, call.unit.get)
    call.writing.delete(call.kind.table, seen.number, seen.document)
    return Write(call, seen.number, call.kind.record(seen.number, seen.document), None)


def _found(call: Call[Any], id_: str, read: Callable[[Table, tuple[int]], Iterator[Stored]]) -> Seen:
    """The object, as it is read. Raises Refused."""
    number = call.kind.number(reference(call, id_) or "")
    if number is not None:
        for stored in read(call.kind.table, (number,)):
            return Seen(call, number, orjson.loads(stored.document), stored.apart)
        if call.kind.is_singleton:
            # As it always was; from now on it is kept.
            call.writing.insert(call.kind.table, number, call.kind.defaults)
            return Seen(call, number, dict(call.kind.defaults), None)
    raise Refused(SetError("notFound"))


def _is_all_stored(call: Call[Any], patch: Mapping[str, JSON]) -> bool:
    """Whether a patch names nothing but what is in an object's document; most do, and what is apart is large."""
    named = (call.kind.properties.get(path.split("/", 1)[0]) for path in patch)
    return all(prop is not None and prop.stored and not prop.apart for prop in named)


def judge(write: Write[Any]) -> None:
    """Asks the type's rules. Raises Refused with all that is wrong."""
    error = merged(error for rule in write.call.kind.rules for error in rule(write))
    if error is not None:
        raise Refused(error)


def follow(write: Write[Any]) -> None:
    """Has the type's effects. Raises Refused."""
    for effect in write.call.kind.effects:
        effect(write)
