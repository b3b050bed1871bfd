"""`pillarbox apikey …`."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Annotated

import typer

from pillarbox.cli.bound import ForOption, FromOption, lasting, networks
from pillarbox.cli.client import Client, at, managing, managing_new, principals
from pillarbox.cli.principal import every, existing, make
from pillarbox.cli.shared import JsonOption, console, say_json, table, text, when
from pillarbox.wire.values import utc_date

__all__ = ["app"]

app = typer.Typer(help="API keys: for programs that manage the server.", no_args_is_help=True)

_Name = Annotated[
    str, typer.Argument(metavar="NAME", help="As in backup-robot.", callback=text, autocompletion=principals("apiKey"))
]
_FIELDS = ("description", "roles", "enabledPermissions", "disabledPermissions", "networks", "created", "expires")


@app.command("add")
@managing_new
def add(
    server: Client,
    name: _Name,
    role: Annotated[list[str] | None, typer.Option("--role", help="What it may do, as `admin`.")] = None,
    enable: Annotated[list[str] | None, typer.Option("--enable", help="One permission more.")] = None,
    disable: Annotated[list[str] | None, typer.Option("--disable", help="One that no role gives it.")] = None,
    description: Annotated[str, typer.Option(help="What it is for.", callback=text)] = "",
    tenant: Annotated[str, typer.Option(help="The tenant that it belongs to.", callback=text)] = "",
    good_from: FromOption = None,
    good_for: ForOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make one, and print what to send with each request: this once."""
    # Only here: with all ways to sign in it takes its time to load.
    from pillarbox.signin.credentials import app_password  # noqa: PLC0415

    secret, ends = app_password(), lasting(good_for, datetime.now(UTC))
    make(
        server,
        "apiKey",
        name,
        secrets=secret,
        roles=role,
        enabledPermissions=enable,
        disabledPermissions=disable,
        description=description or None,
        tenant=tenant or None,
        networks=[str(one) for one in networks(good_from)],
        expires=None if ends is None else utc_date(ends),
    )
    bearer = f"Bearer api_{b64encode(f'{name}:{secret}'.encode()).decode()}"
    if as_json:
        say_json({"name": name, "authorization": bearer})
    else:
        console.print(f"Authorization: {bearer}", soft_wrap=True)


@app.command("list")
@managing
def list_(server: Client, as_json: JsonOption = False) -> None:
    """Show all, without their secrets, which nobody knows."""
    found = every(server, "apiKey")
    if as_json:
        empty = {"description": "", "expires": None}
        say_json([{"name": one["name"], **{key: one.get(key, empty.get(key)) for key in _FIELDS}} for one in found])
        return
    rows = table("Name", "For", "Roles", "Made (UTC)", "Expires (UTC)")
    for one in found:
        times = (when(one.get("created", "")), when(one.get("expires", "")))
        rows.add_row(one["name"], one.get("description", ""), ", ".join(one["roles"]), *times)
    console.print(rows if found else "There are no API keys; `pillarbox apikey add NAME` makes one.")


@app.command("remove")
@managing
def remove(server: Client, name: _Name) -> None:
    """End one, at once and everywhere."""
    server.delete(at("principal", existing(server, name, "apiKey")["name"]))
    console.print(f"The API key {name} is none any more.", highlight=False)
