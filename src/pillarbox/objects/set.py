"""/set: objects created, updated and destroyed, each as a whole or not at all (RFC 8620 section 5.3).

"The final state MUST be valid after the Foo/set is finished": all changes are first made together and then judged, so
that two objects can swap a unique name. Where that is not valid, they are undone; those that no rule refused are made
together once more, and the others one after the other, each accepted or refused by itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from pillarbox.objects.call import Call, Seen
from pillarbox.objects.datatype import Method
from pillarbox.objects.draft import created, reference, updated
from pillarbox.objects.errors import MethodError, Refused, SetError, merged
from pillarbox.objects.kind import ID, OBJECT, STRING, list_of, map_of, nullable
from pillarbox.objects.per_user import as_own
from pillarbox.objects.write import Write
from pillarbox.store import Stored, Table
from pillarbox.wire.values import JSON

__all__ = ["SET", "change", "follow", "inserted", "judge", "not_sent", "set_"]


def set_(call: Call[Any]) -> dict[str, JSON]:
    """What was done of what was asked, object by object, and why the rest was not.

    Raises MethodError stateMismatch, requestTooLarge.
    """
    arguments = call.arguments
    if_in_state = arguments.take("ifInState", nullable(STRING), None)
    # A creation id is an Id; what is created or patched is looked at object by object, so that one that is no
    # object at all refuses the call, as its type demands.
    create = arguments.take("create", nullable(map_of(ID, OBJECT)), None) or {}
    update = arguments.take("update", nullable(map_of(STRING, OBJECT)), None) or {}
    destroy = arguments.take("destroy", nullable(list_of(STRING)), None) or []
    call.take_extra("set")
    limit = call.context.limits.objects_in_set
    if len(create) + len(update) + len(destroy) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} objects can be set at once")
    before = call.state()
    if if_in_state is not None and if_in_state != before:
        raise MethodError("stateMismatch")
    steps: list[_Step] = [
        *(_Create(key, create[key]) for key in _in_order_of_reference(call, create)),
        *(_Update(id_, patch) for id_, patch in update.items()),
        *(_Destroy(id_) for id_ in dict.fromkeys(destroy)),
    ]
    outcome = _applied(call, steps)
    return {
        "accountId": call.account_id,
        "oldState": before,
        "newState": call.state(),
        **outcome.wire(),
    }


def change(call: Call[Any], update: Mapping[str, Mapping[str, JSON]], destroy: Iterable[str]) -> None:
    """Patches and destroys objects as an effect of something else, under their own rules and with their own effects.

    Raises Refused if one of them is refused; the caller's savepoint then undoes the others.
    """
    steps: list[_Step] = [*(_Update(id_, patch) for id_, patch in update.items()), *map(_Destroy, destroy)]
    for step in steps:
        write = _staged(call, step)
        judge(write)
        follow(write)


@dataclass(frozen=True, slots=True)
class _Create:
    key: str
    sent: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class _Update:
    key: str
    patch: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class _Destroy:
    key: str


_Step: TypeAlias = _Create | _Update | _Destroy


@dataclass(slots=True)
class _Outcome:
    """What became of each object."""

    created: dict[str, JSON] = field(default_factory=dict)
    updated: dict[str, JSON] = field(default_factory=dict)
    destroyed: list[str] = field(default_factory=list)
    not_created: dict[str, SetError] = field(default_factory=dict)
    not_updated: dict[str, SetError] = field(default_factory=dict)
    not_destroyed: dict[str, SetError] = field(default_factory=dict)

    def refuse(self, call: Call[Any], step: _Step, error: SetError) -> None:
        """Notes why; under the object's id, as far as its creation id stands for one ("a map of the Foo id")."""
        match step:
            case _Create():
                self.not_created[step.key] = error
            case _Update():
                self.not_updated[reference(call, step.key) or step.key] = error
            case _Destroy():
                self.not_destroyed[reference(call, step.key) or step.key] = error

    def forget_refusals(self) -> None:
        self.not_created, self.not_updated, self.not_destroyed = {}, {}, {}

    def accept(self, step: _Step, write: Write[Any]) -> None:
        match step:
            case _Create():
                self.created[step.key] = not_sent(write, step.sent)
            case _Update():
                self.updated[write.id] = _not_asked(write, step.patch)
            case _Destroy():
                self.destroyed.append(write.id)

    def wire(self) -> dict[str, JSON]:
        return {
            "created": self.created or None,
            "updated": self.updated or None,
            "destroyed": self.destroyed or None,
            "notCreated": _wire(self.not_created),
            "notUpdated": _wire(self.not_updated),
            "notDestroyed": _wire(self.not_destroyed),
        }


class _Invalid(Exception):
    """The final state would not be valid; these steps are why."""

    def __init__(self, steps: list[_Step]) -> None:
        super().__init__(steps)
        self.steps = steps


def _applied(call: Call[Any], steps: list[_Step]) -> _Outcome:
    """Makes the changes: together as far as that is valid, the others one after the other."""
    known = dict(call.context.created_ids)
    outcome, rest = _Outcome(), steps
    if len(steps) > 1:
        try:
            return _together(call, steps)[0]
        except _Invalid as problem:
            # Two that swap their names are not to suffer from a third one that is wrong.
            wrong = {id(step) for step in problem.steps}
        with suppress(_Invalid):
            outcome, done = _together(call, [step for step in steps if id(step) not in wrong])
            # What was refused may be right after one of those that are still to come, and is tried again.
            outcome.forget_refusals()
            made = {id(step) for step in done}
            rest = [step for step in steps if id(step) not in made]
            known = dict(call.context.created_ids)
    for step in rest:
        try:
            with call.writing.savepoint():
                write = _staged(call, step)
                judge(write)
                follow(write)
        except Refused as refusal:
            if isinstance(step, _Create):
                _forget(call, step.key, known)
            outcome.refuse(call, step, refusal.error)
        else:
            outcome.accept(step, write)
    return outcome


