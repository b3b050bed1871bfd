"""Who asks, and for which types of principals."""

from typing import Any

from pillarbox.access import Manager
from pillarbox.datatypes.directory.principals import FIELDS, Kind
from pillarbox.objects import Call, DataType

__all__ = ["TOLD_ONLY", "kinds", "manager", "names"]

TOLD_ONLY = ("type", "created", "directory")
"""Properties that are told and cannot be set."""
_OF_ONE = {"created": Kind.API_KEY, "directory": Kind.INDIVIDUAL}
"""Those of them that one type of principal has."""


def manager(call: Call[Any]) -> Manager:
    """Whoever calls; only who manages the whole server has the account that these methods are called for."""
    actor = call.context.actor
    own = next((one.number for one in actor.accounts.values() if one.personal), None)
    return Manager(actor.name, actor.permissions, None, own, actor.power)


def kinds(call: Call[Any], verb: str) -> list[Kind]:
    """The types of principals that a data type keeps, and of which the caller may do this."""
    return [one for one in _kept(call.kind) if one.permission(verb) in call.context.actor.permissions]


def names(type_: DataType[Any]) -> tuple[str, ...]:
    """The properties that principals of a data type can have, beside `id`; secrets are never told."""
    kept = _kept(type_)
    own = [name for name, field in FIELDS.items() if name != "secrets" and not field.kinds.isdisjoint(kept)]
    return ("type", *own, *(name for name, kind in _OF_ONE.items() if kind in kept))


def _kept(type_: DataType[Any]) -> list[Kind]:
    return [kind for kind in Kind if kind.type is type_]
