"""`pillarbox logs`."""

import json
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.text import Text

from pillarbox.cli.client import Client, at, managing
from pillarbox.cli.shared import JsonOption, any_text, console

__all__ = ["followed", "logs"]

_PAGE = 1000
_PAUSE = 1.0
_COLOURS = {"WARN": "yellow", "ERROR": "red"}


class _Level(StrEnum):
    debug = "debug"
    info = "info"
    warn = "warn"
    error = "error"


@managing
def logs(
    server: Client,
    lines: Annotated[int, typer.Option("--lines", help="How many, the latest.", min=1, max=_PAGE)] = 50,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until Ctrl-C.")] = False,
    part: Annotated[
        str | None, typer.Option("--filter", metavar="TEXT", help="Lines with this in them.", callback=any_text)
    ] = None,
    level: Annotated[_Level | None, typer.Option(help="Lines of this level and above.")] = None,
    event: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Lines of this event, as queue.delivered.", callback=any_text),
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Lines that name this account.", callback=any_text)
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Lines since then, as 2026-01-31T12:00:00Z.", callback=any_text),
    ] = None,
    before: Annotated[str | None, typer.Option(metavar="TIME", help="Lines before then.", callback=any_text)] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the log of the server, the latest lines last.

    With --json an object a line.
    """
    wanted = {"filter": part, "level": level, "event": event, "account": account, "after": after, "before": before}

    def asked(since: str | None, limit: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = server.get(at("logs"), {**wanted, "after": since or after, "limit": limit})[
            "items"
        ]
        return found[::-1]

    shown = asked(None, lines)
    _show(shown, as_json=as_json)
    if follow:
        for more in followed(shown, asked, lambda: time.sleep(_PAUSE)):
            _show(more, as_json=as_json)


def followed(
    shown: list[dict[str, Any]],
    asked: Callable[[str | None, int], list[dict[str, Any]]],
    wait: Callable[[], None],
) -> Iterator[list[dict[str, Any]]]:
    """What comes after lines that are shown, each line once, for ever.

    `asked` gives the lines since a moment, it included, which are no more than a page.
    """
    latest = shown
    while True:
        wait()
        since = latest[-1]["timestamp"] if latest else None
        found = asked(since, _PAGE)
        known = [one for one in latest if one["timestamp"] == since]
        new = [one for one in found if one not in known]
        if new:
            latest = found
            yield new


def _show(found: list[dict[str, Any]], *, as_json: bool) -> None:
    for one in found:
        if as_json:
            typer.echo(json.dumps(one, ensure_ascii=False))
            continue
        level = (f"{one['level']:5}", _COLOURS.get(one["level"], ""))
        line = Text.assemble((one["timestamp"], "dim"), " ", level, " ", (one["event_id"], "bold"), " ", one["details"])
        console.print(line, soft_wrap=True, highlight=False)
