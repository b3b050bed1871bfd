"""`pillarbox group …`."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, at, managing, managing_new, principals
from pillarbox.cli.principal import adding, called, change, every, existing, leave, mailbox, make, removing
from pillarbox.cli.shared import ActionArgument, AddOrRemove, JsonOption, console, fail, say_json, table, text, texts

__all__ = ["app"]

app = typer.Typer(help="Groups: accounts that several people see.", no_args_is_help=True)

_KINDS = ("group", "resource", "location")
_MEMBERS = ("individual", *_KINDS)
_Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS",
        help="The group's, as in team@example.org.",
        callback=text,
        autocompletion=principals(*_KINDS),
    ),
]
_READ = ":read"


class _Kind(StrEnum):
    GROUP = "group"
    RESOURCE = "resource"
    LOCATION = "location"


@app.command("add")
@managing_new
def add(
    server: Client,
    address: _Address,
    member: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS[:read]", help="Who sees it; :read for who may only read.", callback=texts),
    ] = None,
    quota: Annotated[int | None, typer.Option(help="Octets of mail it may hold.", min=1)] = None,
    kind: Annotated[
        _Kind, typer.Option(metavar="group|resource|location", help="A resource is a thing, a location a room.")
    ] = _Kind.GROUP,
    description: Annotated[str, typer.Option(help="Its name for people.", callback=text)] = "",
    tenant: Annotated[str, typer.Option(help="The tenant that it belongs to.", callback=text)] = "",
) -> None:
    """Make a group with an account of its own; its domain too, if that is new. Give --member for each of its people."""
    name, members = mailbox(address), [_member(one) for one in member or ()]
    named = {given: existing(server, given, *_MEMBERS)["name"] for given, _ in members}
    make(
        server,
        kind.value,
        name,
        emails=[name],
        members=[*named.values()],
        readers=[named[given] for given, is_reader in members if is_reader],
        quota=quota,
        description=description or None,
        tenant=tenant or None,
    )
    console.print(f"{name} is a {kind.value} now.", highlight=False)


@app.command("list")
@managing
def list_(server: Client, as_json: JsonOption = False) -> None:
    """Show all groups and who is in them."""
    groups = every(server, *_KINDS)
    addresses = _addresses(server) if any(one["members"] for one in groups) else {}
    found = [_shown(one, addresses) for one in groups]
    if as_json:
        say_json(found)
        return
    rows = table("Address", "Kind", "Aliases", "Members", "Id", "Quota")
    for one in found:
        who = ", ".join(f"{each['address']}{_READ if each['rights'] == 'read' else ''}" for each in one["members"])
        quota = "" if one["quota"] is None else str(one["quota"])
        rows.add_row(one["address"], one["kind"], ", ".join(one["aliases"]), who, one["id"], quota)
    console.print(rows if found else "There are no groups yet; `pillarbox group add ADDRESS` makes one.")


@app.command("remove")
@managing
def remove(
    server: Client, address: _Address, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Remove a group with all its mail; its members stay."""
    leave(server, existing(server, address, *_KINDS), address, is_sure=yes)


@app.command("member")
@managing
def member_(
    server: Client,
    address: _Address,
    action: ActionArgument,
    who: Annotated[
        str,
        typer.Argument(
            metavar="MEMBER[:read]",
            help="An account; :read if it may only read.",
            callback=text,
            autocompletion=principals(*_MEMBERS),
        ),
    ],
) -> None:
    """Let an account see a group's, with these rights from now on; or no longer."""
    given, is_reader = _member(who)
    group, name = existing(server, address, *_KINDS), existing(server, given, *_MEMBERS)["name"]
    if action is AddOrRemove.ADD:
        rights = (adding if is_reader else removing)("readers", name)
        change(server, group["name"], adding("members", name), rights)
        console.print(f"{given} {'reads' if is_reader else 'sees and changes'} what {address} has.", highlight=False)
        return
    if name not in group["members"]:
        fail(f"{given} is no member of {address}; `pillarbox group list` shows who is")
    change(server, group["name"], removing("members", name))
    console.print(f"{given} is no longer in {address}.", highlight=False)


def _member(given: str) -> tuple[str, bool]:
    """An address, and whether it is written after it that it may only read."""
    if ":" in given.rpartition("@")[2].removesuffix(_READ):
        fail(f"{given} has no right that there is: write {_READ} after the address, or nothing")
    return given.removesuffix(_READ), given.endswith(_READ)


def _addresses(server: Client) -> dict[str, str]:
    """What people know members by."""
    asked = {"types": ",".join(_MEMBERS), "fields": "name,emails"}
    return {one["name"]: called(one) for one in server.pages(at("principal"), asked)}


def _shown(found: dict[str, Any], addresses: dict[str, str]) -> dict[str, Any]:
    address, readers = called(found), found["readers"]
    return {
        "id": found["id"],
        "kind": found["type"],
        "name": found["name"],
        "address": address,
        "aliases": [one for one in found["emails"] if one != address],
        "quota": found.get("quota"),
        "members": [
            {"address": addresses.get(one, one), "rights": "read" if one in readers else "full"}
            for one in found["members"]
        ],
    }
