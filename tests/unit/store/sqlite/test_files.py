"""What of the embedded store is its own: files, their modes and syncs, what is done with them when they are damaged."""

import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
from tests.toy.notes import NOTE, PAGE, TABLES, add, unneeded

from pillarbox.store import Select, StoreError, Unavailable
from pillarbox.store.sqlite import SQLiteStore

LARGE = bytes(200_000)
REAL = apsw.vfs_names()[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[SQLiteStore]:
    store = SQLiteStore(folder, TABLES)
    store.create(1)
    yield store
    store.close()


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The files and folders whose syncs went through Python, since it was last asked."""
    paths: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        paths.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)

    def taken() -> list[str]:
        found = paths.copy()
        paths.clear()
        return found

    return taken


class _CountingFile(apsw.VFSFile):
    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int], counted: list[str]) -> None:
        super().__init__(REAL, name, flags)
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._counted = counted

    def xSync(self, flags: int) -> None:
        self._counted.append(self._name)
        super().xSync(flags)


class _CountingVFS(apsw.VFS):
    def __init__(self, counted: list[str]) -> None:
        self._counted = counted
        super().__init__("counting", REAL, makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _CountingFile(name, flags, self._counted)


def test_each_commit_is_synced_before_it_is_told(folder: Path) -> None:
    """Architecture, 3.1: synchronous=FULL is in force in the connection that commits."""
    counted: list[str] = []
    vfs = _CountingVFS(counted)
    try:
        store = SQLiteStore(folder, TABLES)
        store.create(1)
        for _ in range(3):
            counted.clear()
            with store.write(1) as unit:
                add(unit)
                assert counted == []
            assert any(name.endswith("account.db-wal") for name in counted)
        store.close()
    finally:
        vfs.unregister()


def test_a_new_account_is_durable_with_the_folders_it_lies_in(folder: Path, synced: Callable[[], list[str]]) -> None:
    store = SQLiteStore(folder, TABLES)
    store.create(7)
    store.close()
    above = (folder.parent, folder, folder / "accounts", folder / "accounts" / "7")
    assert set(map(str, above)) <= set(synced())


def test_a_blob_file_is_durable_with_its_folders_before_the_commit(
    store: SQLiteStore, folder: Path, synced: Callable[[], list[str]]
) -> None:
    home = folder / "accounts" / "1"
    with store.write(1) as unit:
        synced()
        unit.add_blob(LARGE, 0)
        paths = synced()
    (file,) = (path for path in (home / "blobs").rglob("*") if path.is_file())
    assert {str(file.parent), str(home / "blobs"), str(home)} <= set(paths)
    assert any("/incoming/" in path or path == str(file) for path in paths)


def test_only_the_owner_may_look_into_files_and_folders(folder: Path) -> None:
    before = os.umask(0o000)
    try:
        store = SQLiteStore(folder, TABLES)
        for account in (0, 1):
            store.create(account)
            with store.write(account) as unit:
                add(unit)
                unit.add_blob(LARGE, 0)
            paths = [folder, *folder.rglob("*")]
            modes = {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()}
            assert modes == {0o700}
            modes = {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()}
            assert modes == {0o600}
        store.close()
    finally:
        os.umask(before)


def test_making_an_account_leaves_no_other_file(store: SQLiteStore, folder: Path) -> None:
    assert [path.name for path in (folder / "accounts" / "1").iterdir()] == ["account.db"]
    store.create(0)
    assert sorted(path.name for path in folder.iterdir()) == ["accounts", "server.db"]


def test_no_more_connections_are_kept_than_may_be(folder: Path) -> None:
    store = SQLiteStore(folder, TABLES, max_open=3)
    for account in range(1, 20):
        store.create(account)
        with store.write(account) as unit:
            add(unit)

    def open_files() -> int:
        links = (path for path in Path("/proc/self/fd").iterdir() if path.is_symlink())
        return sum(str(folder) in str(link.readlink()) for link in links if link.exists())

    assert 0 < open_files() <= 9
    store.close()
    assert open_files() == 0


FULL = """
import resource, signal, sys
from pathlib import Path
from pillarbox.store import Unavailable
from pillarbox.store.sqlite import SQLiteStore
from tests.toy.notes import TABLES, add, NOTE

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = SQLiteStore(Path(sys.argv[1]), TABLES)
with store.write(1) as unit:
    add(unit, name="before")
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
failed = 0
for write in (
    lambda unit: [add(unit, body="x y z " * 1000, name=str(at) * 5000) for at in range(200)],
    lambda unit: unit.add_blob(bytes(1_000_000), 0),
):
    try:
        with store.write(1) as unit:
            with unit.savepoint():
                write(unit)
    except Unavailable:
        failed += 1
with store.read(1) as unit:
    print(failed, len(unit.numbers(NOTE, 999)))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with store.write(1) as unit:
    add(unit, name="after")
with store.read(1) as unit:
    print(len(unit.numbers(NOTE, 999)), list(unit.inspect([NOTE])))
store.close()
"""


def test_a_full_disk_is_told_and_does_no_harm(store: SQLiteStore, folder: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[4],
    )
    assert ran.stdout.splitlines() == ["2 1", "2 []"], ran.stderr


def test_a_file_that_is_no_database_is_damaged_and_not_only_unavailable(store: SQLiteStore, folder: Path) -> None:
    store.close()
    (folder / "accounts" / "1" / "account.db").write_bytes(b"something else" * 1000)
    again = SQLiteStore(folder, TABLES)
    with pytest.raises(StoreError) as raised, again.read(1):
        pytest.fail("it is no database")
    assert not isinstance(raised.value, Unavailable)
    again.close()


def test_a_file_of_another_version_is_left_alone(store: SQLiteStore, folder: Path) -> None:
    store.close()
    path = folder / "accounts" / "1" / "account.db"
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", 99)
    connection.close()
    again = SQLiteStore(folder, TABLES)
    with pytest.raises(StoreError, match="another version"), again.write(1):
        pytest.fail("it is another version's")
    again.close()


def test_what_is_left_of_a_removal_that_was_cut_short_is_removed(store: SQLiteStore, folder: Path) -> None:
    left = folder / "accounts" / ".going-1-0123"
    left.mkdir()
    (left / "account.db").touch()
    assert store.accounts() == [1]
    store.remove(1)
    assert list((folder / "accounts").iterdir()) == []


def test_the_log_of_a_large_unit_does_not_stay_large(store: SQLiteStore, folder: Path) -> None:
    for _ in range(2):
        with store.write(1) as unit:
            for at in range(300):
                unit.add_blob(bytes([at % 256]) * 65_000 + str(unit.fresh()).encode(), 0)
    with store.write(1) as unit:
        add(unit)
    with store.write(1) as unit:
        add(unit)
    assert (folder / "accounts" / "1" / "account.db-wal").stat().st_size <= 20 * 1024 * 1024
    with store.read(1) as unit:
        assert unit.count(NOTE, Select()) == 2


def test_what_an_interrupted_removal_or_making_left_is_told_and_swept(folder: Path) -> None:
    now = [time.time()]
    store = SQLiteStore(folder, TABLES, lambda: now[0])
    for account in (0, 1):
        store.create(account)
    going = folder / "accounts" / ".going-7-abc"
    (going / "blobs" / "ab").mkdir(parents=True)
    (going / "blobs" / "ab" / "mail").write_bytes(LARGE)
    making = [
        folder / ".making-a",
        folder / "accounts" / "1" / ".making-b",
        folder / "accounts" / "1" / ".making-b-wal",
    ]
    for path in making:
        path.touch()

    # Those that are young may be another process's.
    assert store.remains() == [".going-7-abc is of an account that was removed"]
    store.sweep(1, unneeded)
    assert going.exists()
    store.sweep(0, unneeded)
    assert not going.exists()
    assert all(path.exists() for path in making)

    now[0] += 3700
    assert len(store.remains()) == 3
    store.sweep(0, unneeded)
    assert store.remains() == []
    assert not any(path.exists() for path in making)
    assert store.accounts() == [0, 1]
    store.close()


@pytest.mark.parametrize("place", ["blobs/ab", "blobs/incoming"])
def test_a_folder_of_blobs_that_cannot_be_read_is_unavailable(store: SQLiteStore, folder: Path, place: str) -> None:
    path = folder / "accounts" / "1" / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"a file where a folder belongs")

    with pytest.raises(Unavailable):
        store.sweep(1, unneeded)


def test_tables_that_are_missing_are_damage(store: SQLiteStore, folder: Path) -> None:
    with store.write(1) as unit:
        add(unit)
    store.close()
    connection = apsw.Connection(str(folder / "accounts" / "1" / "account.db"))
    connection.execute('DROP TABLE "d_Note"')
    connection.close()
    again = SQLiteStore(folder, TABLES)
    with pytest.raises(StoreError, match="damaged"), again.read(1) as unit:
        unit.numbers(NOTE, 9)
    again.close()


def test_of_what_was_deleted_the_file_has_nothing(store: SQLiteStore, folder: Path) -> None:
    """RFC 8620 section 7.2: keys are erased from storage; once the log is part of the file, which closing makes it."""
    with store.write(1) as unit:
        number = unit.fresh()
        page = {"key": "a secret of somebody's" * 20}
        unit.insert(PAGE, number, page)
        add(unit, name="stays")
    with store.write(1) as unit:
        unit.delete(PAGE, number, page)
    store.close()

    octets = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"stays" in octets
    assert b"a secret of somebody's" not in octets


def test_an_account_that_goes_meanwhile_keeps_nobody_from_looking_for_what_is_left(tmp_path: Path) -> None:
    """A folder that was listed may be gone when it is looked into; here one is all the time."""
    store = SQLiteStore(tmp_path, TABLES)
    stopping = threading.Event()

    def come_and_go() -> None:
        while not stopping.is_set():
            folder = tmp_path / "accounts" / "7"
            folder.mkdir(parents=True, exist_ok=True)
            folder.rmdir()

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        assert [found for _ in range(3000) for found in store.remains()] == []
    finally:
        stopping.set()
        thread.join()
        store.close()
