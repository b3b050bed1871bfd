"""`pillarbox plan`."""

from typing import Annotated

import typer

from pillarbox.cli.client import Client, managing
from pillarbox.cli.declaring import FileArgument, Show, asked, read, show
from pillarbox.cli.shared import JsonOption

__all__ = ["plan"]

_CHANGES = 3
"""How it ends if it is asked to say so: 2 is for a command line that is not understood."""


@managing
def plan(
    server: Client,
    file: FileArgument,
    has_exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 3 if there is anything to change.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what `apply` would change for the server to be as a file declares it, and change nothing."""
    changes = asked(server, read(file), {"dry-run": True})
    show(changes, Show.JSON if as_json else Show.WORDS, ("to create", "to update", "to remove"))
    if has_exit_code and changes:
        raise typer.Exit(_CHANGES)
