"""`pillarbox import`."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from pillarbox.access import LIST
from pillarbox.app import House
from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, console, existing, fail, say_json, text
from pillarbox.datatypes import REGISTRY
from pillarbox.settings import catalogue
from pillarbox.telemetry import Event, emit
from pillarbox.transfer import Imported, Source, imported, source

__all__ = ["import_"]

_GARBAGE = 20_000
"""Objects made between two looks for garbage."""


def import_(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The address of the account.", callback=text)],
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH…", help="mbox, Maildir, .eml, or a folder of them.", readable=False)
    ],
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = Path("var"),
) -> None:
    """File mail from mbox, Maildir or .eml, with its dates, flags and folders.

    A run that was cut off can be repeated: what is there already is not added again.
    """
    with existing(config, data) as built:
        principal = built.directory.find(account)
        if principal is None:
            fail(f"there is no account {account}; `pillarbox account list` shows which there are")
        if principal.kind == LIST:
            fail(f"{account} is a list, and keeps no mail")
        # All are opened first, so that a wrong path is told before anything is done.
        sources = [source(path) for path in paths]
        began = time.monotonic()
        default = built.settings[catalogue.ACCOUNT_QUOTA]
        quota = default if principal.quota is None else principal.quota
        done = [_one(built, principal.number, one, quota, quiet=as_json) for one in sources]
    skipped = [item for one in done for item in one.skipped]
    seconds = round(time.monotonic() - began, 1)
    added, known = sum(one.added for one in done), sum(one.known for one in done)
    emit(Event.IMPORT_DONE, account=principal.name, messages=added, skipped=len(skipped), seconds=seconds)
    if as_json:
        say_json({"added": added, "known": known, "skipped": [{"key": one.key, "why": one.why} for one in skipped]})
    else:
        console.print(f"{added} messages added, {known} were there already, {len(skipped)} left out.")
        for item in skipped:
            console.print(Text.assemble(("left out", "yellow"), f" {item.key}: {item.why}"))
    if skipped:
        raise typer.Exit(1)


def _one(built: House, account: int, from_: Source, quota: int | None, *, quiet: bool) -> Imported:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[added]} messages"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(from_.name, total=from_.size, added=0)
        last = Imported()
        with _garbage_left():
            for last in imported(built.store, REGISTRY, account, from_, lambda: datetime.now(UTC), quota):
                progress.update(task, completed=last.position, added=last.added)
        return last


@contextmanager
def _garbage_left() -> Iterator[None]:
    """A block in which garbage is looked for as rarely as in a server at work (adr/0031): little of it is in cycles."""
    before = gc.get_threshold()
    gc.set_threshold(_GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*before)
