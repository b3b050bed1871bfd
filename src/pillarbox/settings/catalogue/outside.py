"""What every directory outside has, of whatever type: `directory.<id>.domains`, `.timeout`, `.roles`."""

import re
from dataclasses import dataclass

from pillarbox.settings.declare import Declared, ListSetting, Setting
from pillarbox.settings.kind import HOST_NAME, BadValue, Kind, quoted
from pillarbox.settings.quantity import DURATION, Duration
from pillarbox.settings.source import Source

__all__ = ["OUTSIDE_FIELDS", "Outside", "RoleOfGroup", "outside"]

_LONGEST_WAIT = Duration(30_000)


@dataclass(frozen=True, slots=True)
class RoleOfGroup:
    """Whoever is in the group has the role."""

    role: str
    group: str


@dataclass(frozen=True, slots=True)
class Outside:
    """A directory's id, the domains that it answers for, how long a question may take, and what its groups give."""

    id: str
    domains: tuple[str, ...]
    timeout: Duration
    roles: tuple[RoleOfGroup, ...]


_ROLE_TEXT = re.compile(r"([a-z0-9][a-z0-9-]{0,63})=(\S(?:.{0,1022}\S)?)")


def _role(text: str) -> RoleOfGroup:
    found = _ROLE_TEXT.fullmatch(text)
    if found is None or not text.isprintable():
        raise BadValue(f"{quoted(text)} is not `role=group`, as in admin=cn=postmasters,ou=groups,dc=example,dc=org")
    return RoleOfGroup(found[1], found[2])


_DOMAINS = ListSetting(
    "directory.<id>.domains",
    HOST_NAME,
    (),
    "The domains whose people this directory knows. It is asked about no other address.",
    default_said="none; of the one that `storage.directory` names, those that no other directory has",
)
_TIMEOUT = Setting(
    "directory.<id>.timeout",
    DURATION,
    Duration(5_000),
    "How long one question may take in all, 30 seconds at most.",
)
_ROLES = ListSetting(
    "directory.<id>.roles",
    Kind("role=group", _role, lambda one: f"{one.role}={one.group}"),
    (),
    "Roles that come with a group, looked at whenever a password or a token was proved. Without any, what a "
    "directory says gives nobody a permission.",
    default_said="none",
)

OUTSIDE_FIELDS: tuple[Declared[object], ...] = (_DOMAINS, _TIMEOUT, _ROLES)


def outside(identity: str, source: Source) -> Outside:
    """What is common; always there."""
    timeout = _TIMEOUT.of(identity).read(source)
    if timeout > _LONGEST_WAIT:
        source.wrong(_TIMEOUT.of(identity).key, "build", f"nobody waits so long; {_LONGEST_WAIT} holds")
        timeout = _LONGEST_WAIT
    domains = tuple(dict.fromkeys(_DOMAINS.of(identity).read(source)))
    return Outside(identity, domains, timeout, _ROLES.of(identity).read(source))
