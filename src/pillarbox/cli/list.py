"""`pillarbox list …`."""

from pathlib import Path
from typing import Annotated

import typer

from pillarbox.access import LIST
from pillarbox.cli.leaving import leave
from pillarbox.cli.shared import (
    ConfigOption,
    DataOption,
    JsonOption,
    adds,
    console,
    existing,
    opened,
    say_json,
    table,
    text,
)
from pillarbox.datatypes.directory import add_listing, listings, remove_listing

__all__ = ["app"]

app = typer.Typer(help="Lists: addresses whose mail goes on to others.", no_args_is_help=True)

_Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The list's, as in all@example.org.", callback=text)]
_VAR = Path("var")


def _texts(given: list[str] | None) -> list[str]:
    return [text(one) for one in given or ()]


@app.command("add")
def add(
    address: _Address,
    member: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Who gets its mail, here or elsewhere.", callback=_texts),
    ] = None,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Make a list; its domain too, if that is new. Give --member for each of its members."""
    with opened(config, data) as built:
        made = built.directory.add_list(address, member or ())
    console.print(f"{made.address} is a list now.", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show all lists and who is in them."""
    with existing(config, data) as built:
        found = [(one, listings(built.store, one.number)) for one in built.directory.all() if one.kind == LIST]
    if as_json:
        say_json(
            [
                {"id": one.id, "address": one.address, "aliases": list(one.aliases), "members": members}
                for one, members in found
            ]
        )
        return
    rows = table("Address", "Aliases", "Members", "Id")
    for one, members in found:
        rows.add_row(one.address, ", ".join(one.aliases), ", ".join(members), one.id)
    console.print(rows if found else "There are no lists yet; `pillarbox list add ADDRESS` makes one.")


@app.command("member")
def member_(
    address: _Address,
    action: Annotated[str, typer.Argument(metavar="add|remove", help="What to do.")],
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="An address, here or elsewhere.", callback=text)],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Let mail for a list go on to an address, or no longer."""
    is_added = adds(action)
    with existing(config, data) as built:
        (add_listing if is_added else remove_listing)(built.store, address, member)
    console.print(f"{member} is {'' if action == 'add' else 'no longer '}in {address}.", highlight=False)


@app.command("remove")
def remove(
    address: _Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Remove a list; its members stay."""
    with existing(config, data) as built:
        leave(built, address, built.directory.remove_list, is_sure=yes)
