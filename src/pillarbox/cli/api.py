"""`pillarbox api`: any endpoint of the management API, as it is."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from pillarbox.cli.client import Client, managing
from pillarbox.cli.shared import fail, text

__all__ = ["api"]


class _Method(StrEnum):
    GET = "GET"
    POST = "POST"
    PATCH = "PATCH"
    DELETE = "DELETE"


@managing
def api(
    server: Client,
    method: Annotated[
        _Method, typer.Argument(metavar="METHOD", help="GET, POST, PATCH or DELETE.", case_sensitive=False)
    ],
    path: Annotated[str, typer.Argument(metavar="PATH", help="As in /api/principal?types=domain.", callback=text)],
    has_body: Annotated[bool, typer.Option("--body-stdin", help="Send what standard input has.")] = False,
) -> None:
    """Call an endpoint of the management API, and print what it answers."""
    if not path.startswith("/api/"):
        fail(f"{path!r} is no path of the management API; all of them begin with /api/")
    body = sys.stdin.buffer.read() if has_body else None
    sys.stdout.buffer.write(server.raw(method.value, path, {}, body).octets)
    sys.stdout.buffer.write(b"\n")
