"""`pillarbox export`."""

import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from pillarbox.access import LIST, Principal
from pillarbox.app import House
from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, console, existing, fail, say_json, text
from pillarbox.datatypes import REGISTRY
from pillarbox.telemetry import Event, emit
from pillarbox.transfer import Exported, ExportError, Format
from pillarbox.transfer import export as exported

__all__ = ["export"]


class _Format(StrEnum):
    maildir = "maildir"
    mbox = "mbox"
    eml = "eml"


_FORMATS: dict[_Format, Format] = {_Format.maildir: "maildir", _Format.mbox: "mbox", _Format.eml: "eml"}


def export(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The address of the account.", callback=text)],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is empty or not there.", readable=False)],
    format_: Annotated[_Format, typer.Option("--format", help="How the mail is written.")] = _Format.maildir,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = Path("var"),
) -> None:
    """Write all mail of an account to files, from which `import` makes the same again: a Maildir, mbox files, or .eml.

    Exits with 1 if a message could not be exported. One that was cut off is begun anew.
    """
    with existing(config, data) as built:
        principal = built.directory.find(account)
        if principal is None:
            fail(f"there is no account {account}; `pillarbox account list` shows which there are")
        if principal.kind == LIST:
            fail(f"{account} is a list, and keeps no mail")
        began = time.monotonic()
        try:
            done = _run(built, principal, folder, _FORMATS[format_], quiet=as_json)
        except ExportError as problem:
            fail(problem.told)
    seconds = round(time.monotonic() - began, 1)
    emit(
        Event.EXPORT_DONE,
        account=principal.name,
        format=format_.value,
        messages=done.messages,
        missing=len(done.missing),
        seconds=seconds,
    )
    if as_json:
        say_json(
            {
                "mailboxes": done.mailboxes,
                "messages": done.messages,
                "octets": done.octets,
                "missing": [{"id": one.id, "why": one.why} for one in done.missing],
            }
        )
    else:
        console.print(f"{done.messages} messages in {done.mailboxes} mailboxes exported.", highlight=False)
        for one in done.missing:
            console.print(Text.assemble(("missing", "yellow"), f" {one.id}: {one.why}"))
    if done.missing:
        raise typer.Exit(1)


def _run(built: House, principal: Principal, folder: Path, format_: Format, *, quiet: bool) -> Exported:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    last = Exported(0)
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(principal.name, total=None)
        heading = (principal.name, format_)
        for last in exported(built.store, REGISTRY, principal.number, heading, folder, datetime.now(UTC)):
            progress.update(task, completed=last.behind, total=last.total)
    return last
