"""What there is on the server, in the form of a document that would make it so."""

from collections.abc import Mapping
from typing import cast

from pillarbox.access import Manager
from pillarbox.datatypes.directory.principals import listed
from pillarbox.datatypes.server import kept_settings
from pillarbox.management.declaration.form import FORMAT, SECTIONS, Section, nothing
from pillarbox.settings import is_secret
from pillarbox.store import Unit
from pillarbox.wire.values import JSON

__all__ = ["declared", "principals", "public"]

Said = Mapping[str, JSON]


def declared(server: Unit, manager: Manager) -> dict[str, JSON]:
    """The whole document, in one order whoever asks and however it came to be; secrets are left out."""
    return {
        "format": FORMAT,
        "settings": public({one.key: one.text for one in kept_settings(server)}),
        **{section.name: [*principals(server, manager, section).values()] for section in SECTIONS},
    }


def public(texts: Mapping[str, str]) -> dict[str, JSON]:
    """Those settings that may be told, in order."""
    return {key: texts[key] for key in sorted(texts) if not is_secret(key)}


def principals(server: Unit, manager: Manager, section: Section) -> dict[str, dict[str, JSON]]:
    """Those of a section by their names, in order; of each all fields, whether there is something to say or not."""
    return {
        cast("str", one["name"]): {
            "name": one["name"],
            **{field: _ordered(field, one.get(field) or nothing(section, field)) for field in section.fields},
        }
        for one in listed(server, manager, (section.kind,))
    }


def _ordered(field: str, value: JSON) -> JSON:
    """What has no order of its own is in that of the alphabet; the first of an account's addresses is the primary."""
    if not isinstance(value, list) or field == "quota":
        return value
    texts = cast("list[str]", value)
    return [*texts[:1], *sorted(texts[1:])] if field == "emails" else [*sorted(texts)]
