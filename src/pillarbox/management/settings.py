"""Settings: read, whoever has them, and changed in the database (management API section 10).

Nothing that is secret is ever answered. What is changed is in force in every process soon after: see `app.configuring`.
"""

from typing import cast

from pillarbox.datatypes.server import SETTING, TooManySettings, keep_settings, kept_settings
from pillarbox.management.change import CHANGES, EXAMPLE, KEY
from pillarbox.management.configuration import (
    LINE,
    LISTED,
    SETTING_TOLD,
    TEXTS,
    below,
    kept_by,
    lines,
    members,
    records,
    setting,
    shown,
    texts,
)
from pillarbox.management.draft import Draft
from pillarbox.management.endpoint import PAGING, Answer, Body, Endpoint, Parameter, Request, listing, paged
from pillarbox.management.entrance import check_entrance
from pillarbox.management.refusal import Invalid, NotFound
from pillarbox.management.shape import NULL, Choice, Fault, Text
from pillarbox.settings import Layers, Owner
from pillarbox.store import Unit, Writing
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_MOST_TOLD = 100
"""Keys that the log is told of at once."""


def _layers(request: Request, server: Unit) -> Layers:
    return Layers(request.office.written(), {one.key: one.text for one in kept_settings(server)})


def _now(request: Request) -> Layers:
    with request.office.store.read(0) as server:
        return _layers(request, server)


def _list(request: Request) -> Answer:
    with request.office.store.read(0) as server:
        return Answer(_listed(request, server))


def _listed(request: Request, server: Unit) -> dict[str, JSON]:
    layers, prefix = _layers(request, server), below(request.query.get("prefix"))
    page = paged(kept_by(layers, prefix, request.query.get("owner")), request)
    keys = cast("list[str]", page["items"])
    return {
        "total": page["total"],
        "items": shown(layers, keys, prefix),
        "owners": {key.removeprefix(prefix): layers.owner(key).value for key in keys},
        # Of a secret nothing else tells that it is another one.
        "state": f"{server.epoch}-{server.state(SETTING.table)}",
    }


def _group(request: Request) -> Answer:
    prefix, suffix = below(request.query["prefix"]), request.query.get("suffix")
    found = texts(_now(request), prefix) if suffix is None else records(_now(request), prefix, suffix)
    part, field = request.query.get("filter", "").lower(), request.query.get("field")
    if part:
        found = [one for one in found if any(part in str(one[name]).lower() for name in one if name != "_id")]
    if field is not None:
        found = [{name: text for name, text in one.items() if name in ("_id", "_value", field)} for one in found]
    return Answer(paged(found, request))


def _keys(request: Request) -> Answer:
    layers = _now(request)
    wanted = _split(request.query.get("keys"))
    prefixes = tuple(below(one) for one in _split(request.query.get("prefixes")))
    return Answer(shown(layers, [key for key in sorted(layers.pairs) if key in wanted or key.startswith(prefixes)]))


def _split(text: str | None) -> frozenset[str]:
    return frozenset(part.strip() for part in (text or "").split(",") if part.strip())


def _schema(request: Request) -> Answer:
    return Answer(paged(lines(_now(request)), request))


def _get(request: Request) -> Answer:
    with request.office.store.read(0) as server:
        return Answer(setting(request.parts["key"], _layers(request, server), kept_settings(server)))


def _change(request: Request) -> Answer:
    with request.office.store.write(0) as server:
        # Without parameters, as that list is.
        request.unchanged(_listed(request, server))
        draft = Draft(_layers(request, server))
        for one in request.body:
            draft.change(one)
        changed = _kept(request, server, draft)
    _tell(request, changed)
    return Answer(None)


def _delete(request: Request) -> Answer:
    key = request.parts["key"]
    with request.office.store.write(0) as server:
        layers = _layers(request, server)
        request.unchanged(setting(key, layers, kept_settings(server)))
        draft = Draft(layers)
        there = members(layers.kept, key)
        if not there and layers.owner(key) is Owner.DEFAULT:
            raise NotFound(f"setting {key} in the database")
        for one in there or [key]:
            draft.delete(one)
        changed = _kept(request, server, draft)
    _tell(request, changed)
    return Answer(None)


