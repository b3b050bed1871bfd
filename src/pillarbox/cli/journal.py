"""`pillarbox journal`."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, at, managing, principals
from pillarbox.cli.principal import existing
from pillarbox.cli.shared import JsonOption, any_text, console, say_json, table, text, when

__all__ = ["journal"]


class _Direction(StrEnum):
    IN = "in"
    OUT = "out"


@managing
def journal(
    server: Client,
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS", help="The account's.", callback=text, autocompletion=principals("individual", "group")
        ),
    ],
    id_: Annotated[
        str, typer.Argument(metavar="[ID]", help="Of one message: all that was done with it.", callback=text)
    ] = "",
    direction: Annotated[_Direction | None, typer.Option(help="Messages that came, or that were sent.")] = None,
    part: Annotated[
        str | None,
        typer.Option("--filter", metavar="TEXT", help="With this in an address or the Message-ID.", callback=any_text),
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="TIME", help="Since then, as 2026-01-31T12:00:00Z.", callback=any_text)
    ] = None,
    before: Annotated[str | None, typer.Option(metavar="TIME", help="Before then.", callback=any_text)] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many, the latest.", min=1, max=1000)] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show what became of messages into an account and out of it, the latest first; or the way of one of them."""
    account = existing(server, address, "individual", "group", "resource", "location", "list")["name"]
    if id_:
        one = server.get(at("journal", account, id_))
        if as_json:
            say_json(one)
        else:
            _show_one(one)
        return
    wanted = {"direction": direction, "text": part, "after": after, "before": before, "limit": limit}
    found = server.get(at("journal"), {"account": account, **wanted})["items"]
    if as_json:
        say_json(found)
        return
    rows = table("Id", "At (UTC)", "", "From", "To", "Outcome")
    for one in found:
        to = ", ".join(one["recipients"])
        rows.add_row(one["id"], when(one["at"]), one["direction"], one["sender"] or "<>", to, one["outcome"])
    console.print(rows if found else "There is no such message in the journal.")


def _show_one(one: dict[str, Any]) -> None:
    to = ", ".join(one["recipients"])
    told = f"{one['id']} {one['direction']}: from {one['sender'] or '<>'} to {to}, {one['outcome']}"
    console.print(told, highlight=False)
    rows = table("At (UTC)", "What", "Detail")
    for step in one["steps"]:
        rows.add_row(when(step["at"]), step["what"], step["detail"])
    console.print(rows)
