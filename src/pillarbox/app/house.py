"""What is there without any listener: the command line needs no more."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pillarbox.app.descriptors import POOL
from pillarbox.settings import (
    BucketStore,
    DatabaseStore,
    FolderStore,
    Layers,
    Snapshot,
    StoreChoice,
    UnusableStore,
    snapshot,
)
from pillarbox.settings.catalogue import BLOB_STORE, DATA_STORE, MIGRATE_TO
from pillarbox.store import Depot, Feed, Listener, Movable, MovingStore, Store, StoreError, Volatile
from pillarbox.store.hub import HubFeed
from pillarbox.telemetry import Event, emit

if TYPE_CHECKING:
    # The directory knows all data types, and these are loaded when a house is opened: see the package.
    from pillarbox.access import Passwords
    from pillarbox.datatypes.directory import InternalDirectory

__all__ = ["House", "house", "linked", "sole", "volatile"]


@dataclass(frozen=True)
class House:
    """The parts that keep and know, under these settings, which `layers` are the texts of."""

    settings: Snapshot
    data: Path
    store: Store
    feed: HubFeed
    directory: "InternalDirectory"
    layers: Layers

    @cached_property
    def passwords(self) -> "Passwords":
        """Made when first asked for, which most commands never do: it hashes one, in 64 MiB and a tenth of a second."""
        from pillarbox.access import Passwords  # noqa: PLC0415

        return Passwords()


@contextmanager
def house(settings: Snapshot, data: Path) -> Iterator[House]:
    """Everything that is kept where the local settings say, made if it is new, under those of the database too.

    Raises store.StoreError; not where the database's settings alone cannot be read, which the log is told.
    """
    from pillarbox.datatypes.directory import InternalDirectory  # noqa: PLC0415

    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _voice(settings) as untold:
        feed = HubFeed(data, untold)
        try:
            store = _stores(settings, data, feed)
            try:
                store.create(0)
                layers = Layers(settings.pairs, _kept(store))
                if layers.pairs is not layers.written:
                    settings, _ = snapshot(layers.pairs)
                yield House(settings, data, store, feed, InternalDirectory(store), layers)
            finally:
                store.close()
        finally:
            feed.close()


@contextmanager
def linked(built: House) -> Iterator[None]:
    """A block in which the servers on one database hear each other; files have one server."""
    match built.settings.store:
        case DatabaseStore() as chosen:
            from pillarbox.app.database import link  # noqa: PLC0415

            with link(chosen, built.feed).running():
                yield
        case _:
            yield


@contextmanager
def sole(built: House) -> Iterator[Callable[[], bool]]:
    """Tells whether this server is the one that does what only one may do: of several on a database there is one.

    What it tells is to be asked again and again, and not on an event loop.
    """
    match built.settings.store:
        case DatabaseStore() as chosen:
            from pillarbox.app.database import sole  # noqa: PLC0415

            with closing(sole(chosen)) as lock:
                yield lock.is_ours
        case _:
            yield lambda: True


def volatile(built: House, seat: int) -> Volatile:
    """What all workers share and may lose, for one of them."""
    match built.settings.store:
        case DatabaseStore() as chosen:
            from pillarbox.app.database import volatile  # noqa: PLC0415

            return volatile(chosen)
        case _:
            from pillarbox.store.sqlite import SQLiteVolatile  # noqa: PLC0415

            return SQLiteVolatile(built.data, seat=seat)


def _kept(store: Store) -> dict[str, str]:
    from pillarbox.datatypes.server import setting_texts  # noqa: PLC0415

    try:
        return setting_texts(store)
    except StoreError as problem:
        emit(Event.STORE_FAILED, known=problem.known)
        return {}


@contextmanager
def _voice(settings: Snapshot) -> Iterator[Listener | None]:
    """Who is told of what no hub takes: elsewhere there may be servers, though none is here."""
    match settings.store:
        case DatabaseStore() as chosen:
            from pillarbox.app.database import voice  # noqa: PLC0415

            with closing(voice(chosen)) as speaking:
                yield speaking.tell
        case _:
            yield None


def _stores(settings: Snapshot, data: Path, feed: Feed) -> Store:
    chosen, following = settings.store, settings.next_store
    depot = _depot(settings)
    source = _store(chosen, data, feed, depot)
    if following is None:
        return source
    if isinstance(following, UnusableStore):
        source.close()
        raise StoreError(f"the settings have no usable store {following.id} ({MIGRATE_TO.key})")
    try:
        if _place(chosen, data) == _place(following, data):
            raise StoreError(f"{MIGRATE_TO.key} names the store in which everything is kept already")
        return MovingStore(source, _store(following, data, feed, depot))
    except BaseException:
        source.close()
        raise


def _place(chosen: StoreChoice, data: Path) -> tuple[object, ...]:
    """What two settings have in common that mean one store."""
    match chosen:
        case FolderStore(path=path):
            return ((data / (path or "")).resolve(),)
        case DatabaseStore():
            return chosen.host, chosen.port, chosen.database, chosen.options
        case UnusableStore(id=name):
            return (name,)


def _depot(settings: Snapshot) -> Depot | None:
    """Where large blobs are. Raises StoreError where the settings name a place that no store would use."""
    match settings.bucket:
        case None:
            return None
        case UnusableStore(id=name):
            raise StoreError(f"the settings have no usable store {name} ({BLOB_STORE.key}), and none takes its place")
        case BucketStore() as bucket:
            if not any(isinstance(one, DatabaseStore) for one in (settings.store, settings.next_store)):
                raise StoreError(f"{BLOB_STORE.key}: only a store of the type postgresql keeps large blobs elsewhere")
            from pillarbox.app.bucket import depot  # noqa: PLC0415

            return depot(bucket)


def _store(chosen: StoreChoice, data: Path, feed: Feed, depot: Depot | None) -> Movable:
    match chosen:
        case FolderStore(path=path):
            from pillarbox.datatypes import REGISTRY  # noqa: PLC0415
            from pillarbox.store.sqlite import SQLiteStore  # noqa: PLC0415

            return SQLiteStore(data / path if path else data, REGISTRY.tables, feed=feed, max_open=POOL)
        case UnusableStore(id=name):
            raise StoreError(f"the settings have no usable store {name} ({DATA_STORE.key}), and none takes its place")
        case DatabaseStore():
            from pillarbox.app.database import store  # noqa: PLC0415

            return store(chosen, feed, depot)
