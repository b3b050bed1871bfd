"""Where people are known by a database of others': `directory.<id>.*` of the type `sql`."""

from dataclasses import dataclass

from pillarbox.settings.catalogue.outside import Outside
from pillarbox.settings.catalogue.store import STORES, DatabaseStore
from pillarbox.settings.declare import Declared, Required, Setting
from pillarbox.settings.kind import NAME, BadValue, Kind, optional, quoted
from pillarbox.settings.source import Source

__all__ = ["SQL_FIELDS", "SqlColumns", "SqlDirectory", "sql"]


@dataclass(frozen=True, slots=True)
class SqlColumns:
    """The columns of `query.name` that say what is known of somebody; the login is what was asked for."""

    secret: str
    description: str
    quota: str


@dataclass(frozen=True, slots=True)
class SqlDirectory:
    """A database, and what it is asked; `place` is a database server, or the path of a file of SQLite's.

    Each query has `$1` where the login goes, `recipients` where the address goes, and is never put together with them.
    """

    outside: Outside
    place: DatabaseStore | str
    query_name: str
    query_emails: str | None
    query_recipients: str | None
    columns: SqlColumns


_LONGEST = 16_384


def _query(text: str) -> str:
    if "$1" not in text or "$2" in text or "\0" in text or len(text) > _LONGEST:
        raise BadValue(f"{quoted(text)} is no query with $1 in it, where what is looked for goes")
    return text


_QUERY: Kind[str] = Kind("SQL query", _query, str)


def _path(text: str) -> str:
    if not text.startswith("/") or "\0" in text or len(text) > 4096:
        raise BadValue(f"{quoted(text)} is no absolute path")
    return text


_STORE = Setting(
    "directory.<id>.store",
    optional(NAME),
    None,
    "Of `sql`: the id of a store of the type `postgresql`, for where the database is and who asks.",
    default_said="the file at `path`",
)
_PATH: Setting[str | None] = Setting(
    "directory.<id>.path",
    optional(Kind("path", _path, str)),
    None,
    "Of `sql`: a file of SQLite's, by its absolute path; it is only read.",
    default_said="the database of `store`",
)
_NAME = Required(
    "directory.<id>.query.name",
    _QUERY,
    "Of `sql`: gives a row with `columns.*` for the login `$1`. Values are bound, never put into the text.",
)
_EMAILS: Setting[str | None] = Setting(
    "directory.<id>.query.emails",
    optional(_QUERY),
    None,
    "Of `sql`: gives the addresses of the login `$1`, a row each; the first is the account's.",
    default_said="a login is an address",
)
_RECIPIENTS: Setting[str | None] = Setting(
    "directory.<id>.query.recipients",
    optional(_QUERY),
    None,
    "Of `sql`: gives the login that has the address `$1`.",
    default_said="a login is an address",
)
_SECRET = Setting("directory.<id>.columns.secret", NAME, "secret", "Of `sql`: the hash of the password.")
_DESCRIPTION = Setting("directory.<id>.columns.description", NAME, "description", "Of `sql`: the name of the person.")
_QUOTA = Setting("directory.<id>.columns.quota", NAME, "quota", "Of `sql`: the quota in octets.")

SQL_FIELDS: tuple[Declared[object], ...] = (
    _STORE,
    _PATH,
    _NAME,
    _EMAILS,
    _RECIPIENTS,
    _SECRET,
    _DESCRIPTION,
    _QUOTA,
)


def sql(common: Outside, source: Source) -> SqlDirectory | None:
    """The directory, or None if it lacks what it needs; every field is read in any case."""
    identity = common.id
    place = _place(identity, source)
    name = _NAME.of(identity).read(source)
    emails, recipients = (_EMAILS.of(identity), _RECIPIENTS.of(identity))
    found_emails, found_recipients = emails.read(source), recipients.read(source)
    columns = SqlColumns(*(each.of(identity).read(source) for each in (_SECRET, _DESCRIPTION, _QUOTA)))
    for one, other in ((emails, recipients), (recipients, emails)):
        if source.has(one.key) and not source.has(other.key):
            source.wrong(other.key, "missing", f"{one.key} is of no use without it")
    # What is not understood is not another query, nor none.
    is_whole = (found_emails is None) == (found_recipients is None)
    is_understood = source.has(emails.key) == (found_emails is not None)
    if place is None or name is None or not is_whole or not is_understood:
        return None
    return SqlDirectory(common, place, name, found_emails, found_recipients, columns)


def _place(identity: str, source: Source) -> DatabaseStore | str | None:
    store, path = _STORE.of(identity), _PATH.of(identity)
    named, file = store.read(source), path.read(source)
    if (named is None) == (file is None):
        source.wrong(store.key, "missing", f"either this or {path.key} says where the database is")
        return None
    if named is None:
        return file
    found = next((one for one in STORES.read(source) if one.id == named), None)
    if not isinstance(found, DatabaseStore):
        source.wrong(store.key, "build", f"there is no store {named} of the type postgresql")
        return None
    return found
