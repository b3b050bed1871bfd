"""`pillarbox certificate …`."""

from typing import Annotated

import typer

from pillarbox.cli.client import Client, at, items, managing
from pillarbox.cli.shared import JsonOption, console, fail, say_json, table, text, when

__all__ = ["app"]

app = typer.Typer(help="Certificates that are had from authorities by ACME.", no_args_is_help=True)

_Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID…",
        help="As in acme.<id> of the settings; all if none is named.",
        autocompletion=items(at("certificates"), "id"),
    ),
]


@app.command("list")
@managing
def list_(server: Client, as_json: JsonOption = False) -> None:
    """Show what there is, until when it is good, when the next is ordered, and why the last attempt failed."""
    found = server.pages(at("certificates"))
    if as_json:
        say_json(found)
        return
    rows = table("Id", "Names", "Issuer", "Ends (UTC)", "Next attempt (UTC)", "Last failure")
    for one in found:
        rows.add_row(
            one["id"],
            ", ".join(one["names"]),
            one["issuer"] or "none yet",
            when(one["ends"] or ""),
            when(one["nextAttempt"]) if one["isWanted"] else "not in the settings",
            one["failure"] or "",
        )
    console.print(rows if found else "The settings want no certificates by ACME, and there are none.")


@app.command("renew")
@managing
def renew(server: Client, ids: _Ids = None) -> None:
    """Order new ones now, whenever that would be; the server does it while it runs."""
    named = [text(one) for one in ids or []]
    known = [one["id"] for one in server.pages(at("certificates")) if one["isWanted"]]
    unknown = sorted(set(named) - set(known))
    if unknown or not known:
        missing = ", ".join(f"acme.{one}" for one in unknown) or "acme.<id>"
        fail(f"the settings have no {missing} that is complete; they have: {', '.join(known) or 'none'}")
    for one in named or known:
        server.post(at("certificates", one, "renew"))
    console.print(f"To be ordered now: {', '.join(named or known)}.", highlight=False)
