"""An object as a client sends it, checked against its type's shape: everything wrong with it is told at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from pillarbox.objects.call import Call, Seen
from pillarbox.objects.errors import Refused, SetError, invalid, merged
from pillarbox.objects.get import projection
from pillarbox.objects.kind import TRUE
from pillarbox.objects.patch import patched
from pillarbox.objects.per_user import as_own, kept
from pillarbox.objects.record import MISSING, Property
from pillarbox.wire.jmap import Pointer
from pillarbox.wire.values import JSON

__all__ = ["created", "reference", "updated"]


def created(call: Call[Any], sent: Mapping[str, JSON]) -> dict[str, JSON]:
    """The document of a new object. Raises Refused, naming every property that is wrong (RFC 8620 section 5.3)."""
    errors = []
    document: dict[str, JSON] = {}
    for name in sent:
        prop = call.kind.properties.get(name)
        if prop is None or not prop.settable:
            errors.append(invalid(name, "is set by the server" if prop or name == "id" else "no such property"))
    for name, prop in call.kind.properties.items():
        if not prop.stored:
            continue
        if name in sent and prop.settable:
            errors += _checked(call, name, prop, sent[name], document)
        elif prop.default is MISSING:
            errors.append(invalid(name, "is required"))
        else:
            document[name] = prop.default
    _raise(errors)
    return kept(call, {}, document, call.kind.per_user)


def updated(call: Call[Any], seen: Seen, patch: Mapping[str, JSON]) -> dict[str, JSON]:
    """The document that a patch makes of an object's.

    Properties that clients may not change may be sent as they are. Raises Refused: invalidPatch, or invalidProperties
    with every property that is wrong.
    """
    current = _current(call, seen, patch)
    result, touched, removed = patched(current, patch, lambda path: _resolved_path(call, path))
    errors = []
    document = dict(seen.document)
    for name in sorted(touched):
        prop = call.kind.properties.get(name)
        if prop is None and name not in current:
            errors.append(invalid(name, "no such property"))
        elif prop is None or not prop.settable or prop.immutable:
            # Null removes, which for what is null already is to leave it so.
            if result.get(name) != current[name]:
                errors.append(invalid(name, "cannot be changed"))
        elif name not in removed:
            errors += _checked(call, name, prop, result[name], document)
        elif prop.default is not MISSING:
            document[name] = prop.default
        elif prop.kind.holds(None):
            document[name] = None
        else:
            errors.append(invalid(name, "cannot be removed"))
    _raise(errors)
    return kept(call, seen.document, document, touched)


def reference(call: Call[Any], id_: str) -> str | None:
    """The id that a reference stands for: itself, or that of a creation id after "#"; None if nothing had that."""
    return call.context.created_ids.get(id_[1:]) if id_.startswith("#") else id_


def _raise(errors: list[SetError]) -> None:
    error = merged(errors)
    if error is not None:
        raise Refused(error)


def _current(call: Call[Any], seen: Seen, patch: Mapping[str, JSON]) -> dict[str, JSON]:
    """The object's properties as a client knows them, those computed only as far as the patch names them."""
    own = as_own(call, seen.document)
    current: dict[str, JSON] = {**own, "id": call.kind.id(seen.number)}
    for path in patch:
        name = path.split("/", 1)[0].replace("~1", "/").replace("~0", "~")
        prop = call.kind.properties.get(name)
        if prop is not None and prop.apart:
            current[name] = seen.apart[name]
        elif prop is not None and prop.computed is not None:
            current[name] = prop.computed(seen)
        elif prop is not None:
            current.setdefault(name, prop.of(own))
        elif call.kind.pattern is not None and call.kind.pattern.matches(name):
            for _, value in projection(call.kind, (name,)).computed:
                current[name] = value(seen)
    return current


def _checked(
    call: Call[Any], name: str, prop: Property[Any], value: JSON, document: dict[str, JSON]
) -> Iterator[SetError]:
    """Puts the value into the document, its references resolved; yields what is wrong with it instead."""
    if prop.refers_to is not None:
        value = _resolved(call, value)
    if not prop.kind.holds(value):
        yield invalid(name, f"must be {prop.kind.name}")
        return
    if prop.normal is not None and value is not None:
        value = prop.normal(value)
    wrong = prop.check(value) if prop.check is not None and value is not None else None
    if wrong is not None:
        yield invalid(name, wrong)
        return
    if prop.refers_to is not None and not all(_exists(call, prop.refers_to, id_) for id_ in _ids(value)):
        yield invalid(name, f"refers to a {prop.refers_to} that does not exist")
        return
    document[name] = value


def _resolved(call: Call[Any], value: JSON) -> JSON:
    """The value with creation ids in place of what they were given for; unknown ones stay and match nothing."""
    if isinstance(value, str):
        return reference(call, value) or value
    if isinstance(value, list):
        return [_resolved(call, item) if isinstance(item, str) else item for item in value]
    if isinstance(value, dict):
        return {reference(call, name) or name: item for name, item in value.items()}
    return value


def _resolved_path(call: Call[Any], path: Pointer) -> Pointer:
    """The path with the name of a member as it is kept: a creation id resolved, a name in a set in its normal form."""
    prop = call.kind.properties.get(path[0]) if path else None
    if prop is None or len(path) < 2:
        return path
    member = path[1]
    if prop.refers_to is not None:
        member = reference(call, member) or member
    elif prop.normal is not None and prop.kind.name.endswith(f"[{TRUE.name}]"):
        (member,) = prop.normal({member: True})
    return (path[0], member, *path[2:])


def _ids(value: JSON) -> list[str]:
    if isinstance(value, str):
        return [value]
    return list(value) if isinstance(value, (list, dict)) else []


def _exists(call: Call[Any], type_name: str, id_: str) -> bool:
    kind = call.context.registry[type_name]
    number = kind.number(id_)
    return number is not None and any(call.unit.get(kind.table, (number,)))
