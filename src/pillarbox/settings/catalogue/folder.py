"""The mailboxes every new account has, one for each role: `jmap.folders.<role>.*`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from pillarbox.settings.declare import Section, Setting
from pillarbox.settings.kind import BOOLEAN, NAME
from pillarbox.settings.source import Source

__all__ = ["FOLDERS", "Folder"]


@dataclass(frozen=True, slots=True)
class Folder:
    """What becomes of one role in a new account: is a mailbox made, how is it called, is it subscribed."""

    role: str
    name: str
    create: bool
    subscribe: bool


_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "inbox": "Inbox",
        "drafts": "Drafts",
        "sent": "Sent",
        "junk": "Junk",
        "trash": "Trash",
        "archive": "Archive",
    }
)

# Mail is filed into these without asking: what is delivered, what is spam, what is thrown away.
_ALWAYS = ("inbox", "junk", "trash")

_NAME = Setting(
    "jmap.folders.<role>.name",
    NAME,
    "",
    "How the mailbox is called in a new account.",
    default_said=", ".join(f"`{name}`" for name in _NAMES.values()),
)
_CREATE = Setting(
    "jmap.folders.<role>.create",
    BOOLEAN,
    True,
    "Whether a new account has it; " + ", ".join(_ALWAYS) + " always are there.",
)
_SUBSCRIBE = Setting(
    "jmap.folders.<role>.subscribe",
    BOOLEAN,
    True,
    "Whether a new account is subscribed to it.",
)


def _folder(role: str, source: Source) -> Folder:
    create = _CREATE.of(role)
    wanted = create.read(source)
    if role in _ALWAYS and not wanted:
        source.wrong(create.key, "build", f"a new account always has its {role}; leave this out")
    return Folder(
        role=role,
        name=replace(_NAME.of(role), default=_NAMES[role]).read(source),
        create=wanted or role in _ALWAYS,
        subscribe=_SUBSCRIBE.of(role).read(source),
    )


FOLDERS: Section[Folder] = Section(
    "jmap.folders",
    fields=(_NAME, _CREATE, _SUBSCRIBE),
    build=_folder,
    doc="The mailboxes of a new account.",
    ids=tuple(_NAMES),
)
