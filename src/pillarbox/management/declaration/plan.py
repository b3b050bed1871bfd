"""What has to change for the server to be as a document says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Any, cast

from pillarbox.management.change import MARKER
from pillarbox.management.declaration.form import SECRETS, Section, nothing
from pillarbox.settings import is_secret
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import JSON

__all__ = ["SETTING", "Action", "Change", "of_section", "of_settings"]

SETTING = "setting"
"""The kind of a change of a setting; all others are those of principals."""


@unique
class Action(Enum):
    """What becomes of something."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"


@dataclass(frozen=True)
class Change:
    """One thing that is made, changed or removed; `fields` have what there is of each, and what there is to be."""

    action: Action
    kind: str
    name: str
    fields: Mapping[str, tuple[JSON, JSON]] = field(default_factory=dict)
    section: Section | None = None
    """Of a principal."""

    def told(self) -> dict[str, JSON]:
        """The same for whoever asked; no secret is."""
        fields = {name: {"from": before, "to": after} for name, (before, after) in self.fields.items()}
        if SECRETS in fields:
            fields[SECRETS]["to"] = MARKER
        if self.kind == SETTING and is_secret(self.name):
            fields = {"value": {name: MARKER if text is not None else None for name, text in fields["value"].items()}}
        return {"action": self.action.value, "kind": self.kind, "name": self.name, "fields": {**fields}}


def of_settings(kept: Mapping[str, str], wanted: Mapping[str, str], *, is_pruned: bool) -> Iterator[Change]:
    """Those of the database. A secret that is marked, or not named, stays as it is."""
    for key in sorted(wanted):
        if wanted[key] != kept.get(key) and not (is_secret(key) and wanted[key] == MARKER):
            action = Action.UPDATE if key in kept else Action.CREATE
            yield Change(action, SETTING, key, {"value": (kept.get(key), wanted[key])})
    if is_pruned:
        for key in sorted(kept.keys() - wanted.keys()):
            if not is_secret(key):
                yield Change(Action.REMOVE, SETTING, key, {"value": (kept[key], None)})


def of_section(
    section: Section, there: Mapping[str, Mapping[str, JSON]], wanted: Sequence[Mapping[str, Any]], *, is_pruned: bool
) -> Iterator[Change]:
    """The principals of a section: those that are new or said to be otherwise, in order of name, then those gone."""
    known = {unicode_casemap(name): name for name in there}
    for said in sorted(wanted, key=lambda one: cast("str", one["name"])):
        name = known.pop(unicode_casemap(said["name"]), None)
        if name is None:
            new = {
                one: (None, value) for one, value in said.items() if one != "name" and value != _nothing(section, one)
            }
            yield Change(Action.CREATE, section.kind.value, said["name"], new, section)
            continue
        fields = {
            one: (there[name][one], said[one])
            for one in section.fields
            if one in said and not _is_same(one, there[name][one], said[one])
        }
        if fields:
            yield Change(Action.UPDATE, section.kind.value, name, fields, section)
    if is_pruned:
        for name in sorted(known.values()):
            yield Change(Action.REMOVE, section.kind.value, name, {}, section)


def _nothing(section: Section, name: str) -> JSON:
    return [] if name == SECRETS else nothing(section, name)


def _is_same(name: str, before: JSON, after: JSON) -> bool:
    if isinstance(before, list) and isinstance(after, list) and name != "quota":
        first, second = _texts(before), _texts(after)
        same_first = name != "emails" or first[:1] == second[:1]
        return same_first and set(first) == set(second)
    if name == "tenant":
        return _texts([before]) == _texts([after])
    return before == after


def _texts(values: Sequence[JSON]) -> list[str]:
    return [unicode_casemap(str(one).strip()) for one in values]
