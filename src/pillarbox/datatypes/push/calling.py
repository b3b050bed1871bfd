"""PushSubscription/get and /set: the standard methods, less what is an account's (RFC 8620 sections 7.2.1, 7.2.2)."""

from collections.abc import Mapping
from typing import Any

import orjson

from pillarbox.datatypes.push.life import is_over, standing
from pillarbox.datatypes.server import PUSH, expect
from pillarbox.objects import GET, SET, Call, MethodError
from pillarbox.store import Document
from pillarbox.wire.values import JSON

__all__ = ["expected_first", "get", "set_"]

_PRIVATE = frozenset(("url", "keys"))


def get(call: Call[Any]) -> Mapping[str, JSON]:
    """Those that were made with the credentials of this request (section 7.2.1).

    Raises MethodError forbidden for `url` and `keys`, which are told to nobody; requestTooLarge.
    """
    names = call.arguments.sent("properties")
    if isinstance(names, list) and not _PRIVATE.isdisjoint(name for name in names if isinstance(name, str)):
        raise MethodError("forbidden", "url and keys are never told")
    asked = call.arguments.sent("ids")
    answer = GET.run(call)
    gone = {call.kind.id(number) for number, _ in _over(call)}
    found = [one for one in _objects(answer["list"]) if one["id"] not in gone]
    missing = [] if not isinstance(asked, list) else [one for one in dict.fromkeys(asked) if one in gone]
    return {"list": found, "notFound": [*_objects(answer["notFound"]), *missing]}


def set_(call: Call[Any]) -> Mapping[str, JSON]:
    """What was done (section 7.2.2). Those that are over are gone before anything else.

    Raises MethodError requestTooLarge; invalidArguments for `ifInState` as for any other name.
    """
    if call.arguments.sent("ifInState") is not None:
        raise MethodError("invalidArguments", "unknown: ifInState")
    create = call.arguments.sent("create")
    for number, document in _over(call):
        call.writing.delete(call.kind.table, number, document)
    answer = SET.run(call)
    created = answer["created"]
    if isinstance(created, dict) and isinstance(create, dict):
        for key, told in created.items():
            if "keys" not in create[key]:
                # The one case where keys are told: there are none.
                told["keys"] = None
    outcome = ("created", "updated", "destroyed", "notCreated", "notUpdated", "notDestroyed")
    return {name: answer[name] for name in outcome}


def expected_first(call: Call[Any]) -> None:
    """Before a subscription is made, account 0 knows that the account has some."""
    if call.arguments.sent("create"):
        expect(call.context.store, call.grant.number, PUSH, call.context.now)


def _over(call: Call[Any]) -> list[tuple[int, Document]]:
    """The subscriptions that have ended, and are still there."""
    with call.context.read(0) as server:
        under = standing(server, call.grant.number)
    table = call.kind.table
    kept = (
        (stored.number, orjson.loads(stored.document))
        for stored in call.unit.get(table, call.unit.numbers(table, 2**31))
    )
    return [(number, document) for number, document in kept if is_over(document, call.context.now, under)]


def _objects(found: JSON) -> list[Any]:
    # As GET makes them.
    return list(found) if isinstance(found, list) else []