def _kept(request: Request, server: Writing, draft: Draft) -> list[str]:
    """The keys that are other from now on. Raises Invalid; Forbidden."""
    draft.check()
    now = request.now
    try:
        changed = keep_settings(server, draft.texts, request.manager.name, now)
    except TooManySettings:
        raise Invalid([Fault("", "there are as many settings as there may be")]) from None
    check_entrance(request.manager, changed, [*request.office.written(), *draft.texts])
    return changed


def _tell(request: Request, changed: list[str]) -> None:
    if changed:
        emit(Event.SETTINGS_CHANGED, by=request.manager.name, keys=changed[:_MOST_TOLD], number=len(changed))


_PREFIX = Parameter("prefix", KEY, "Only keys below this one.")
_MARKED = "A secret is shown as `••••`: that it is there, and no more."

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/settings/list",
        "settings-list",
        _list,
        f"Settings that the file or the database has, without the prefix.\n{_MARKED}",
        parameters=(_PREFIX, Parameter("owner", Choice(("file", "database")), "Only those that it has."), *PAGING),
        answer=LISTED,
        is_tagged=True,
        example="/api/settings/list?prefix=queue.relay",
    ),
    Endpoint(
        "GET",
        "/api/settings/group",
        "settings-list",
        _group,
        "Records, as `store.<id>`: an object for each id that has the suffix, with its keys.\n"
        f"Without a suffix, an object for each key below the prefix. {_MARKED}",
        parameters=(
            Parameter("prefix", KEY, "What stands before the id.", is_required=True),
            Parameter("suffix", KEY, "A key that each record has, as `type`."),
            Parameter("field", KEY, "Of each record only this one."),
            Parameter("filter", Text(), "Only records with this in a text, upper or lower case."),
            *PAGING,
        ),
        answer=listing(TEXTS),
        example="/api/settings/group?prefix=directory&suffix=type",
    ),
    Endpoint(
        "GET",
        "/api/settings/keys",
        "settings-list",
        _keys,
        f"The texts of these keys, as far as they are there, and of all below these prefixes.\n{_MARKED}",
        parameters=(
            Parameter("keys", Text(16 * 1024), "Keys, with commas between them."),
            Parameter("prefixes", Text(16 * 1024), "Prefixes, with commas between them."),
        ),
        answer=TEXTS,
        is_tagged=True,
        example="/api/settings/keys?keys=server.hostname&prefixes=queue.relay",
    ),
    Endpoint(
        "GET",
        "/api/settings/schema",
        "settings-list",
        _schema,
        "Every setting that there is, whether it is written anywhere or not.",
        parameters=PAGING,
        answer=listing(LINE),
        example="/api/settings/schema",
    ),
    Endpoint(
        "GET",
        "/api/settings/{key}",
        "settings-list",
        _get,
        f"What there is to know of one setting.\n{_MARKED}",
        answer=SETTING_TOLD,
        is_tagged=True,
        example="/api/settings/server.hostname",
    ),
    Endpoint(
        "POST",
        "/api/settings",
        "settings-update",
        _change,
        "Changes settings in the database: all of it, or nothing if any of it cannot be.\n"
        "What the local file has, and what it alone may have, is refused; so is a text that is none for its setting, "
        "and a key that no setting has. A secret written as `••••` stays as it is. If-Match is the tag of "
        "`GET /api/settings/list` without parameters. Every process has the new settings within a second.",
        body=Body(CHANGES, example=EXAMPLE),
        answer=NULL,
    ),
    Endpoint(
        "DELETE",
        "/api/settings/{key}",
        "settings-delete",
        _delete,
        "The database has nothing under a key any more: of a list, nothing of all of it.",
        answer=NULL,
    ),
)
