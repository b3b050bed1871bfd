"""`pillarbox role …`."""

from pathlib import Path
from typing import Annotated

import typer

from pillarbox.access import BUILT_IN, PERMISSIONS, RoleSet, effective
from pillarbox.cli.shared import (
    ConfigOption,
    DataOption,
    JsonOption,
    console,
    existing,
    fail,
    opened,
    say_json,
    table,
    text,
)
from pillarbox.datatypes.directory import RoleChange, add_role, change_role, remove_role, roles

__all__ = ["app"]

app = typer.Typer(help="Roles: names for what accounts may do.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="ROLE", help="As in helpdesk.", callback=text)]
_VAR = Path("var")


def _texts(given: list[str] | None) -> list[str] | None:
    return [text(one) for one in given if one] if given else None


_Roles = Annotated[
    list[str] | None, typer.Option("--role", metavar="ROLE", help="It gives all that this one does.", callback=_texts)
]
_Enabled = Annotated[
    list[str] | None, typer.Option("--enable", metavar="PERMISSION", help="It gives this.", callback=_texts)
]
_Disabled = Annotated[
    list[str] | None,
    typer.Option("--disable", metavar="PERMISSION", help="It takes this, whatever else gives it.", callback=_texts),
]


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show all roles, the built-in ones first."""
    with existing(config, data) as built:
        made = roles(built.store)
    if as_json:
        say_json(
            [
                *({"name": name, "description": "", "isBuiltIn": True} for name in BUILT_IN),
                *({"name": one.name, "description": one.description, "isBuiltIn": False} for one in made),
            ]
        )
        return
    rows = table("Role", "Description", "Roles", "Enabled", "Disabled")
    for name in BUILT_IN:
        rows.add_row(name, "built in", "", "", "")
    for one in made:
        each = (one.roles, one.enabled_permissions, one.disabled_permissions)
        rows.add_row(one.name, one.description, *map(", ".join, each))
    console.print(rows)


@app.command("show")
def show(name: _Name, as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show what somebody may do who has this role and no other, one permission a line."""
    with existing(config, data) as built:
        made = {one.name: one.role_set for one in roles(built.store)}
    if name not in BUILT_IN and name not in made:
        fail(f"there is no role {name}; `pillarbox role list` shows which there are")
    permissions = sorted(effective(RoleSet(frozenset((name,))), made.get))
    if as_json:
        say_json(permissions)
    else:
        console.print("\n".join(permissions), highlight=False)


@app.command("add")
def add(
    name: _Name,
    description: Annotated[str, typer.Option(help="What it is for.", callback=text)] = "",
    role: _Roles = None,
    enable: _Enabled = None,
    disable: _Disabled = None,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Make a role; `account role ADDRESS add ROLE` gives it to an account."""
    with opened(config, data) as built:
        add_role(built.store, name, description, RoleChange(role, enable, disable), PERMISSIONS)
    console.print(f"There is a role {name} now.", highlight=False)


@app.command("change")
def change(
    name: _Name,
    role: _Roles = None,
    enable: _Enabled = None,
    disable: _Disabled = None,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Say anew what a role gives and takes: each kind of which anything is said, as a whole; an empty one is none."""
    with existing(config, data) as built:
        change_role(built.store, name, RoleChange(role, enable, disable), PERMISSIONS)
    console.print(f"The role {name} is another now.", highlight=False)


@app.command("remove")
def remove(name: _Name, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Remove a role that nobody has."""
    with existing(config, data) as built:
        remove_role(built.store, name)
    console.print(f"There is no role {name} any more.", highlight=False)
