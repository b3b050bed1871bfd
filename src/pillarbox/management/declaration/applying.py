"""The server is declared, and made so (management API, ours): `/api/export` and `/api/apply`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pillarbox.datatypes.directory.principals import Errand, Kind
from pillarbox.datatypes.server import TooManySettings, keep_settings, kept_settings
from pillarbox.management.declaration.carrying import carry_out
from pillarbox.management.declaration.form import DOCUMENT, EXAMPLE, SECRETS, SECTIONS, WHOLE
from pillarbox.management.declaration.plan import SETTING, Action, Change, of_section, of_settings
from pillarbox.management.declaration.state import declared, principals
from pillarbox.management.draft import Draft
from pillarbox.management.endpoint import Answer, Body, Endpoint, Parameter, Request
from pillarbox.management.entrance import check_entrance
from pillarbox.management.principals.refusing import refusing
from pillarbox.management.principals.secret import kept
from pillarbox.management.refusal import Invalid
from pillarbox.management.shape import ANYTHING, FLAG, Choice, Fault, Fields, ListOf, Map, Text
from pillarbox.settings import Layers, is_secret
from pillarbox.store import Unit
from pillarbox.telemetry import Event, emit
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.dkim import DkimKey, first_keys
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_MOST_OCTETS = 8 * 1024 * 1024
_MOST_SLOW = 100
"""Passwords that are hashed for one document, and domains that keys are made for: each takes a tenth of a second."""
_MOST_TOLD = 100
_VERBS = {Action.CREATE: "create", Action.UPDATE: "update", Action.REMOVE: "delete"}
_Keys = Mapping[str, Sequence[DkimKey]]


class _NotMeant(Exception):
    """Nothing of it is to be: the unit is given up."""


def _export(request: Request) -> Answer:
    _check_reads(request, [section.name for section in SECTIONS], {"settings": {}})
    with request.office.store.read(0) as server:
        return Answer(declared(server, request.manager))


def _apply(request: Request) -> Answer:
    _check_reads(request, [section.name for section in SECTIONS if section.name in request.body], request.body)
    _check_names(request.body)
    is_dry = bool(request.query.get("dry-run"))
    # As a whole first, and given up: nothing is made for a document that cannot be.
    changes, _ = _done(request, lambda _: _stand_in(request.office.hashed), _no_keys, is_meant=False)
    settings: list[str] = []
    if not is_dry and changes:
        changes, settings = _done(request, request.office.hashed, _new_keys, is_meant=True)
        if settings:
            emit(Event.SETTINGS_CHANGED, by=request.manager.name, keys=settings[:_MOST_TOLD], number=len(settings))
    return Answer({"changes": [one.told() for one in changes], "applied": not is_dry})


def _done(
    request: Request, hashed: Callable[[str], str], keys: Callable[[Request, list[Change]], _Keys], *, is_meant: bool
) -> tuple[list[Change], list[str]]:
    """What is changed, and which settings; all of it in one unit."""
    with request.office.store.read(0) as server:
        before = _planned(request, server)
    prepared = _prepared(before, hashed)
    made = keys(request, before)
    now = request.now
    folders = request.office.folders
    changes: list[Change] = []
    settings: list[str] = []
    with suppress(_NotMeant), refusing(), request.office.directory.errand(request.manager, now, folders) as errand:
        if request.matching is not None:
            request.unchanged(declared(errand.server, request.manager))
        changes = _planned(request, errand.server)
        for one in changes:
            request.needs(_permission(one))
        settings = _settings(request, errand, changes)
        working = errand if is_meant else replace(errand, furnish=lambda *_: None)
        carry_out(working, [_with_secrets(one, prepared) for one in changes], made)
        if not is_meant:
            raise _NotMeant
    return changes, settings


def _planned(request: Request, server: Unit) -> list[Change]:
    """What has to change, in the order of sections."""
    body: Mapping[str, Any] = request.body
    is_pruned = bool(body.get("prune"))
    changes: list[Change] = []
    if "settings" in body:
        texts = {one.key: one.text for one in kept_settings(server)}
        changes += of_settings(texts, body["settings"], is_pruned=is_pruned)
    for section in SECTIONS:
        if section.name in body:
            there = principals(server, request.manager, section)
            changes += of_section(section, there, body[section.name], is_pruned=is_pruned)
    return changes


def _settings(request: Request, errand: Errand, changes: Sequence[Change]) -> list[str]:
    """The keys that have another text from now on. Raises Invalid; Forbidden."""
    ours = [one for one in changes if one.kind == SETTING]
    if not ours:
        return []
    texts = {one.key: one.text for one in kept_settings(errand.server)}
    draft = Draft(Layers(request.office.written(), texts))
    gone = [one.name for one in ours if one.action is Action.REMOVE]
    draft.change({"type": "delete", "keys": gone})
    values = [(one.name, one.fields["value"][1]) for one in ours if one.action is not Action.REMOVE]
    draft.change({"type": "insert", "values": values})
    draft.check()
    try:
        changed = keep_settings(errand.server, draft.texts, request.manager.name, errand.now)
    except TooManySettings:
        raise Invalid([Fault("settings", "there are as many settings as there may be")]) from None
    check_entrance(request.manager, changed, [*request.office.written(), *draft.texts])
    return changed


def _check_reads(request: Request, sections: Sequence[str], body: Mapping[str, Any]) -> None:
    """Who changes something hears of what there is: they have to be allowed that. Raises Forbidden."""
    if "settings" in body:
        request.needs("settings-list")
        if any(map(is_secret, body["settings"])):
            # That nothing would be changed tells which secret there is.
            request.needs("settings-update")
    for section in SECTIONS:
        if section.name in sections:
            request.needs(section.kind.permission("list"))


def _permission(one: Change) -> str:
    if one.section is not None:
        return one.section.kind.permission(_VERBS[one.action])
    return "settings-delete" if one.action is Action.REMOVE else "settings-update"


def _check_names(body: Mapping[str, Any]) -> None:
    """Raises Invalid for whatever is named twice: names are one's own, whatever the type."""
    seen: dict[str, str] = {}
    faults: list[Fault] = []
    for section in SECTIONS:
        for index, one in enumerate(body.get(section.name, ())):
            at, name = f"{section.name}/{index}/name", unicode_casemap(one["name"].strip())
            if name in seen:
                faults.append(Fault(at, f"this is the name at {seen[name]}, too"))
            seen.setdefault(name, at)
    if faults:
        raise Invalid(faults)


