"""`pillarbox list …`."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, managing, managing_new, principals
from pillarbox.cli.principal import adding, called, change, every, existing, known, leave, mailbox, make, removing
from pillarbox.cli.shared import ActionArgument, AddOrRemove, JsonOption, console, fail, say_json, table, text, texts

__all__ = ["app"]

app = typer.Typer(help="Lists: addresses whose mail goes on to others.", no_args_is_help=True)

_Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS", help="The list's, as in all@example.org.", callback=text, autocompletion=principals("list")
    ),
]


@app.command("add")
@managing_new
def add(
    server: Client,
    address: _Address,
    member: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Who gets its mail, here or elsewhere.", callback=texts),
    ] = None,
) -> None:
    """Make a list; its domain too, if that is new. Give --member for each of its members."""
    name = mailbox(address)
    # All that is kept of a member is an address, wherever that is.
    make(server, "list", name, emails=[name], externalMembers=[mailbox(one) for one in member or ()])
    console.print(f"{name} is a list now.", highlight=False)


@app.command("list")
@managing
def list_(server: Client, as_json: JsonOption = False) -> None:
    """Show all lists and who is in them."""
    found = [_shown(one) for one in every(server, "list")]
    if as_json:
        say_json(found)
        return
    rows = table("Address", "Aliases", "Members", "Id")
    for one in found:
        rows.add_row(one["address"], ", ".join(one["aliases"]), ", ".join(one["members"]), one["id"])
    console.print(rows if found else "There are no lists yet; `pillarbox list add ADDRESS` makes one.")


@app.command("member")
@managing
def member_(
    server: Client,
    address: _Address,
    action: ActionArgument,
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="An address, here or elsewhere.", callback=text)],
) -> None:
    """Let mail for a list go on to an address, or no longer."""
    is_added = action is AddOrRemove.ADD
    found, wanted = existing(server, address, "list"), mailbox(member)
    if is_added:
        change(server, found["name"], adding("externalMembers", wanted))
    elif wanted in found["externalMembers"]:
        change(server, found["name"], removing("externalMembers", wanted))
    else:
        change(server, found["name"], removing("members", _name_within(server, found, wanted)))
    console.print(f"{member} is {'' if is_added else 'no longer '}in {address}.", highlight=False)


@app.command("remove")
@managing
def remove(
    server: Client, address: _Address, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Remove a list; its members stay."""
    leave(server, existing(server, address, "list"), address, is_sure=yes)


def _name_within(server: Client, found: Mapping[str, Any], address: str) -> str:
    """What a member of the list with this address is called. Ends the command for who is none."""
    there = known(server, address, "individual", "group", "resource", "location", "list")
    if there is None or there["name"] not in found["members"]:
        fail(f"{address} is no member of {called(found)}; `pillarbox list list` shows who is")
    return str(there["name"])


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    address = called(found)
    return {
        "id": found["id"],
        "address": address,
        "aliases": [one for one in found["emails"] if one != address],
        "members": [*found["members"], *found["externalMembers"]],
    }
