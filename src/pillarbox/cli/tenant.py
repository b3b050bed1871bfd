"""`pillarbox tenant …`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, at, managing, managing_new, principals
from pillarbox.cli.principal import every, existing, make, say_anew
from pillarbox.cli.shared import JsonOption, any_texts, console, say_json, table, text

__all__ = ["app"]

app = typer.Typer(
    help="Tenants: parts of the server that are somebody's own, and see nothing of others.", no_args_is_help=True
)

_Name = Annotated[
    str, typer.Argument(metavar="TENANT", help="As in acme.", callback=text, autocompletion=principals("tenant"))
]
_PLACES: Mapping[str, int] = {
    "individual": 1,
    "group": 2,
    "resource": 3,
    "location": 4,
    "list": 6,
    "domain": 8,
    "role": 10,
    "apiKey": 11,
    "oauthClient": 12,
}
"""Where in its quota it is said how many principals of a type there may be (management API section 4.2)."""


_Most = Annotated[
    list[str] | None,
    typer.Option(
        "--most",
        metavar="TYPE=NUMBER",
        help="How many principals of a type it may have; 0 for any number.",
        callback=any_texts,
    ),
]
_Description = Annotated[str | None, typer.Option(help="Its name for people.")]
_Roles = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="ROLE", help="Its people do no more than this.", callback=any_texts),
]
_Enabled = Annotated[
    list[str] | None,
    typer.Option("--enable", metavar="PERMISSION", help="Its people may do this, too.", callback=any_texts),
]
_Disabled = Annotated[
    list[str] | None,
    typer.Option("--disable", metavar="PERMISSION", help="Nobody of it may do this.", callback=any_texts),
]


@app.command("list")
@managing
def list_(server: Client, as_json: JsonOption = False) -> None:
    """Show all tenants, and how many people each has."""
    found = [_shown(one) for one in every(server, "tenant")]
    if as_json:
        say_json(found)
        return
    rows = table("Tenant", "Description", "People", "Most", "Roles")
    for one in found:
        most = ", ".join(f"{kind}={number}" for kind, number in one["most"].items())
        rows.add_row(one["name"], one["description"], str(one["people"]), most, ", ".join(one["roles"]))
    console.print(rows if found else "There are no tenants; `pillarbox tenant add TENANT` makes one.")


@app.command("show")
@managing
def show(server: Client, name: _Name, as_json: JsonOption = False) -> None:
    """Show a tenant and what belongs to it."""
    found = existing(server, name, "tenant")
    asked = {"tenant": found["name"], "fields": "type,name"}
    members = [{"type": one["type"], "name": one["name"]} for one in server.pages(at("principal"), asked)]
    told = {**_shown(found), "principals": members}
    if as_json:
        say_json(told)
        return
    for key in ("name", "description", "most", "roles", "enabledPermissions", "disabledPermissions"):
        value = told[key]
        if isinstance(value, dict):
            value = ", ".join(f"{kind}={number}" for kind, number in value.items())
        if value:
            console.print(f"{key}: {', '.join(value) if isinstance(value, list) else value}", highlight=False)
    rows = table("Type", "Name")
    for one in members:
        rows.add_row(one["type"], one["name"])
    console.print(rows if members else "Nothing belongs to it yet.")


@app.command("add")
@managing_new
def add(
    server: Client,
    name: _Name,
    description: _Description = None,
    most: _Most = None,
    role: _Roles = None,
    enable: _Enabled = None,
    disable: _Disabled = None,
) -> None:
    """Make a tenant; `domain add DOMAIN --tenant TENANT` gives it its first domain."""
    make(
        server,
        "tenant",
        name,
        description=description,
        quota=_quota([], most) if most else None,
        roles=role,
        enabledPermissions=enable,
        disabledPermissions=disable,
    )
    console.print(f"There is a tenant {name} now.", highlight=False)


@app.command("change")
@managing
def change(
    server: Client,
    name: _Name,
    description: _Description = None,
    most: _Most = None,
    role: _Roles = None,
    enable: _Enabled = None,
    disable: _Disabled = None,
) -> None:
    """Say anew what a tenant is: each kind of which anything is said, as a whole, but of --most only what is said."""
    found = existing(server, name, "tenant")
    say_anew(
        server,
        found["name"],
        description=description,
        quota=_quota(found["quota"], most) if most else None,
        roles=role,
        enabledPermissions=enable,
        disabledPermissions=disable,
    )
    console.print(f"The tenant {name} is another now.", highlight=False)


@app.command("remove")
@managing
def remove(server: Client, name: _Name) -> None:
    """Remove a tenant that nothing belongs to."""
    server.delete(at("principal", existing(server, name, "tenant")["name"]))
    console.print(f"There is no tenant {name} any more.", highlight=False)


def _quota(had: Sequence[int], most: Sequence[str]) -> list[int]:
    """What a tenant may have, with these numbers for those that it had. Ends the command for what is no number."""
    quota = [*had, *[0] * (max(_PLACES.values()) + 1 - len(had))]
    for one in most:
        kind, _, number = one.partition("=")
        if kind not in _PLACES or not number.isdecimal():
            raise typer.BadParameter(f"write TYPE=NUMBER, of {', '.join(_PLACES)}", param_hint="--most")
        quota[_PLACES[kind]] = int(number)
    return quota


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    quota = found["quota"]
    return {
        "id": found["id"],
        "name": found["name"],
        "description": found.get("description", ""),
        "people": found["members"],
        "most": {kind: quota[place] for kind, place in _PLACES.items() if len(quota) > place and quota[place]},
        **{name: found[name] for name in ("roles", "enabledPermissions", "disabledPermissions")},
    }
