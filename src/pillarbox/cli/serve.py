"""`pillarbox serve`."""

from collections.abc import Sequence
from pathlib import Path

from pillarbox.app import Opened
from pillarbox.app import serve as serve_folder
from pillarbox.cli.shared import ConfigOption, DataOption, configured, console, fail

__all__ = ["serve"]


def serve(config: ConfigOption = None, data: DataOption = Path("var")) -> None:
    """Serve JMAP and take in mail, until Ctrl-C or SIGTERM."""
    pairs, settings = configured(config)
    if not settings.listeners:
        fail("no listener is configured rightly; the messages above say what is wrong with each")
    serve_folder(pairs, settings, data, _ready)


def _ready(listeners: Sequence[Opened]) -> None:
    for one in listeners:
        for address in one.addresses:
            is_web = one.listener.protocol == "http" and not address.startswith("/")
            shown = f"http://{address}" if is_web else address
            name = one.listener.protocol.upper()
            console.print(f"{name:5} [bold]{shown}[/bold]  [dim]{one.listener.id}[/dim]", highlight=False)
    console.print("[dim]Ctrl-C ends it.[/dim]")
