"""`pillarbox group …`."""

from pathlib import Path
from typing import Annotated

import typer

from pillarbox.access import GROUP, RESOURCE, Rights
from pillarbox.app import folders
from pillarbox.cli.leaving import leave
from pillarbox.cli.shared import (
    ConfigOption,
    DataOption,
    JsonOption,
    adds,
    console,
    existing,
    fail,
    opened,
    say_json,
    table,
    text,
)

__all__ = ["app"]

app = typer.Typer(help="Groups: accounts that several people see.", no_args_is_help=True)

_Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The group's, as in team@example.org.", callback=text)]
_VAR = Path("var")
_READ = ":read"


def _texts(given: list[str] | None) -> list[str]:
    return [text(one) for one in given or ()]


@app.command("add")
def add(
    address: _Address,
    member: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS[:read]", help="Who sees it; :read for who may only read.", callback=_texts),
    ] = None,
    quota: Annotated[int | None, typer.Option(help="Octets of mail it may hold.", min=1)] = None,
    kind: Annotated[str, typer.Option(metavar="group|resource", help="A resource is a room or a thing.")] = GROUP,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Make a group with an account of its own; its domain too, if that is new. Give --member for each of its people."""
    if kind not in (GROUP, RESOURCE):
        raise typer.BadParameter("say group or resource", param_hint="--kind")
    members = dict(map(_member, member or ()))
    with opened(config, data) as built:
        group = built.directory.add_group(address, members, folders(built.settings), quota, kind=kind)
    console.print(f"{group.name} is a {group.kind} now.", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show all groups and who is in them."""
    with existing(config, data) as built:
        groups = [
            (one, [(member.name, rights) for member, rights in built.directory.members(one.name)])
            for one in built.directory.all()
            if one.is_group
        ]
    if as_json:
        say_json(
            [
                {
                    "id": one.id,
                    "kind": one.kind,
                    "name": one.name,
                    "address": one.address,
                    "aliases": list(one.aliases),
                    "quota": one.quota,
                    "members": [{"address": address, "rights": rights.value} for address, rights in members],
                }
                for one, members in groups
            ]
        )
        return
    rows = table("Address", "Kind", "Aliases", "Members", "Id", "Quota")
    for one, members in groups:
        who = ", ".join(f"{address}{_READ if rights is Rights.READ else ''}" for address, rights in members)
        quota = "" if one.quota is None else str(one.quota)
        rows.add_row(one.name, one.kind, ", ".join(one.aliases), who, one.id, quota)
    console.print(rows if groups else "There are no groups yet; `pillarbox group add ADDRESS` makes one.")


@app.command("remove")
def remove(
    address: _Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Remove a group with all its mail; its members stay."""
    with existing(config, data) as built:
        leave(built, address, built.directory.remove_group, is_sure=yes)


@app.command("member")
def member(
    address: _Address,
    action: Annotated[str, typer.Argument(metavar="add|remove", help="What to do.")],
    who: Annotated[
        str, typer.Argument(metavar="MEMBER[:read]", help="An account; :read if it may only read.", callback=text)
    ],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Let an account see a group's, with these rights from now on; or no longer."""
    is_added = adds(action)
    name, rights = _member(who)
    with existing(config, data) as built:
        if is_added:
            built.directory.add_member(address, name, rights)
            does = "reads" if rights is Rights.READ else "sees and changes"
            console.print(f"{name} {does} what {address} has.", highlight=False)
        else:
            built.directory.remove_member(address, name)
            console.print(f"{name} is no longer in {address}.", highlight=False)


def _member(given: str) -> tuple[str, Rights]:
    """An address, and the rights that are written after it."""
    if ":" in given.rpartition("@")[2].removesuffix(_READ):
        fail(f"{given} has no right that there is: write {_READ} after the address, or nothing")
    return (given.removesuffix(_READ), Rights.READ) if given.endswith(_READ) else (given, Rights.FULL)
