"""A plan is carried out, in one unit of account 0: by the same functions as single calls, and their checks.

What stands in nobody's way comes first. Names and addresses are free before somebody else gets them, principals are
there before others name them, what is given comes before what is taken, and what others have is removed last.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from pillarbox.datatypes.directory.principals import Action as Step
from pillarbox.datatypes.directory.principals import Errand, Kind, Operation, change, destroy, make
from pillarbox.management.declaration.plan import Action, Change
from pillarbox.management.principals.refusing import refusing
from pillarbox.management.refusal import Refusal
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.dkim import DkimKey
from pillarbox.wire.values import JSON

__all__ = ["carry_out"]

_HELD_BY_OTHERS = (Kind.ROLE, Kind.DOMAIN, Kind.TENANT)
"""Removed in this order, once nobody has them."""
_NAMING = ("members", "readers", "externalMembers", "roles", "enabledPermissions", "disabledPermissions")
"""Fields that name other principals, or can do so; said of a new one once all of them are there."""


def carry_out(errand: Errand, changes: Sequence[Change], keys: Mapping[str, Sequence[DkimKey]]) -> None:
    """All changes of principals, new domains with these keys. Raises Refusal, with the principal that it is about."""
    ours = [one for one in changes if one.section is not None]
    new, changed, gone = ([one for one in ours if one.action is action] for action in Action)
    for one in gone:
        if _kind(one) not in _HELD_BY_OTHERS:
            _remove(errand, one)
    for one in changed:
        _give_up(errand, one, _wanted(ours))
    for one in new:
        with _about(one):
            said = {name: after for name, (_, after) in one.fields.items() if name not in _NAMING}
            with_keys = replace(errand, keys=keys.get(unicode_casemap(one.name), ()))
            make(with_keys, _kind(one), {"name": one.name, **said})
    for one in [*new, *sorted(changed, key=_takes)]:
        names = [name for name in one.fields if one.action is Action.UPDATE or name in _NAMING]
        _set(errand, one, {name: one.fields[name][1] for name in names})
    for kind in _HELD_BY_OTHERS:
        for one in gone:
            if _kind(one) is kind:
                _remove(errand, one)


def _remove(errand: Errand, one: Change) -> None:
    with _about(one):
        destroy(errand, one.name)


def _set(errand: Errand, one: Change, fields: Mapping[str, JSON]) -> None:
    if fields:
        with _about(one, [*fields]):
            change(errand, one.name, [Operation(Step.SET, name, value) for name, value in fields.items()])


def _wanted(changes: Sequence[Change]) -> dict[str, str]:
    """The addresses that somebody gets, with their names."""
    found: dict[str, str] = {}
    for one in changes:
        if "emails" in one.fields:
            before, after = one.fields["emails"]
            found |= dict.fromkeys({*_texts(after)} - {*_texts(before)}, one.name)
    return found


def _give_up(errand: Errand, one: Change, wanted: Mapping[str, str]) -> None:
    """The addresses that it loses to another one."""
    if "emails" not in one.fields:
        return
    before, after = one.fields["emails"]
    left = [text for text in cast("list[str]", before) if unicode_casemap(text) not in wanted or text in _list(after)]
    if left != before:
        _set(errand, one, {"emails": [*left]})


def _takes(one: Change) -> bool:
    """Whether somebody may do less by it: the last administrator goes once there is another."""
    return any(
        not set(_list(before)) <= set(_list(after)) if name != "disabledPermissions" else before != after
        for name, (before, after) in one.fields.items()
        if name in ("roles", "enabledPermissions", "disabledPermissions")
    )


def _list(value: JSON) -> list[str]:
    return [*map(str, value)] if isinstance(value, list) else []


def _texts(value: JSON) -> list[str]:
    return [unicode_casemap(one.strip()) for one in _list(value)]


def _kind(one: Change) -> Kind:
    return Kind(one.kind)


@contextmanager
def _about(one: Change, steps: Sequence[str] = ()) -> Iterator[None]:
    """A block whose refusals say where in the document it is; of a change by steps, these are their fields."""
    try:
        with refusing():
            yield
    except Refusal as refused:
        told: dict[str, Any] = {"kind": one.kind, "name": one.name[:80]}
        if "invalid" in refused.more:
            told["invalid"] = [_placed(one, steps, place) for place in cast("list[Any]", refused.more["invalid"])]
        refused.more = {**{name: part for name, part in refused.more.items() if name != "operation"}, **told}
        refused.detail = f"{one.kind} {told['name']}: {refused.detail}"
        raise


def _placed(one: Change, steps: Sequence[str], place: Mapping[str, Any]) -> dict[str, Any]:
    """A fault of a field of a principal as one of the document, which may have many that are alike."""
    number = str(place["field"]).removesuffix("/value")
    field = steps[int(number)] if number.isdecimal() and int(number) < len(steps) else place["field"]
    section = "" if one.section is None else f"{one.section.name}/"
    return {**place, "field": f"{section}{one.name[:80]}/{field}"}
