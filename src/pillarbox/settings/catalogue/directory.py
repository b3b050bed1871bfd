"""Where people are known: `directory.<id>.*`, and `storage.directory`, which names the one for everybody else."""

from dataclasses import dataclass
from typing import TypeAlias

from pillarbox.settings.catalogue.ldap import LDAP_FIELDS, LdapDirectory, ldap
from pillarbox.settings.catalogue.oidc import OIDC_FIELDS, OidcDirectory, oidc
from pillarbox.settings.catalogue.outside import OUTSIDE_FIELDS, Outside, outside
from pillarbox.settings.catalogue.sql import SQL_FIELDS, SqlDirectory, sql
from pillarbox.settings.declare import Group, Required, Section, Setting
from pillarbox.settings.kind import NAME, choice, optional
from pillarbox.settings.source import Source

__all__ = [
    "DEFAULT_DIRECTORY",
    "DIRECTORIES",
    "DIRECTORY",
    "DirectoryChoice",
    "InternalChoice",
    "LdapDirectory",
    "OidcDirectory",
    "SqlDirectory",
    "UnusableDirectory",
]


@dataclass(frozen=True, slots=True)
class InternalChoice:
    """The accounts of this server itself, written down under a name."""

    outside: Outside


@dataclass(frozen=True, slots=True)
class UnusableDirectory:
    """One that lacks what it needs. Its people are not nobody: they are told to come again."""

    outside: Outside


DirectoryChoice: TypeAlias = InternalChoice | LdapDirectory | SqlDirectory | OidcDirectory | UnusableDirectory

_TYPE = Required(
    "directory.<id>.type",
    choice(("internal", "ldap", "sql", "oidc")),
    "What it is: `internal`, the accounts of this server; `ldap`; `sql`, a database of others'; or `oidc`, a provider "
    "of OpenID Connect, whose tokens let people in.",
)


def _directory(identity: str, source: Source) -> DirectoryChoice:
    common = outside(identity, source)
    made: LdapDirectory | SqlDirectory | OidcDirectory | None = None
    match _TYPE.of(identity).read(source):
        case "internal":
            return InternalChoice(common)
        case "ldap":
            made = ldap(common, source)
        case "sql":
            made = sql(common, source)
        case "oidc":
            made = oidc(common, source)
        case _:
            pass
    return made or UnusableDirectory(common)


DIRECTORIES: Section[DirectoryChoice] = Section(
    "directory",
    fields=(_TYPE, *OUTSIDE_FIELDS, *LDAP_FIELDS, *SQL_FIELDS, *OIDC_FIELDS),
    build=_directory,
    doc="The directories there are.",
)
DEFAULT_DIRECTORY = Setting(
    "storage.directory",
    optional(NAME),
    None,
    "The id of the directory that knows the people of all domains that no other directory has.",
    default_said="the accounts of this server",
)

DIRECTORY = Group(
    "Directories",
    "Where people are known besides the accounts of this server, which come first in any case. `<id>` is a name of "
    "your choice. `administrators/directories.md` tells the rest.",
    (DEFAULT_DIRECTORY, DIRECTORIES),
)
