"""Setting: what is configured in the database, one object for each key (ours; kept in account 0).

What a key means, and what is in force where the local file has it too, is `settings`' to say.
"""

from collections.abc import Mapping
from datetime import datetime

from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import DataType, Property, Record, prop
from pillarbox.store import Store, Unit, Writing
from pillarbox.wire.values import UTCDate, utc_date

__all__ = [
    "MAX_SETTINGS",
    "SETTING",
    "KeptSetting",
    "TooManySettings",
    "keep_settings",
    "kept_settings",
    "setting_texts",
]

MAX_SETTINGS = 10_000
"""All are read at once."""


class TooManySettings(Exception):
    """There are as many as there may be."""


class KeptSetting(Record):
    """The text under a key, as it was written; `by` is who wrote it last."""

    key: Property[str] = prop(immutable=True)
    text: Property[str] = prop(secret=True)
    changed: Property[UTCDate] = prop()
    by: Property[str] = prop(default="")


SETTING = DataType(
    record=KeptSetting,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="so",
    methods=(),
    name="Setting",
)


def kept_settings(server: Unit) -> list[KeptSetting]:
    """All, in order of their keys."""
    return sorted(selected(server, SETTING), key=lambda one: one.key)


def setting_texts(store: Store) -> dict[str, str]:
    """The texts by their keys. Raises store.StoreError."""
    with store.read(0) as server:
        return {one.key: one.text for one in kept_settings(server)}


def keep_settings(server: Writing, texts: Mapping[str, str], by: str, now: datetime) -> list[str]:
    """From now on these are the settings that are kept, and no others; the keys that are other than before, sorted.

    Raises TooManySettings.
    """
    if len(texts) > MAX_SETTINGS:
        raise TooManySettings
    known = {one.key: one for one in kept_settings(server)}
    for key in known.keys() - texts.keys():
        server.delete(SETTING.table, known[key].number, known[key].document)
    changed = {key: text for key, text in texts.items() if key not in known or known[key].text != text}
    for key, text in sorted(changed.items()):
        document = {"key": key, "text": text, "changed": utc_date(now), "by": by}
        if key in known:
            server.update(SETTING.table, known[key].number, known[key].document, document)
        else:
            server.insert(SETTING.table, server.fresh(), document)
    return sorted(changed.keys() | (known.keys() - texts.keys()))
