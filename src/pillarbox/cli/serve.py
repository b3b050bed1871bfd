"""`pillarbox serve`."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.text import Text

from pillarbox.app import Opened
from pillarbox.app import serve as serve_folder
from pillarbox.cli.shared import ConfigOption, DataOption, configured, console, fail
from pillarbox.settings import load

__all__ = ["serve"]


def serve(config: ConfigOption = None, data: DataOption = Path("var")) -> None:
    """Serve JMAP, take in mail and send it, until Ctrl-C or SIGTERM."""
    pairs, settings = configured(config)
    if not settings.listeners:
        fail("no listener is configured rightly; the messages above say what is wrong with each")
    serve_folder(pairs, settings, data, _ready, partial(load, config))


def _ready(listeners: Sequence[Opened]) -> None:
    for one in listeners:
        for address in one.addresses:
            is_web = one.listener.protocol == "http" and not address.startswith("/")
            scheme = "http" if one.listener.tls is None else "https"
            shown = f"{scheme}://{address}" if is_web else address
            name = one.listener.protocol.upper()
            console.print(Text.assemble(f"{name:5} ", (shown, "bold"), "  ", (one.listener.id, "dim")))
    console.print("Ctrl-C ends it.", style="dim")
