"""`pillarbox backup`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, console, existing, fail, say_json
from pillarbox.datatypes import REGISTRY
from pillarbox.telemetry import Event, emit
from pillarbox.transfer.backup import Backed, BackupError
from pillarbox.transfer.backup import backup as backed

__all__ = ["Step", "backup", "last_of", "told"]


class Step(Protocol):
    """How far something is: of so many accounts, those that are done, and the one at hand."""

    total: int
    done: int
    doing: str


S = TypeVar("S", bound=Step)


def backup(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A folder that is empty or not there, or has a backup.", readable=False),
    ],
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = Path("var"),
) -> None:
    """Write a backup of everything, while the server runs. Exits with 1 if something could not be read.

    In the folder of an earlier backup only what is new is copied, and that backup is whole until this one is.
    """
    with existing(config, data) as built:
        if folder.resolve().is_relative_to(data.resolve()):
            fail(f"{folder} is in the data folder; name a folder elsewhere, best on another disk")
        began = time.monotonic()
        with told():
            done = last_of(backed(built.store, REGISTRY, folder, datetime.now(UTC)), Backed(0), quiet=as_json)
    seconds = round(time.monotonic() - began, 1)
    emit(
        Event.BACKUP_DONE,
        accounts=done.total - 1,
        objects=done.objects,
        octets=done.octets,
        copied=done.copied,
        lost=len(done.lost),
        seconds=seconds,
    )
    if as_json:
        say_json(
            {
                "accounts": done.total - 1 - len(done.nameless),
                "objects": done.objects,
                "blobs": done.blobs,
                "octets": done.octets,
                "copied": done.copied,
                "lost": [{"account": one.account, "blob": one.blob, "why": one.why} for one in done.lost],
                "nameless": done.nameless,
            }
        )
    else:
        _say(done)
    if done.lost or done.nameless:
        raise typer.Exit(1)


def _say(done: Backed) -> None:
    many = f"{done.total - 1 - len(done.nameless)} accounts, {done.objects} objects, {done.octets} octets in blobs"
    console.print(f"{many}, {done.copied} of them copied.", highlight=False)
    for one in done.lost:
        console.print(f"lost: {one.account}, blob {one.blob}: {one.why}", highlight=False, soft_wrap=True)
    for number in done.nameless:
        why = "there is data of an account that does not exist, and it is not in the backup"
        console.print(f"left out: number {number}: {why}; see `pillarbox doctor`", highlight=False, soft_wrap=True)


@contextmanager
def told() -> Iterator[None]:
    """A block whose BackupErrors end the command with a sentence."""
    try:
        yield
    except BackupError as problem:
        fail(problem.told)


def last_of(steps: Iterator[S], first: S, *, quiet: bool) -> S:
    """The last of these steps, each shown as a bar while there is a terminal."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    last = first
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("", total=None)
        for last in steps:
            progress.update(task, description=last.doing, completed=last.done, total=last.total)
    return last
