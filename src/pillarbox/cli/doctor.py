"""`pillarbox doctor`."""

from pathlib import Path

import typer
from rich.progress import Progress

from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, console, existing, say_json
from pillarbox.datatypes import REGISTRY
from pillarbox.upkeep import Trouble, examined

__all__ = ["doctor"]


def doctor(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = Path("var")) -> None:
    """Verify what is kept: indexes, counts, text, change logs, blobs. Exits with 1 if something is wrong."""
    found: list[Trouble] = []
    accounts = 0
    with (
        existing(config, data) as built,
        Progress(console=console, transient=True, disable=as_json or not console.is_terminal) as progress,
    ):
        task = progress.add_task("Examining accounts", total=len(built.store.accounts()))
        for troubles in examined(built.store, REGISTRY, built.directory):
            found += troubles
            accounts += 1
            progress.advance(task)
    if as_json:
        say_json([{"account": one.account, "place": one.place, "problem": one.problem} for one in found])
    elif not found:
        console.print(f"All is well: the server and {accounts - 1} accounts.")
    for one in [] if as_json else found:
        console.print(f"[red]{one.account}[/red], {one.place}: {one.problem}", highlight=False)
    if found:
        raise typer.Exit(1)
