"""Principals made, changed and destroyed by /set (RFC 8620 section 5.3), each as a whole or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from pillarbox.datatypes.directory.errands import finish
from pillarbox.datatypes.directory.files import Files
from pillarbox.datatypes.directory.managed.asking import TOLD_ONLY, kinds, manager, names
from pillarbox.datatypes.directory.managed.reading import shown
from pillarbox.datatypes.directory.principals import (
    Action,
    Afterwards,
    Entry,
    Errand,
    Kind,
    Operation,
    change,
    destroy,
    make,
    told,
)
from pillarbox.datatypes.directory.principals.finding import by_number
from pillarbox.datatypes.directory.refused import Absent, AccountError, Denied, InUse
from pillarbox.datatypes.mail import Folder
from pillarbox.objects import (
    Call,
    MethodError,
    Outcome,
    Refused,
    SetAsked,
    SetError,
    invalid,
    reference,
)
from pillarbox.wire.dkim import DkimKey, first_keys
from pillarbox.wire.values import JSON

__all__ = ["Kept", "prepared", "set_"]

_SLOW = 10
"""Passwords that one call may have hashed, and domains that it may have keys made for."""
_SECRETS = "secrets"

Kept = Callable[[Kind, JSON], JSON]
"""What is kept of secrets as they are sent. Slow. Raises ValueError."""


@dataclass
class Prepared:
    """What takes long, by creation id or id: what is kept of secrets, or is wrong with them; keys of new domains."""

    secrets: dict[str, JSON] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Sequence[DkimKey]] = field(default_factory=dict)


def prepared(call: Call[Any], kept: Kept) -> Prepared:
    """What can be done before anybody has to wait. Raises MethodError."""
    asked = SetAsked.taken(call)
    found = Prepared()
    slow = 0
    for key, sent in [*asked.create.items(), *asked.update.items()]:
        kind = _kind(call, sent) if key in asked.create else _kind_of(call, key)
        if sent.get(_SECRETS) is not None and kind is not None:
            slow += 1
            _check_slow(slow)
            try:
                found.secrets[key] = kept(kind, sent[_SECRETS])
            except ValueError as problem:
                found.wrong[key] = str(problem)
        if key in asked.create and kind is Kind.DOMAIN and isinstance(sent.get("name"), str):
            slow += 1
            _check_slow(slow)
            found.keys[key] = first_keys(cast("str", sent["name"])[:255], call.context.now)
    return found


def _check_slow(slow: int) -> None:
    if slow > _SLOW:
        raise MethodError("requestTooLarge", f"no more than {_SLOW} secrets and new domains in one call")


def set_(call: Call[Any], folders: Sequence[Folder]) -> dict[str, JSON]:
    """What was done of what was asked, principal by principal. Raises MethodError."""
    asked = SetAsked.taken(call)
    ready = cast("Prepared", call.prepared)
    files = Files(call.context.store)
    after = Afterwards()
    call.after.append(lambda: finish(call.context.store, after))
    outcome = Outcome()

    def step(key: str, refusals: dict[str, SetError], act: Callable[[Errand], Entry]) -> Entry | None:
        begun = Errand(
            call.writing,
            manager(call),
            call.context.now,
            partial(files.unused, call.writing),
            files.furnish,
            folders,
            ready.keys.get(key, ()),
        )
        try:
            with call.writing.savepoint(), _refusing():
                entry = act(begun)
        except Refused as refused:
            refusals[key] = refused.error
            return None
        after.acquaint |= begun.after.acquaint
        after.remove += begun.after.remove
        after.events += begun.after.events
        return entry

    for key, sent in asked.create.items():
        entry = step(key, outcome.not_created, partial(_made, call, ready, key, sent))
        if entry is not None:
            call.context.created_ids[key] = entry.id
            outcome.created[key] = _not_sent(call, entry, sent)
    for id_, patch in asked.update.items():
        entry = step(id_, outcome.not_updated, partial(_changed, call, ready, id_, patch))
        if entry is not None:
            outcome.updated[reference(call, id_) or id_] = _not_as_sent(call, entry, patch) or None
    for id_ in dict.fromkeys(asked.destroy):
        if step(id_, outcome.not_destroyed, partial(_destroyed, call, id_)) is not None:
            outcome.destroyed.append(reference(call, id_) or id_)
    return {"accountId": call.account_id, "oldState": asked.state, "newState": call.state(), **outcome.wire()}


def _made(call: Call[Any], ready: Prepared, key: str, sent: Mapping[str, JSON], errand: Errand) -> Entry:
    kind = _kind(call, sent)
    if kind is None:
        raise Refused(invalid("type", "is the type of a principal that this has, and that you may make"))
    if kind not in kinds(call, "create"):
        raise Refused(SetError("forbidden", (), f"this needs the permission {kind.permission('create')}"))
    _check_names(call, sent)
    given = {name: value for name, value in sent.items() if name != "type" and value is not None}
    return make(errand, kind, {**given, **_secrets(ready, key)})


def _changed(call: Call[Any], ready: Prepared, id_: str, patch: Mapping[str, JSON], errand: Errand) -> Entry:
    entry = _there(call, id_, "update")
    if any("/" in path for path in patch):
        raise Refused(SetError("invalidPatch", (), "a property is replaced as a whole"))
    known = told(errand.server, entry)
    # What is told may be sent back as it was.
    said = {name: value for name, value in patch.items() if name not in ("id", *TOLD_ONLY) or value != known.get(name)}
    _check_names(call, said)
    for name in TOLD_ONLY:
        if name in said:
            raise Refused(invalid(name, "cannot be changed"))
    values = {**said, **_secrets(ready, id_)}
    return change(errand, entry.name, [Operation(Action.SET, name, value) for name, value in values.items()])


def _destroyed(call: Call[Any], id_: str, errand: Errand) -> Entry:
    return destroy(errand, _there(call, id_, "delete").name)


def _there(call: Call[Any], id_: str, verb: str) -> Entry:
    number = call.kind.number(reference(call, id_) or "")
    for entry in by_number(call.unit, call.kind, () if number is None else (number,)):
        if entry.kind in kinds(call, verb):
            return entry
        raise Refused(SetError("forbidden", (), f"this needs the permission {entry.kind.permission(verb)}"))
    raise Refused(SetError("notFound"))


def _kind(call: Call[Any], sent: Mapping[str, JSON]) -> Kind | None:
    """The type of a principal that is to be made; said where the data type keeps several."""
    own = [kind for kind in Kind if kind.type is call.kind]
    if "type" not in sent and len(own) == 1:
        return own[0]
    return next((kind for kind in own if kind.value == sent.get("type")), None)


def _kind_of(call: Call[Any], id_: str) -> Kind | None:
    number = call.kind.number(reference(call, id_) or "")
    return next((one.kind for one in by_number(call.unit, call.kind, () if number is None else (number,))), None)


def _check_names(call: Call[Any], sent: Mapping[str, JSON]) -> None:
    known = (*names(call.kind), _SECRETS)
    wrong = [name for name in sent if name not in known]
    if wrong:
        shown = tuple(name[:64] for name in wrong[:8])
        raise Refused(SetError("invalidProperties", shown, f"no such property: {', '.join(shown)}"))


def _secrets(ready: Prepared, key: str) -> dict[str, JSON]:
    if key in ready.wrong:
        raise Refused(invalid(_SECRETS, ready.wrong[key]))
    return {_SECRETS: ready.secrets[key]} if key in ready.secrets else {}


def _not_sent(call: Call[Any], entry: Entry, sent: Mapping[str, JSON]) -> dict[str, JSON]:
    """What a client does not know of what it has made: what it left out, and what has become another than it sent."""
    one = shown(told(call.unit, entry))
    return {name: value for name, value in one.items() if name not in sent or sent[name] != value}


def _not_as_sent(call: Call[Any], entry: Entry, patch: Mapping[str, JSON]) -> dict[str, JSON]:
    """What has become another than a client has set it to."""
    one = shown(told(call.unit, entry))
    return {name: value for name, value in one.items() if name in patch and patch[name] != value}


@contextmanager
def _refusing() -> Iterator[None]:
    """A block in which each AccountError is the Refused that it is."""
    try:
        yield
    except AccountError as problem:
        raise Refused(_error(problem)) from None


def _error(problem: AccountError) -> SetError:
    match problem:
        case Absent():
            return SetError("notFound")
        case Denied():
            return SetError("forbidden", (), str(problem))
        case InUse():
            return SetError("inUse", (), str(problem))
    several = (problem, *problem.others)
    fields = dict.fromkeys(one.field for one in several if one.field)
    return SetError("invalidProperties", (*fields,), "; ".join(map(str, several)))
