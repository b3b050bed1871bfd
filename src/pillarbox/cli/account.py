"""`pillarbox account …`."""

import getpass
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, at, managing, managing_new, principals
from pillarbox.cli.credential import app_password, second_factor, secrets
from pillarbox.cli.principal import (
    adding,
    called,
    change,
    every,
    existing,
    leave,
    mailbox,
    make,
    removing,
    setting,
)
from pillarbox.cli.rights import permission, role
from pillarbox.cli.shared import (
    ActionArgument,
    AddOrRemove,
    JsonOption,
    console,
    fail,
    is_text,
    say_json,
    table,
    text,
    when,
)

__all__ = ["app"]

app = typer.Typer(help="Accounts: who has mail here.", no_args_is_help=True)
app.add_typer(app_password, name="app-password")
app.add_typer(second_factor, name="second-factor")
app.add_typer(secrets, name="secrets")

_HOLDERS = ("individual", "group", "resource", "location")
_ACCOUNTS = (*_HOLDERS, "list")
_Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS", help="As in alice@example.org.", callback=text, autocompletion=principals(*_ACCOUNTS)
    ),
]
_StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.command("add")
@managing_new
def add(
    server: Client,
    address: _Address,
    password_stdin: _StdinOption = False,
    quota: Annotated[int | None, typer.Option(help="Octets of mail it may hold.", min=1)] = None,
    description: Annotated[str, typer.Option(help="Its name for people.", callback=text)] = "",
    role: Annotated[
        list[str] | None, typer.Option(metavar="ROLE", help="What it may do; `user` if nothing is said.")
    ] = None,
    tenant: Annotated[str, typer.Option(help="The tenant that it belongs to.", callback=text)] = "",
) -> None:
    """Make an account; its domain too, if that is new. Works before the first start and while serving."""
    address = mailbox(address)
    password = _password(password_stdin)
    make(
        server,
        "individual",
        address,
        emails=[address],
        secrets=_hashed(password),
        roles=role or ["user"],
        quota=quota,
        description=description or None,
        tenant=tenant or None,
    )
    console.print(f"{address} has an account now.", highlight=False)


@app.command("list")
@managing
def list_(server: Client, as_json: JsonOption = False) -> None:
    """Show all accounts; groups are in a list of their own."""
    found = [_shown(one) for one in every(server, "individual")]
    if as_json:
        say_json(found)
        return
    # Most servers have no tenants, and no place for them.
    tenant = ["Tenant"] if any(one["tenant"] for one in found) else []
    rows = table("Address", "Name", "Roles", "Aliases", "Id", "Quota", *tenant)
    for one in found:
        quota = "" if one["quota"] is None else str(one["quota"])
        lists = (", ".join(one["roles"]), ", ".join(one["aliases"]))
        rows.add_row(
            one["address"], one["description"], *lists, one["id"], quota, *((one["tenant"] or "",) if tenant else ())
        )
    console.print(rows if found else "There are no accounts yet; `pillarbox account add ADDRESS` makes one.")


@app.command("show")
@managing
def show(server: Client, address: _Address, as_json: JsonOption = False) -> None:
    """Show all that is known of an account, a group or a list."""
    found = existing(server, address, *_ACCOUNTS)
    if as_json:
        say_json(found)
        return
    rows = table("", "")
    rows.show_header = False
    for name, value in found.items():
        if value != []:
            rows.add_row(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
    console.print(rows)


@app.command("passwd")
@managing
def passwd(server: Client, address: _Address, password_stdin: _StdinOption = False) -> None:
    """Give an account another password; the old one ends at once, while serving too."""
    password = _password(password_stdin)
    found = existing(server, address, "individual")
    change(server, found["name"], adding("secrets", _hashed(password)))
    console.print(f"{address} has a new password.", highlight=False)


@app.command("remove")
@managing
def remove(
    server: Client, address: _Address, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Remove an account with all its mail."""
    leave(server, existing(server, address, "individual"), address, is_sure=yes)


@app.command("alias")
@managing
def alias(
    server: Client,
    address: _Address,
    action: ActionArgument,
    other: Annotated[str, typer.Argument(metavar="ALIAS", help="The further address.", callback=text)],
) -> None:
    """Give an account or a group a further address, or take one away."""
    is_added = action is AddOrRemove.ADD
    found = existing(server, address, *_ACCOUNTS)
    wanted, has = other.casefold(), [one.casefold() for one in found["emails"]]
    if is_added:
        if wanted in has:
            fail(f"{other} is taken, by {called(found)} itself")
        change(server, found["name"], adding("emails", other))
        console.print(f"Mail to {other} reaches {address} now.", highlight=False)
        return
    if wanted not in has or wanted == called(found).casefold():
        fail(f"{other} is no alias of {address}")
    change(server, found["name"], removing("emails", other))
    console.print(f"Mail to {other} reaches {address} no longer.", highlight=False)


@app.command("describe")
@managing
def describe(
    server: Client,
    address: _Address,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name; an empty one takes it away.", callback=text)],
) -> None:
    """Give an account or a group another name for people."""
    change(server, existing(server, address, *_ACCOUNTS)["name"], setting("description", name))
    console.print(f"{address} is {name!r} now." if name else f"{address} has no name now.", highlight=False)


@app.command("quota")
@managing
def quota_(
    server: Client,
    address: _Address,
    octets: Annotated[
        int, typer.Argument(metavar="OCTETS", help="Of mail it may hold; 0 for no quota of its own.", min=0)
    ],
) -> None:
    """Let an account or a group hold more or less than before; what it holds already stays."""
    change(server, existing(server, address, *_HOLDERS)["name"], setting("quota", octets))
    told = f"may hold {octets} octets" if octets else "has no quota of its own"
    console.print(f"{address} {told} now.", highlight=False)


@app.command("events")
@managing
def events(
    server: Client,
    address: _Address,
    limit: Annotated[int, typer.Option("--limit", help="How many, the latest.", min=1, max=1000)] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show what was done to how an account is signed in to, the latest first."""
    name = existing(server, address, "individual")["name"]
    found = server.get(at("events"), {"account": name, "limit": limit})["items"]
    if as_json:
        say_json(found)
        return
    rows = table("At (UTC)", "What", "From", "Details")
    for one in found:
        details = ", ".join(f"{key}: {value}" for key, value in one["details"].items())
        rows.add_row(when(one["at"]), one["kind"], one["address"], details)
    console.print(rows if found else f"Nothing is known of {address}.", highlight=False)


app.command("role")(role)
app.command("permission")(permission)


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    address = called(found)
    return {
        "id": found["id"],
        "name": found["name"],
        "address": address,
        "aliases": [one for one in found["emails"] if one != address],
        "quota": found.get("quota"),
        "description": found.get("description", ""),
        "roles": found["roles"],
        "tenant": found.get("tenant"),
        "directory": found.get("directory"),
    }


def _hashed(password: str) -> str:
    # Only here: so no text is taken for a hash, and the password itself goes nowhere.
    from pillarbox.access import Passwords  # noqa: PLC0415 - it takes its time, and few commands need it

    return Passwords().hash(password)


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
