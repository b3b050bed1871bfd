"""`pillarbox apikey …`."""

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pillarbox.cli.bound import ForOption, FromOption, lasting, networks
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
    when,
)
from pillarbox.signin.credentials import CredentialError, NewApiKey, add_key, all_keys, remove_key

__all__ = ["app"]

app = typer.Typer(help="API keys: for programs that manage the server.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="As in backup-robot.", callback=text)]
_VAR = Path("var")


@app.command("add")
def add(
    name: _Name,
    role: Annotated[list[str] | None, typer.Option("--role", help="What it may do, as `admin`.")] = None,
    enable: Annotated[list[str] | None, typer.Option("--enable", help="One permission more.")] = None,
    disable: Annotated[list[str] | None, typer.Option("--disable", help="One that no role gives it.")] = None,
    description: Annotated[str, typer.Option(help="What it is for.", callback=text)] = "",
    good_from: FromOption = None,
    good_for: ForOption = "",
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Make one, and print what to send with each request: this once."""
    now = datetime.now(UTC)
    wanted = NewApiKey(
        name,
        description,
        tuple(role or ()),
        tuple(enable or ()),
        tuple(disable or ()),
        networks(good_from),
        lasting(good_for, now),
    )
    with opened(config, data) as built:
        try:
            secret = add_key(built.store, wanted, now)
        except CredentialError as problem:
            fail(str(problem))
    console.print(f"Authorization: Bearer api_{b64encode(f'{name}:{secret}'.encode()).decode()}", soft_wrap=True)


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show all, without their secrets, which nobody knows."""
    with existing(config, data) as built:
        found = all_keys(built.store)
    if as_json:
        say_json(
            [
                {
                    "name": one.name,
                    "description": one.description,
                    "roles": one.roles,
                    "enabledPermissions": one.enabled_permissions,
                    "disabledPermissions": one.disabled_permissions,
                    "networks": one.networks,
                    "created": one.created,
                    "expires": one.expires,
                }
                for one in found
            ]
        )
        return
    rows = table("Name", "For", "Roles", "Made (UTC)", "Expires (UTC)")
    for one in found:
        expires = when(one.expires) if one.expires else ""
        rows.add_row(one.name, one.description, ", ".join(one.roles), when(one.created), expires)
    console.print(rows if found else "There are no API keys; `pillarbox apikey add NAME` makes one.")


@app.command("remove")
def remove(name: _Name, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """End one, at once and everywhere."""
    with existing(config, data) as built:
        if not remove_key(built.store, name):
            fail(f"there is no API key {name}; `pillarbox apikey list` shows which there are")
    console.print(f"The API key {name} is none any more.", highlight=False)
