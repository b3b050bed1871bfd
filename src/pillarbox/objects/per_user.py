"""Properties that each reader of a shared account has a value of their own for (RFC 8621 section 2, "isSubscribed").

In somebody's own account the document's value is theirs. In one that several see, another property of the document has
what each of them said, by the number of their own account; for who said nothing it is the one declared for that.
"""

from collections.abc import Collection
from typing import Any

from pillarbox.objects.call import Call
from pillarbox.objects.record import Property
from pillarbox.objects.words import Condition, Reach
from pillarbox.store import Document, Everything
from pillarbox.wire.values import JSON

__all__ = ["as_own", "kept", "own", "own_value"]


def own_value(call: Call[Any], prop: Property[Any], document: Document) -> JSON:
    """The value of a property as the actor of a call has it."""
    if prop.per_user is None or call.grant.personal:
        return prop.of(document)
    said = document.get(prop.per_user.kept_in)
    return said.get(_reader(call), prop.per_user.default) if isinstance(said, dict) else prop.per_user.default


def as_own(call: Call[Any], document: Document) -> Document:
    """The document with the actor's values in it, and nobody else's."""
    if call.grant.personal or not call.kind.per_user:
        return document
    mine = dict(document)
    for name, (prop, per_user) in call.kind.per_user.items():
        mine[name] = own_value(call, prop, document)
        mine.pop(per_user.kept_in, None)
    return mine


def kept(call: Call[Any], old: Document, document: dict[str, JSON], said: Collection[str]) -> dict[str, JSON]:
    """The document to be stored, of one in which the actor's values stand for these names; `old` is the present one."""
    if call.grant.personal:
        return document
    for name, (prop, per_user) in call.kind.per_user.items():
        if name in said:
            others = old.get(per_user.kept_in)
            mine = {_reader(call): document[name]}
            document[per_user.kept_in] = {**others, **mine} if isinstance(others, dict) else mine
            document[name] = prop.of(old)
    return document


def own(name: str, prop: Property[Any]) -> Condition:
    """The property, which each reader has a value of their own for, has exactly this one; each object is looked at."""

    def test(seen: Any, value: Any) -> bool:
        return bool(own_value(seen.call, prop, seen.document) == value)

    return Condition(name, prop.kind, lambda _: Everything(), Reach.OBJECT, test=test)


def _reader(call: Call[Any]) -> str:
    """Who asks, as documents name them."""
    return next((str(grant.number) for grant in call.context.actor.accounts.values() if grant.personal), "")
