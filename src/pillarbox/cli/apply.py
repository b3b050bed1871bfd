"""`pillarbox apply`."""

from typing import Annotated

import typer

from pillarbox.cli.client import Client, managing_new
from pillarbox.cli.declaring import FileArgument, Show, asked, confirm, read, show
from pillarbox.cli.shared import JsonOption

__all__ = ["apply"]


@managing_new
def apply(
    server: Client,
    file: FileArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before accounts go with their mail.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the server as a file declares it, all of it or nothing, and show what was changed."""
    document = read(file)
    if document.get("prune") and not yes:
        confirm(asked(server, document, {"dry-run": True}))
    changes = asked(server, document, {})
    show(changes, Show.JSON if as_json else Show.WORDS, ("created", "updated", "removed"))
