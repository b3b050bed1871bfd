"""Setting: what is configured in the database, one object for each key (ours; kept in account 0).

What a key means, and what is in force where the local file has it too, is `settings`' to say.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import (
    CHANGES,
    GET,
    QUERY,
    QUERY_CHANGES,
    DataType,
    Property,
    Record,
    Seen,
    equal,
    prop,
)
from pillarbox.settings import told
from pillarbox.store import Store, Unit, Writing
from pillarbox.wire.values import JSON, UTCDate, utc_date

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


def _value(seen: Seen) -> JSON:
    return told(cast("str", seen.document["key"]), cast("str", seen.document["text"]))


class KeptSetting(Record):
    """The text under a key, as it was written; `by` is who wrote it last. A secret has a mark for a `value`."""

    key: Property[str] = prop(immutable=True)
    text: Property[str] = prop(secret=True)
    value: Property[str] = prop(server_set=True, computed=_value)
    changed: Property[UTCDate] = prop()
    by: Property[str] = prop(default="")


SETTING = DataType(
    record=KeptSetting,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="so",
    methods=(GET, CHANGES, QUERY, QUERY_CHANGES),
    filters=(equal("key", KeptSetting.key),),
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
