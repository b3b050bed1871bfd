"""`pillarbox account …`."""

import getpass
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pillarbox.access import PERMISSIONS, PERSON, USER, RoleSet
from pillarbox.app import folders
from pillarbox.cli.credential import app_password, person, second_factor, secrets
from pillarbox.cli.leaving import leave
from pillarbox.cli.shared import (
    ConfigOption,
    DataOption,
    JsonOption,
    adds,
    console,
    existing,
    fail,
    is_text,
    opened,
    say_json,
    table,
    text,
)
from pillarbox.datatypes.directory import change_permissions
from pillarbox.signin.credentials import CredentialError, put_password

__all__ = ["app"]

app = typer.Typer(help="Accounts: who has mail here.", no_args_is_help=True)
app.add_typer(app_password, name="app-password")
app.add_typer(second_factor, name="second-factor")
app.add_typer(secrets, name="secrets")

_Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="As in alice@example.org.", callback=text)]
_StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
_VAR = Path("var")


@app.command("add")
def add(
    address: _Address,
    password_stdin: _StdinOption = False,
    quota: Annotated[int | None, typer.Option(help="Octets of mail it may hold.", min=1)] = None,
    description: Annotated[str, typer.Option(help="Its name for people.", callback=text)] = "",
    role: Annotated[
        list[str] | None, typer.Option(metavar="ROLE", help="What it may do; `user` if nothing is said.")
    ] = None,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Make an account; its domain too, if that is new. Works before the first start and while serving."""
    password = _password(password_stdin)
    with opened(config, data) as built:
        principal = built.directory.add(
            address,
            built.passwords.hash(password),
            folders(built.settings),
            quota,
            description=description,
            roles=role or (USER,),
            # Whoever has the data folder may give everything.
            by=PERMISSIONS,
        )
    console.print(f"{principal.address} has an account now.", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show all accounts; groups are in a list of their own."""
    with existing(config, data) as built:
        principals = [one for one in built.directory.all() if one.kind == PERSON]
    if as_json:
        say_json(
            [
                {
                    "id": one.id,
                    "address": one.address,
                    "aliases": list(one.aliases),
                    "quota": one.quota,
                    "description": one.description,
                    "roles": list(one.roles),
                    "directory": one.directory,
                }
                for one in principals
            ]
        )
        return
    rows = table("Address", "Name", "Roles", "Aliases", "Id", "Quota")
    for one in principals:
        quota = "" if one.quota is None else str(one.quota)
        rows.add_row(one.address, one.description, ", ".join(one.roles), ", ".join(one.aliases), one.id, quota)
    console.print(rows if principals else "There are no accounts yet; `pillarbox account add ADDRESS` makes one.")


@app.command("passwd")
def passwd(
    address: _Address, password_stdin: _StdinOption = False, config: ConfigOption = None, data: DataOption = _VAR
) -> None:
    """Give an account another password; the old one ends at once, while serving too."""
    password = _password(password_stdin)
    with existing(config, data) as built:
        account = person(built, address)
        try:
            put_password(built.store, account.number, built.passwords.hash(password), datetime.now(UTC))
        except CredentialError as problem:
            fail(f"{address}: {problem}")
    console.print(f"{address} has a new password.", highlight=False)


@app.command("remove")
def remove(
    address: _Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Remove an account with all its mail."""
    with existing(config, data) as built:
        leave(built, address, built.directory.remove, is_sure=yes)


@app.command("alias")
def alias(
    address: _Address,
    action: Annotated[str, typer.Argument(metavar="add|remove", help="What to do.")],
    other: Annotated[str, typer.Argument(metavar="ALIAS", help="The further address.", callback=text)],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Give an account or a group a further address, or take one away."""
    is_added = adds(action)
    with existing(config, data) as built:
        if is_added:
            built.directory.add_alias(address, other)
            console.print(f"Mail to {other} reaches {address} now.", highlight=False)
        else:
            built.directory.remove_alias(address, other)
            console.print(f"Mail to {other} reaches {address} no longer.", highlight=False)


@app.command("describe")
def describe(
    address: _Address,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name; an empty one takes it away.", callback=text)],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Give an account or a group another name for people."""
    with existing(config, data) as built:
        built.directory.describe(address, name)
    console.print(f"{address} is {name!r} now." if name else f"{address} has no name now.", highlight=False)


@app.command("role")
def role_(
    address: _Address,
    action: Annotated[str, typer.Argument(metavar="add|remove", help="What to do.")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="One that `role list` shows.", callback=text)],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Let an account do what a role gives, or no longer; at once, while serving too."""
    is_added = adds(action)

    def change(has: RoleSet) -> RoleSet:
        return replace(has, roles=has.roles | {role} if is_added else has.roles - {role})

    with existing(config, data) as built:
        change_permissions(built.store, address, change, PERMISSIONS, datetime.now(UTC))
    console.print(f"{address} has the role {role}{'' if action == 'add' else ' no longer'}.", highlight=False)


_OF_ONE: Mapping[str, Callable[[RoleSet, frozenset[str]], RoleSet]] = {
    "enable": lambda has, one: replace(has, enabled=has.enabled | one, disabled=has.disabled - one),
    "disable": lambda has, one: replace(has, enabled=has.enabled - one, disabled=has.disabled | one),
    "reset": lambda has, one: replace(has, enabled=has.enabled - one, disabled=has.disabled - one),
}


@app.command("permission")
def permission_(
    address: _Address,
    action: Annotated[str, typer.Argument(metavar="enable|disable|reset", help="What to do.")],
    permission: Annotated[str, typer.Argument(metavar="PERMISSION", help="As in email-send.", callback=text)],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Let an account do one thing more, or one less, than its roles say; or again what they say."""
    change = _OF_ONE.get(action)
    if change is None:
        raise typer.BadParameter("say enable, disable or reset", param_hint="enable|disable|reset")
    with existing(config, data) as built:
        change_permissions(
            built.store, address, lambda has: change(has, frozenset((permission,))), PERMISSIONS, datetime.now(UTC)
        )
        found = built.directory.find(address)
    may = found is not None and permission in found.permissions
    console.print(f"{address} has the permission {permission}{'' if may else ' no longer'}.", highlight=False)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            fail("the two passwords differ")
    else:
        fail("there is no terminal to ask for the password; pass it with --password-stdin")
    if not password:
        fail("the password is empty")
    if not is_text(password):
        fail("the password is no text in UTF-8; clients could not send it")
    return password
