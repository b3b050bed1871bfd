"""`pillarbox apply`."""

from pillarbox.cli.client import Client, managing_new
from pillarbox.cli.declaring import FileArgument, Show, asked, read, show
from pillarbox.cli.shared import JsonOption

__all__ = ["apply"]


@managing_new
def apply(server: Client, file: FileArgument, as_json: JsonOption = False) -> None:
    """Make the server as a file declares it, all of it or nothing, and show what was changed."""
    changes = asked(server, read(file), {})
    show(changes, Show.JSON if as_json else Show.WORDS, ("created", "updated", "removed"))
