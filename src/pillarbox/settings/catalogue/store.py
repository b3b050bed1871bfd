"""Where everything is kept: `storage.data` names one of `store.<id>.*`."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from pillarbox.settings.catalogue.bucket import BUCKET_FIELDS, BUCKET_TIMEOUT, BucketStore, bucket
from pillarbox.settings.declare import Group, Required, Section, Setting
from pillarbox.settings.kind import BOOLEAN, NAME, SECRET, STRING, choice, integer, optional
from pillarbox.settings.quantity import DURATION, Duration
from pillarbox.settings.source import Source
from pillarbox.telemetry import Secret
from pillarbox.wire.hosts import hosts

__all__ = [
    "BLOB_STORE",
    "DATA_STORE",
    "MIGRATE_TO",
    "STORAGE",
    "STORES",
    "AnyStore",
    "BucketStore",
    "DatabaseStore",
    "FolderStore",
    "StoreChoice",
    "UnusableBucket",
    "UnusableStore",
]

TLS: TypeAlias = Literal["disable", "require", "verify-full"]
FeedWay: TypeAlias = Literal["listen", "poll"]


@dataclass(frozen=True, slots=True)
class FolderStore:
    """One SQLite file an account, below a folder; None is the data folder."""

    id: str
    path: str | None


@dataclass(frozen=True, slots=True)
class DatabaseStore:
    """A PostgreSQL database, and who asks it; `host` may name several (`wire.hosts`).

    `tls` is in libpq's words, `feed` how servers on it hear each other.
    """

    id: str
    host: str
    port: int
    database: str
    user: str | None
    password: Secret
    timeout: Duration
    options: str
    max_connections: int
    tls: TLS
    feed: FeedWay


@dataclass(frozen=True, slots=True)
class UnusableStore:
    """One that lacks what it cannot be without. Nothing else may take its place: mail would be kept elsewhere."""

    id: str


@dataclass(frozen=True, slots=True)
class UnusableBucket:
    """The same of a bucket, which nobody takes for a store of everything."""

    id: str


StoreChoice: TypeAlias = FolderStore | DatabaseStore | UnusableStore
AnyStore: TypeAlias = StoreChoice | BucketStore | UnusableBucket

_SERVED = ("sqlite", "postgresql", "s3")
_TYPE = Required(
    "store.<id>.type",
    # The others are known, so that a configuration made for them is told what it will have.
    choice((*_SERVED, "rocksdb", "mysql", "foundationdb", "fs", "azure", "redis", "elasticsearch")),
    "What it is: `sqlite`, files in a folder, or `postgresql`, a database server; or `s3`, a bucket for large blobs. "
    "The others are not served.",
)
_PATH = Setting(
    "store.<id>.path",
    optional(NAME),
    None,
    "Of `sqlite`: the folder of the files, from the data folder on.",
    default_said="the data folder",
)
_HOST = Setting(
    "store.<id>.host",
    NAME,
    "localhost",
    "Of `postgresql`: the server, or the folder of its UNIX socket; or several, as in `db1,db2:5433`, of which that "
    "one is used which takes writes.",
)
_PORT = Setting(
    "store.<id>.port",
    integer(at_least=1, at_most=65_535),
    5432,
    "Of `postgresql`: the port of each server that is named without one.",
)
_DATABASE = Required(
    "store.<id>.database", NAME, "Of `postgresql`: the database. It must be there; its tables need not."
)
_USER = Setting(
    "store.<id>.user",
    optional(NAME),
    None,
    "Of `postgresql`: the role to connect as.",
    default_said="the system's user",
)
_PASSWORD = Setting(
    "store.<id>.password", SECRET, Secret(""), "Of `postgresql`: the role's password.", default_said="none"
)
_TIMEOUT = Setting(
    "store.<id>.timeout",
    DURATION,
    Duration(15_000),
    "Of `postgresql`: how long to wait for a connection, a time that several hosts share, and for a server that takes "
    "nothing any more. Of `s3`: how long a request may take, 30 seconds at most, and 10 for "
    "less than a megabyte.",
    default_said="`15s`; of `s3` `30s`",
)
_OPTIONS = Setting(
    "store.<id>.options",
    STRING,
    "",
    "Of `postgresql`: options of the session, as in `-c search_path=mail`.",
    default_said="none",
)
_MAX_CONNECTIONS = Setting(
    "store.<id>.pool.max-connections",
    # Two calls at once, each of which reads the server's account beside its own.
    integer(at_least=4),
    10,
    "Of `postgresql`: how many connections a process has at most.",
)
_TLS = Setting("store.<id>.tls.enable", BOOLEAN, False, "Of `postgresql`: whether the connection must be encrypted.")
_ANY_CERTIFICATE = Setting(
    "store.<id>.tls.allow-invalid-certs",
    BOOLEAN,
    False,
    "Of `postgresql` and `s3`: whether a certificate is good that nobody known here has signed for the host.",
)
_FEED: Setting[FeedWay] = Setting(
    "store.<id>.feed",
    choice(("listen", "poll")),
    "listen",
    "Of `postgresql`: how servers on one database hear of each other's changes: by its `LISTEN`, or by looking at a "
    "table 40 times a second, for engines and poolers that have none.",
)


def _store(identity: str, source: Source) -> AnyStore:
    """The store; every field of its type is read in any case."""
    setting = _TYPE.of(identity)
    match setting.read(source):
        case "sqlite":
            return FolderStore(identity, _PATH.of(identity).read(source))
        case "postgresql":
            return _database(identity, source)
        case "s3":
            timeout = replace(_TIMEOUT.of(identity), default=BUCKET_TIMEOUT)
            return bucket(identity, source, timeout, _ANY_CERTIFICATE.of(identity)) or UnusableBucket(identity)
        case None:
            return UnusableStore(identity)
        case other:
            source.wrong(setting.key, "build", f"{other} is not served; use one of {', '.join(_SERVED)}")
            return UnusableStore(identity)


def _database(identity: str, source: Source) -> DatabaseStore | UnusableStore:
    database = _DATABASE.of(identity).read(source)
    store = DatabaseStore(
        identity,
        host=_HOST.of(identity).read(source),
        port=_PORT.of(identity).read(source),
        database=database or "",
        user=_USER.of(identity).read(source),
        password=_PASSWORD.of(identity).read(source),
        timeout=_TIMEOUT.of(identity).read(source),
        options=_OPTIONS.of(identity).read(source),
        max_connections=_MAX_CONNECTIONS.of(identity).read(source),
        tls=_tls(identity, source),
        feed=_FEED.of(identity).read(source),
    )
    return store if database and _has_hosts(store, source) else UnusableStore(identity)


def _has_hosts(store: DatabaseStore, source: Source) -> bool:
    try:
        hosts(store.host, store.port)
    except ValueError as problem:
        source.wrong(_HOST.of(store.id).key, "build", str(problem))
        return False
    return True


def _tls(identity: str, source: Source) -> TLS:
    enabled, setting = _TLS.of(identity).read(source), _TLS.of(identity)
    anyone = _ANY_CERTIFICATE.of(identity).read(source)
    if enabled:
        return "require" if anyone else "verify-full"
    # Whatever stands here but a plain no: a password must not travel in the clear where somebody thinks that it does
    # not.
    if source.has(setting.key) and source.value(setting.key, setting.kind, default=True):
        return "verify-full"
    return "disable"


STORES: Section[AnyStore] = Section(
    "store",
    fields=(
        _TYPE,
        _PATH,
        _HOST,
        _PORT,
        _DATABASE,
        _USER,
        _PASSWORD,
        _TIMEOUT,
        _OPTIONS,
        _MAX_CONNECTIONS,
        _TLS,
        _ANY_CERTIFICATE,
        _FEED,
        *BUCKET_FIELDS,
    ),
    build=_store,
    doc="The stores there are.",
)
DATA_STORE = Setting(
    "storage.data",
    optional(NAME),
    None,
    "The id of the store that keeps everything.",
    default_said="the only other one there is, or files in the data folder if there is none",
)
BLOB_STORE = Setting(
    "storage.blob",
    optional(NAME),
    None,
    "The id of the store, of the type `s3`, that keeps blobs of more than 64 kB, where a `postgresql` store keeps "
    "everything else. What was kept before stays where it is.",
    default_said="what keeps everything keeps them, too",
)
MIGRATE_TO = Setting(
    "storage.migrate-to",
    optional(NAME),
    None,
    "The id of the store that accounts move to by `pillarbox migrate`: each of them is served from where it is. When "
    "all are there, `storage.data` names it instead.",
    default_said="none, and nothing moves",
)

STORAGE = Group(
    "Storage",
    "Where everything is kept. `<id>` is a name of your choice. Without any store, files in the data folder keep "
    "everything. The server does not start with a store that it cannot use, rather than with another one.",
    (DATA_STORE, BLOB_STORE, MIGRATE_TO, STORES),
)
