"""/set: objects created, updated and destroyed, each as a whole or not at all (RFC 8620 section 5.3).

"The final state MUST be valid after the Foo/set is finished": all changes are first made together and then judged, so
that two objects can swap a unique name. Where that is not valid, they are undone; those that no rule refused are made
together once more, and the others one after the other, each accepted or refused by itself.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pillarbox.objects.asked import SetAsked
from pillarbox.objects.call import Call
from pillarbox.objects.datatype import Method
from pillarbox.objects.errors import Refused
from pillarbox.objects.outcome import Outcome
from pillarbox.objects.step import Create, Destroy, Step, Update, follow, judge, staged
from pillarbox.objects.write import Write
from pillarbox.wire.values import JSON

__all__ = ["SET", "set_"]


def set_(call: Call[Any]) -> dict[str, JSON]:
    """What was done of what was asked, object by object, and why the rest was not.

    Raises MethodError stateMismatch, requestTooLarge.
    """
    asked = SetAsked.taken(call)
    steps: list[Step] = [
        *(Create(key, asked.create[key]) for key in _in_order_of_reference(call, asked.create)),
        *(Update(id_, patch) for id_, patch in asked.update.items()),
        *(Destroy(id_) for id_ in dict.fromkeys(asked.destroy)),
    ]
    outcome = _applied(call, steps)
    return {
        "accountId": call.account_id,
        "oldState": asked.state,
        "newState": call.state(),
        **outcome.wire(),
    }


class _Invalid(Exception):
    """The final state would not be valid; these steps are why."""

    def __init__(self, steps: list[Step]) -> None:
        super().__init__(steps)
        self.steps = steps


def _applied(call: Call[Any], steps: list[Step]) -> Outcome:
    """Makes the changes: together as far as that is valid, the others one after the other."""
    known = dict(call.context.created_ids)
    outcome, rest = Outcome(), steps
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
                write = staged(call, step)
                judge(write)
                follow(write)
        except Refused as refusal:
            if isinstance(step, Create):
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


def _together(call: Call[Any], steps: list[Step]) -> tuple[Outcome, list[Step]]:
    """What became of the steps, of which those that were done are all valid. Raises _Invalid, with nothing done."""
    known = dict(call.context.created_ids)
    try:
        with call.writing.savepoint():
            return _all_staged(call, steps)
    except _Invalid:
        call.context.created_ids.clear()
        call.context.created_ids.update(known)
        raise


def _all_staged(call: Call[Any], steps: list[Step]) -> tuple[Outcome, list[Step]]:
    outcome = Outcome()
    done: list[tuple[Step, Write[Any]]] = []
    for step in steps:
        try:
            with call.writing.savepoint():
                done.append((step, staged(call, step)))
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
