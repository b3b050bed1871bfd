"""`pillarbox role …`."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from pillarbox.access import BUILT_IN, RoleSet
from pillarbox.cli.client import Client, at, managing, managing_new, principals
from pillarbox.cli.principal import effective_of, every, make, named, say_anew
from pillarbox.cli.shared import JsonOption, any_texts, console, fail, say_json, table, text

__all__ = ["app"]

app = typer.Typer(help="Roles: names for what accounts may do.", no_args_is_help=True)

_Name = Annotated[
    str, typer.Argument(metavar="ROLE", help="As in helpdesk.", callback=text, autocompletion=principals("role"))
]


_Roles = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="ROLE", help="It gives all that this one does.", callback=any_texts),
]
_Enabled = Annotated[
    list[str] | None, typer.Option("--enable", metavar="PERMISSION", help="It gives this.", callback=any_texts)
]
_Disabled = Annotated[
    list[str] | None,
    typer.Option("--disable", metavar="PERMISSION", help="It takes this, whatever else gives it.", callback=any_texts),
]


@app.command("list")
@managing
def list_(server: Client, as_json: JsonOption = False) -> None:
    """Show all roles, the built-in ones first."""
    made = every(server, "role")
    if as_json:
        told = [{"name": name} for name in BUILT_IN] + made
        say_json([_shown(one, is_built_in=place < len(BUILT_IN)) for place, one in enumerate(told)])
        return
    rows = table("Role", "Description", "Roles", "Enabled", "Disabled")
    for name in BUILT_IN:
        rows.add_row(name, "built in", "", "", "")
    for one in made:
        each = (one["roles"], one["enabledPermissions"], one["disabledPermissions"])
        rows.add_row(one["name"], one.get("description", ""), *map(", ".join, each))
    console.print(rows)


def _shown(found: Mapping[str, Any], *, is_built_in: bool) -> dict[str, Any]:
    gives = {field: found.get(field, []) for field in ("roles", "enabledPermissions", "disabledPermissions")}
    return {"name": found["name"], "description": found.get("description", ""), "isBuiltIn": is_built_in, **gives}


@app.command("show")
@managing
def show(server: Client, name: _Name, as_json: JsonOption = False) -> None:
    """Show what somebody may do who has this role and no other, one permission a line."""
    if name not in BUILT_IN:
        _existing(server, name)
    permissions = sorted(effective_of(server, RoleSet(frozenset((name,)))))
    if as_json:
        say_json(permissions)
    else:
        console.print("\n".join(permissions), highlight=False)


@app.command("add")
@managing_new
def add(
    server: Client,
    name: _Name,
    description: Annotated[str, typer.Option(help="What it is for.", callback=text)] = "",
    role: _Roles = None,
    enable: _Enabled = None,
    disable: _Disabled = None,
) -> None:
    """Make a role; `account role ADDRESS add ROLE` gives it to an account."""
    make(
        server,
        "role",
        name,
        description=description or None,
        roles=role,
        enabledPermissions=enable,
        disabledPermissions=disable,
    )
    console.print(f"There is a role {name} now.", highlight=False)


@app.command("change")
@managing
def change(
    server: Client, name: _Name, role: _Roles = None, enable: _Enabled = None, disable: _Disabled = None
) -> None:
    """Say anew what a role gives and takes: each kind of which anything is said, as a whole; an empty one is none."""
    _existing(server, name)
    say_anew(server, name, roles=role, enabledPermissions=enable, disabledPermissions=disable)
    console.print(f"The role {name} is another now.", highlight=False)


@app.command("remove")
@managing
def remove(server: Client, name: _Name) -> None:
    """Remove a role that nobody has."""
    _existing(server, name)
    server.delete(at("principal", name))
    console.print(f"There is no role {name} any more.", highlight=False)


def _existing(server: Client, name: str) -> None:
    """Ends the command where no role that was made is called so."""
    if name in BUILT_IN:
        fail(f"{name} is no role that was made: it is built in, and stays as it is")
    found = named(server, name)
    if found is None or found["type"] != "role":
        fail(f"there is no role {name}; `pillarbox role list` shows which there are")
