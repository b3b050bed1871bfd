"""What is told of settings, whoever has them (management API section 10); of secrets, that they are there."""

from collections.abc import Iterator, Mapping, Sequence

from pillarbox.datatypes.server import KeptSetting
from pillarbox.management.refusal import NotFound
from pillarbox.management.shape import FLAG, INSTANT, Choice, Fields, Integer, ListOf, Map, Nullable, Shape, Text
from pillarbox.settings import Described, Layers, Owner, catalogue, described, is_secret, nearest, root, told
from pillarbox.wire.values import JSON

__all__ = [
    "LINE",
    "LISTED",
    "SETTING_TOLD",
    "TEXTS",
    "below",
    "kept_by",
    "lines",
    "members",
    "records",
    "setting",
    "shown",
    "texts",
]


def below(prefix: str | None) -> str:
    """What keys begin with that are below a prefix, which may have its dot."""
    return f"{prefix.removesuffix('.')}." if prefix else ""


def members(pairs: Mapping[str, str], key: str) -> list[str]:
    """The keys of a setting: itself, or the values of its list."""
    return sorted(one for one in pairs if one == key or (root(one) == root(key) and one.startswith(f"{key}.")))


def kept_by(layers: Layers, prefix: str, owner: str | None) -> list[str]:
    """The keys with a prefix that this owner has, or whoever; sorted."""
    return [key for key in sorted(layers.pairs) if key.startswith(prefix) and owner in (None, layers.owner(key).value)]


def shown(layers: Layers, keys: Sequence[str], prefix: str = "") -> dict[str, JSON]:
    """What is told of the texts under these keys, by the keys without the prefix."""
    return {key.removeprefix(prefix): told(key, layers.pairs[key]) for key in keys}


def texts(layers: Layers, prefix: str) -> list[dict[str, JSON]]:
    """An object for each key with a prefix."""
    return [
        {"_id": name, "_value": text} for name, text in shown(layers, kept_by(layers, prefix, None), prefix).items()
    ]


def records(layers: Layers, prefix: str, suffix: str) -> list[dict[str, JSON]]:
    """An object for each id with this suffix, which may be of a list: its keys, by what follows the id.

    An id may have dots in it; a key is of the longest that it can be of.
    """
    keys = kept_by(layers, prefix, None)
    roots = (root(key).removeprefix(prefix) for key in keys)
    ids = sorted({name.removesuffix(f".{suffix}") for name in roots if name.endswith(f".{suffix}")})
    found: dict[str, dict[str, JSON]] = {identity: {"_id": identity} for identity in ids}
    for name, text in shown(layers, keys, prefix).items():
        of = next((head for head in _heads(name) if head in found), None)
        if of is not None:
            found[of][name.removeprefix(f"{of}.")] = text
    return list(found.values())


def _heads(name: str) -> Iterator[str]:
    """What may be the id in a key, from the longest on."""
    parts = name.split(".")
    return (".".join(parts[:place]) for place in range(len(parts) - 1, 0, -1))


def setting(key: str, layers: Layers, kept: Sequence[KeptSetting]) -> dict[str, JSON]:
    """What there is to tell of one setting. Raises NotFound for what no setting has and nobody has written."""
    line = described(key)
    found = members(layers.pairs, key)
    if line is None and not found:
        near = nearest(key)
        raise NotFound(f"setting {key}", f"the nearest is {near}" if near else "")
    owner = layers.owner(key)
    written = [one for one in kept if one.key in found] if owner is Owner.DATABASE else []
    last = max(written, key=lambda one: one.changed, default=None)
    return {
        "key": key,
        "value": told(key, layers.pairs[key]) if key in found else None,
        "values": shown(layers, [one for one in found if one != key], f"{key}."),
        "owner": owner.value,
        "default": None if line is None else line.default,
        "kind": None if line is None else line.kind,
        "doc": None if line is None else line.doc,
        "isLocal": layers.is_local(key),
        "isSecret": is_secret(key),
        "changed": None if last is None else last.changed,
        "changedBy": None if last is None else last.by,
    }


def lines(layers: Layers) -> list[JSON]:
    """All settings that there are."""
    return [
        _line(group.title, line, layers)
        for group in catalogue.GROUPS
        for one in group.settings
        for line in one.described()
    ]


def _line(title: str, line: Described, layers: Layers) -> dict[str, JSON]:
    return {
        "key": line.key,
        "group": title,
        "kind": line.kind,
        "default": line.default,
        "doc": line.doc,
        "aliases": list(line.aliases),
        "ids": list(line.ids),
        "isLocal": layers.is_local(line.key),
        "isSecret": line.is_secret,
    }


_TEXT = Text(256 * 1024, has_lines=True)
_OWNER = Choice(tuple(one.value for one in Owner), doc="Who has it: the local file, the database, or nobody.")
TEXTS: Shape = Map(_TEXT)
LISTED: Shape = Fields(
    {
        "total": Integer(),
        "items": Map(_TEXT),
        "owners": Map(_OWNER),
        "state": Text(doc="Another one once the database has others."),
    },
    ("total", "items", "owners", "state"),
)
SETTING_TOLD: Shape = Fields(
    {
        "key": Text(),
        "value": Nullable(_TEXT),
        "values": Map(_TEXT, doc="Of a list or a table of conditions: the texts by what follows the key."),
        "owner": _OWNER,
        "default": Nullable(_TEXT),
        "kind": Nullable(_TEXT),
        "doc": Nullable(_TEXT),
        "isLocal": FLAG,
        "isSecret": FLAG,
        "changed": Nullable(INSTANT),
        "changedBy": Nullable(Text()),
    },
    ("key", "value", "values", "owner", "default", "kind", "doc", "isLocal", "isSecret", "changed", "changedBy"),
)
LINE: Shape = Fields(
    {
        "key": Text(),
        "group": Text(),
        "kind": _TEXT,
        "default": _TEXT,
        "doc": _TEXT,
        "aliases": ListOf(Text()),
        "ids": ListOf(Text()),
        "isLocal": FLAG,
        "isSecret": FLAG,
    },
    ("key", "group", "kind", "default", "doc", "aliases", "ids", "isLocal", "isSecret"),
)
