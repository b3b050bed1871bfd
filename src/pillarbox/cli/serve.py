"""`pillarbox serve`."""

from pathlib import Path

from pillarbox.app import serve as serve_house
from pillarbox.cli.shared import ConfigOption, DataOption, console, fail, opened

__all__ = ["serve"]


def serve(config: ConfigOption = None, data: DataOption = Path("var")) -> None:
    """Serve JMAP and take in mail, until Ctrl-C or SIGTERM."""
    with opened(config, data) as built:
        if not built.settings.listeners:
            fail("no listener is configured rightly; the messages above say what is wrong with each")
        serve_house(built, _ready)


def _ready(listeners: list[tuple[str, str, str]]) -> None:
    for id_, protocol, address in listeners:
        shown = f"http://{address}" if protocol == "http" else address
        console.print(f"{protocol.upper():5} [bold]{shown}[/bold]  [dim]{id_}[/dim]", highlight=False)
    console.print("[dim]Ctrl-C ends it.[/dim]")