def _prepared(changes: Sequence[Change], hashed: Callable[[str], str]) -> dict[str, JSON]:
    """What is kept of the secrets of new accounts, by their names. Slow. Raises Invalid."""
    made = 0

    def counted(password: str) -> str:
        nonlocal made
        made += 1
        if made > _MOST_SLOW:
            raise Invalid([Fault("accounts", f"no more than {_MOST_SLOW} passwords are hashed at once; give hashes")])
        return hashed(password)

    return {
        one.name: kept(Kind.INDIVIDUAL, one.fields[SECRETS][1], counted, f"accounts/{one.name[:80]}/{SECRETS}")
        for one in changes
        if SECRETS in one.fields
    }


@lru_cache(maxsize=1)
def _stand_in(hashed: Callable[[str], str]) -> str:
    """A hash in place of any that takes its time."""
    return hashed("nobody's")


def _with_secrets(one: Change, prepared: Mapping[str, JSON]) -> Change:
    if SECRETS not in one.fields:
        return one
    return replace(one, fields={**one.fields, SECRETS: (None, prepared.get(one.name, []))})


def _no_keys(_: Request, changes: list[Change]) -> _Keys:
    if sum(1 for _ in _new_domains(changes)) > _MOST_SLOW:
        raise Invalid([Fault("domains", f"no more than {_MOST_SLOW} domains are made at once")])
    return {}


def _new_keys(request: Request, changes: list[Change]) -> _Keys:
    """What mail of new domains is signed with, by their names. Slow."""
    return {unicode_casemap(name): first_keys(name, request.now) for name in _new_domains(changes)}


def _new_domains(changes: Sequence[Change]) -> Iterator[str]:
    return (one.name for one in changes if one.kind == Kind.DOMAIN.value and one.action is Action.CREATE)


_CHANGE = Fields(
    {
        "action": Choice(tuple(one.value for one in Action)),
        "kind": Text(64, doc="`setting`, or the type of a principal."),
        "name": Text(512),
        "fields": Map(Fields({"from": ANYTHING, "to": ANYTHING}, ("from", "to"))),
    },
    required=("action", "kind", "name", "fields"),
)

_READING = frozenset(("settings-list", *(section.kind.permission("list") for section in SECTIONS)))

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/export",
        None,
        _export,
        "The server as it is declared: settings of the database, tenants, domains, roles, accounts, groups and lists, "
        "without secrets.\nThe same server gives the same octets. It takes the permissions to list all that.",
        answer=WHOLE,
        is_tagged=True,
        some_of=_READING,
        example="/api/export",
    ),
    Endpoint(
        "POST",
        "/api/apply",
        None,
        _apply,
        "Makes the server as a document declares it, all of it or nothing, and tells what was changed.\n"
        "What the document does not name is left alone, unless it says `prune`. If-Match is the tag of "
        "`GET /api/export`. It takes the permissions that each change takes.",
        parameters=(Parameter("dry-run", FLAG, "Whether to tell what would be changed, and leave it at that."),),
        body=Body(DOCUMENT, most=_MOST_OCTETS, example=EXAMPLE),
        answer=Fields({"changes": ListOf(_CHANGE, 1_000_000), "applied": FLAG}, required=("changes", "applied")),
        some_of=_READING,
        example="/api/apply?dry-run=true",
    ),
)