def _forget(call: Call[Any], key: str, known: Mapping[str, str]) -> None:
    """A creation id means what it meant before."""
    call.context.created_ids.pop(key, None)
    if key in known:
        call.context.created_ids[key] = known[key]


def _together(call: Call[Any], steps: list[_Step]) -> tuple[_Outcome, list[_Step]]:
    """What became of the steps, of which those that were done are all valid. Raises _Invalid, with nothing done."""
    known = dict(call.context.created_ids)
    try:
        with call.writing.savepoint():
            return _all_staged(call, steps)
    except _Invalid:
        call.context.created_ids.clear()
        call.context.created_ids.update(known)
        raise


def _all_staged(call: Call[Any], steps: list[_Step]) -> tuple[_Outcome, list[_Step]]:
    outcome = _Outcome()
    done: list[tuple[_Step, Write[Any]]] = []
    for step in steps:
        try:
            with call.writing.savepoint():
                done.append((step, _staged(call, step)))
        except Refused as refusal:
            outcome.refuse(call, step, refusal.error)
    for act in (judge, follow):
        wrong = []
        for step, write in done:
            try:
                act(write)
            except Refused:
                wrong.append(step)
        if wrong:
            raise _Invalid(wrong)
    for step, write in done:
        outcome.accept(step, write)
    return outcome, [step for step, _ in done]


def _staged(call: Call[Any], step: _Step) -> Write[Any]:
    """The change, made in the unit; its shape has been checked, its rules not yet. Raises Refused."""
    match step:
        case _Create() if call.kind.is_singleton:
            raise Refused(SetError("singleton", (), "there is one already, and only one"))
        case _Create():
            write = (call.kind.create or inserted)(call, step.sent)
            call.context.created_ids[step.key] = write.id
            return write
        case _Update():
            return _updated(call, step)
        case _Destroy() if call.kind.is_singleton and call.kind.number(step.key) is not None:
            raise Refused(SetError("singleton", (), "there is always one"))
        case _Destroy():
            return _deleted(call, step)


def inserted(call: Call[Any], sent: Mapping[str, JSON]) -> Write[Any]:
    """A new object of what was sent, made in the unit; its rules are still to be asked. Raises Refused."""
    document = created(call, sent)
    number = call.writing.fresh()
    apart = {name: document.pop(name) for name in call.kind.has_apart}
    call.writing.insert(call.kind.table, number, document, apart or None)
    return Write(call, number, None, call.kind.record(number, document))


def _updated(call: Call[Any], step: _Update) -> Write[Any]:
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


def _deleted(call: Call[Any], step: _Destroy) -> Write[Any]:
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


def not_sent(write: Write[Any], sent: Mapping[str, JSON]) -> dict[str, JSON]:
    """The properties of a new object that its client does not know: the server's, defaults, and changed ones."""
    kind = write.call.kind
    told: dict[str, JSON] = {"id": write.id}
    seen = Seen(write.call, write.number, write.new.document, None)
    document = as_own(write.call, write.new.document)
    for name, prop in kind.properties.items():
        if prop.secret or prop.apart or (kind.create is not None and name not in kind.told_of_create):
            continue
        value = prop.computed(seen) if prop.computed is not None else prop.of(document)
        if name not in sent or sent[name] != value:
            told[name] = value
    return told


def _not_asked(write: Write[Any], patch: Mapping[str, JSON]) -> JSON:
    """The properties that changed in another way than the patch says, or None."""
    told: dict[str, JSON] = {}
    old, new = as_own(write.call, write.old.document), as_own(write.call, write.new.document)
    for name, prop in write.call.kind.properties.items():
        if prop.apart or not prop.stored or prop.secret:
            continue
        value = prop.of(new)
        if name in patch:
            # Null stands for the default, which a client knows.
            if value != (prop.of({}) if patch[name] is None else patch[name]):
                told[name] = value
        elif value != prop.of(old) and not any(path.startswith(f"{name}/") for path in patch):
            told[name] = value
    return told or None


def _wire(errors: Mapping[str, SetError]) -> JSON:
    return {key: error.wire() for key, error in errors.items()} or None


def _in_order_of_reference(call: Call[Any], create: Mapping[str, Mapping[str, JSON]]) -> Iterator[str]:
    """Creation ids such that what is referred to is created before what refers to it (section 5.3)."""
    referring = [name for name, prop in call.kind.properties.items() if prop.refers_to == call.kind.name]
    done: set[str] = set()
    for start in create:
        path = {start}
        waiting = [(start, _references(create[start], referring))]
        while waiting:
            key, references = waiting[-1]
            following = next((one for one in references if one in create and one not in done and one not in path), None)
            if following is not None:
                path.add(following)
                waiting.append((following, _references(create[following], referring)))
                continue
            waiting.pop()
            if key not in done:
                done.add(key)
                yield key


def _references(sent: Mapping[str, JSON], names: list[str]) -> Iterator[str]:
    for name in names:
        value = sent.get(name)
        texts = [value] if isinstance(value, str) else list(value) if isinstance(value, (list, dict)) else []
        yield from (text[1:] for text in texts if isinstance(text, str) and text.startswith("#"))


SET = Method("set", set_, writes=True)
