"""`pillarbox account …`."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from pillarbox.app import folders
from pillarbox.cli.leaving import asked_about, say_gone, unsent
from pillarbox.cli.shared import (
    ConfigOption,
    DataOption,
    JsonOption,
    console,
    existing,
    fail,
    is_text,
    opened,
    say_json,
    table,
    text,
)

__all__ = ["app"]

app = typer.Typer(help="Accounts: who has mail here.", no_args_is_help=True)

_Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="As in alice@example.org.", callback=text)]
_StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
_VAR = Path("var")


@app.command("add")
def add(
    address: _Address,
    password_stdin: _StdinOption = False,
    quota: Annotated[int | None, typer.Option(help="Octets of mail it may hold.", min=1)] = None,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Make an account; its domain too, if that is new. Works before the first start and while serving."""
    password = _password(password_stdin)
    with opened(config, data) as built:
        principal = built.directory.add(address, built.passwords.hash(password), folders(built.settings), quota)
    console.print(f"{principal.address} has an account now.", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show all accounts; groups are in a list of their own."""
    with existing(config, data) as built:
        principals = [one for one in built.directory.all() if not one.is_group]
    if as_json:
        say_json(
            [
                {"id": one.id, "address": one.address, "aliases": list(one.aliases), "quota": one.quota}
                for one in principals
            ]
        )
        return
    rows = table("Address", "Aliases", "Id", "Quota")
    for one in principals:
        rows.add_row(one.address, ", ".join(one.aliases), one.id, "" if one.quota is None else str(one.quota))
    console.print(rows if principals else "There are no accounts yet; `pillarbox account add ADDRESS` makes one.")


@app.command("passwd")
def passwd(
    address: _Address, password_stdin: _StdinOption = False, config: ConfigOption = None, data: DataOption = _VAR
) -> None:
    """Give an account another password; the old one ends at once, while serving too."""
    password = _password(password_stdin)
    with existing(config, data) as built:
        built.directory.change_secret(address, built.passwords.hash(password))
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
        messages = unsent(built, address)
        if not yes:
            asked_about(address, messages)
        built.directory.remove(address)
    say_gone(address, messages)


@app.command("alias")
def alias(
    address: _Address,
    action: Annotated[str, typer.Argument(metavar="add|remove", help="What to do.")],
    other: Annotated[str, typer.Argument(metavar="ALIAS", help="The further address.", callback=text)],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Give an account or a group a further address, or take one away."""
    if action not in ("add", "remove"):
        raise typer.BadParameter("say add or remove", param_hint="add|remove")
    with existing(config, data) as built:
        if action == "add":
            built.directory.add_alias(address, other)
            console.print(f"Mail to {other} reaches {address} now.", highlight=False)
        else:
            built.directory.remove_alias(address, other)
            console.print(f"Mail to {other} reaches {address} no longer.", highlight=False)


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
