"""`pillarbox migrate`."""

import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from pillarbox.app import CannotMigrate, House, is_served, migrating
from pillarbox.cli.client import Client, at, by_socket
from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, configured, console, existing, fail, say_json
from pillarbox.datatypes import REGISTRY
from pillarbox.settings import Snapshot, catalogue
from pillarbox.store import MovingStore
from pillarbox.telemetry import Event, emit
from pillarbox.transfer.moving import Moved, MoveError, move, planned

__all__ = ["migrate"]

_DATA, _TO = catalogue.DATA_STORE.key, catalogue.MIGRATE_TO.key


def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be moved, and change nothing.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = Path("var"),
) -> None:
    """Move everything to the store that `storage.migrate-to` names, account by account, while the server runs.

    After Ctrl-C, or a failure, the same command goes on. Exits with 1 if something has not moved.
    """
    _, settings = configured(config)
    if settings.next_store is None:
        fail(f"{_TO} names no store to move to; set it, restart the server, and do this again")
    with existing(config, data) as built, _told():
        store = built.store
        if not isinstance(store, MovingStore):
            fail(f"{_TO} is in force for new processes only; do this again")
        _refuse_unprepared(settings, data)
        if dry_run:
            _plan(store, as_json=as_json)
            return
        with migrating(built):
            _end(_moved(store, quiet=as_json), built, as_json=as_json)


def _moved(store: MovingStore, *, quiet: bool) -> tuple[Moved, float]:
    began = time.monotonic()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # What is begun is given up before the stores are closed.
        with closing(move(store, REGISTRY)) as steps:
            last = _shown(steps, quiet=quiet)
    finally:
        signal.signal(signal.SIGTERM, before)
    return last, round(time.monotonic() - began, 1)


def _shown(steps: Iterator[Moved], *, quiet: bool) -> Moved:
    """The last of these steps, each shown as a bar while there is a terminal."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("", total=None)
        last = Moved(0)
        for last in steps:
            said = f"{last.doing}: {last.copied.objects} objects, {last.copied.octets >> 20} MiB"
            progress.update(task, description=said, completed=last.done, total=last.total)
    return last


def _end(moved: tuple[Moved, float], built: House, *, as_json: bool) -> None:
    done, seconds = moved
    copied = done.copied
    emit(
        Event.MIGRATE_DONE,
        accounts=done.done,
        left=done.total - done.done,
        objects=copied.objects,
        octets=copied.octets,
        seconds=seconds,
    )
    if as_json:
        say_json(
            {
                "complete": done.is_complete,
                "accounts": done.done,
                "left": done.total - done.done,
                "objects": copied.objects,
                "blobs": copied.blobs,
                "octets": copied.octets,
                "failed": [{"account": one.name, "number": one.account, "why": one.why} for one in done.failures],
            }
        )
    else:
        _say(done, seconds, built.settings[catalogue.MIGRATE_TO] or "")
    if not done.is_complete:
        raise typer.Exit(1)


def _say(done: Moved, seconds: float, to: str) -> None:
    copied = done.copied
    many = f"{copied.objects} objects and {copied.octets} octets in blobs were copied and compared in {seconds} s"
    where = f"{done.done} of {done.total} accounts (the server's own is one) are in {to}"
    console.print(f"{many}; {where}.", highlight=False, soft_wrap=True)
    for one in done.failures:
        console.print(f"not moved: {one.name}: {one.why}", highlight=False, soft_wrap=True)
    if done.is_complete:
        then = f'set {_DATA} = "{to}", take {_TO} out of the settings, and restart the server.'
        console.print(f"Everything has moved, and is served from there already. Now {then}", highlight=False)
    else:
        console.print("What has not moved is served from where it was. The same command goes on.", highlight=False)


def _plan(store: MovingStore, *, as_json: bool) -> None:
    plan = planned(store)
    if as_json:
        say_json({"accounts": plan.accounts, "moved": plan.moved, "octets": plan.octets})
        return
    console.print(
        f"{plan.accounts} accounts would move (the server's own is one), with {plan.octets} octets of messages;"
        f" {plan.moved} have.",
        highlight=False,
    )


def _refuse_unprepared(settings: Snapshot, data: Path) -> None:
    """Ends the command where the running server would not find what has moved."""
    if not is_served(data):
        return
    server = Client(by_socket(data))
    for key, wanted in ((_TO, settings[catalogue.MIGRATE_TO]), (_DATA, settings[catalogue.DATA_STORE])):
        if server.get(at("settings", key))["value"] != wanted:
            fail(f"the server that runs was started with another {key}, and would not find what has moved; restart it")


@contextmanager
def _told() -> Iterator[None]:
    """A block that ends the command with a sentence where nothing can move."""
    try:
        yield
    except MoveError as problem:
        fail(problem.told)
    except CannotMigrate as problem:
        fail(str(problem))
