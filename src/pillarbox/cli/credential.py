"""`pillarbox account app-password …` and `pillarbox account second-factor …`: beside the store, and not by the API.

What knows of credentials is loaded when it is needed: other commands of accounts are done sooner than it is.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pillarbox.access import PERSON, Principal
from pillarbox.access.scope import DEFAULT_SCOPE
from pillarbox.cli.bound import ForOption, FromOption, lasting, networks
from pillarbox.cli.shared import (
    ConfigOption,
    DataOption,
    JsonOption,
    console,
    existing,
    fail,
    say_json,
    table,
    text,
    when,
)

if TYPE_CHECKING:
    from pillarbox.app import House

__all__ = ["app_password", "person", "second_factor", "secrets"]

app_password = typer.Typer(help="App passwords: one for each program of an account.", no_args_is_help=True)
secrets = typer.Typer(help="What an account signs in with, as another server kept it.", no_args_is_help=True)
second_factor = typer.Typer(help="What an account is asked for besides its password.", no_args_is_help=True)

_Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The account's.", callback=text)]
_VAR = Path("var")
_MOST_READ = 1 << 20


@app_password.command("add")
def add(
    address: _Address,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the program or the device.", callback=text)],
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="What it lets through; all of mail if nothing is said.")
    ] = None,
    good_from: FromOption = None,
    good_for: ForOption = "",
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Make one, and print it: this once."""
    from pillarbox.datatypes.server import CREDENTIAL  # noqa: PLC0415
    from pillarbox.signin.credentials import CredentialError, add_app_password  # noqa: PLC0415

    now = datetime.now(UTC)
    with existing(config, data) as built:
        account = person(built, address)
        try:
            number, password = add_app_password(
                built.store,
                account.number,
                name,
                now,
                scopes=frozenset(scope or DEFAULT_SCOPE),
                networks=networks(good_from),
                expires=lasting(good_for, now),
            )
        except CredentialError as problem:
            fail(str(problem))
    if as_json:
        say_json({"id": CREDENTIAL.id(number), "password": password})
        return
    console.print(password, highlight=False)
    console.print(f"It is {CREDENTIAL.id(number)} of {account.name}, and is not shown again.", highlight=False)


@app_password.command("list")
def list_(address: _Address, as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show an account's, without the passwords themselves, which nobody knows."""
    from pillarbox.datatypes.server import CREDENTIAL  # noqa: PLC0415
    from pillarbox.signin.credentials import app_passwords  # noqa: PLC0415

    with existing(config, data) as built:
        found = app_passwords(built.store, person(built, address).number)
    if as_json:
        say_json(
            [
                {
                    "id": CREDENTIAL.id(one.number),
                    "name": one.name,
                    "scopes": one.scopes,
                    "networks": one.networks,
                    "created": one.created,
                    "expires": one.expires,
                    "used": one.used,
                    "usedFrom": one.used_from,
                }
                for one in found
            ]
        )
        return
    rows = table("Id", "Name", "Made (UTC)", "Expires (UTC)", "Used (UTC)", "From")
    for one in found:
        expires, used = when(one.expires) if one.expires else "", when(one.used) if one.used else ""
        rows.add_row(CREDENTIAL.id(one.number), one.name, when(one.created), expires, used, one.used_from)
    console.print(rows if found else f"{address} has no app passwords.", highlight=False)


@app_password.command("remove")
def remove(
    address: _Address,
    id_: Annotated[str, typer.Argument(metavar="ID", help="As the list shows it.", callback=text)],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """End one, at once and everywhere."""
    from pillarbox.datatypes.server import CREDENTIAL  # noqa: PLC0415
    from pillarbox.signin.credentials import remove_app_password  # noqa: PLC0415

    number = CREDENTIAL.number(id_)
    with existing(config, data) as built:
        account = person(built, address).number
        if number is None or not remove_app_password(built.store, account, number, datetime.now(UTC)):
            fail(f"{address} has no app password {id_}; `pillarbox account app-password list` shows which there are")
    console.print(f"{id_} is no password of {address} any more.", highlight=False)


@second_factor.command("show")
def show(address: _Address, as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Say what an account is asked for."""
    from pillarbox.signin.credentials import factors_of, recovery_codes_left  # noqa: PLC0415

    with existing(config, data) as built:
        account = person(built, address).number
        kinds, left = sorted(factors_of(built.store, account)), recovery_codes_left(built.store, account)
    if as_json:
        say_json({"kinds": kinds, "recoveryCodesLeft": left})
        return
    if not kinds:
        console.print(f"{address} has no second factor.", highlight=False)
        return
    console.print(f"{address} has {', '.join(kinds)}; {left} recovery codes are left.", highlight=False)


@second_factor.command("remove")
def remove_factor(address: _Address, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Ask for no more codes, as where a device was lost; the password alone is then enough. Passkeys stay."""
    from pillarbox.signin.credentials import remove_second_factor  # noqa: PLC0415

    with existing(config, data) as built:
        if not remove_second_factor(built.store, person(built, address).number, datetime.now(UTC)):
            fail(f"no codes are asked of {address}")
    console.print(f"No codes are asked of {address} any more.", highlight=False)


@secrets.callback()
def _secrets() -> None:
    pass


@secrets.command("import")
def import_(address: _Address, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Take over secrets from another server: one on each line of standard input, as a hash or an otpauth:// URL.

    An app password is written as `$app$NAME$HASH`. The password that the account has is replaced.
    """
    from pillarbox.signin.credentials import CredentialError, import_secrets  # noqa: PLC0415

    lines = [line for line in sys.stdin.read(_MOST_READ).splitlines() if line]
    with existing(config, data) as built:
        try:
            found = import_secrets(built.store, person(built, address).number, lines, datetime.now(UTC))
        except CredentialError as problem:
            fail(str(problem))
    had = [*(["its password"] if found.has_password else []), *(["its second factor"] if found.has_totp else [])]
    had += [f"{found.app_passwords} app passwords"] if found.app_passwords else []
    console.print(f"{address} has {', '.join(had) or 'nothing'} from there now.", highlight=False)


def person(built: "House", address: str) -> Principal:
    """The person with this address. Ends the command where it is nobody's, or no person's."""
    found = built.directory.find(address)
    if found is None or found.kind != PERSON:
        fail(f"there is no account {address}; `pillarbox account list` shows which there are")
    return found
