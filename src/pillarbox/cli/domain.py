"""`pillarbox domain …`."""

from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, Refused, at, managing, managing_new, principals
from pillarbox.cli.principal import every, make, named
from pillarbox.cli.shared import JsonOption, console, fail, say_json, table, text
from pillarbox.wire.dkim import ALGORITHMS

__all__ = ["app"]

app = typer.Typer(help="Domains: what accounts here have addresses in.", no_args_is_help=True)

_Name = Annotated[
    str, typer.Argument(metavar="DOMAIN", help="As in example.org.", callback=text, autocompletion=principals("domain"))
]
_STRING = 255
"""Characters of one string in a DNS record (RFC 1035 section 3.3.14)."""
_COLOURS = {"ok": "green", "missing": "red", "different": "red", "unknown": "yellow"}


@app.command("list")
@managing
def list_(server: Client, as_json: JsonOption = False) -> None:
    """Show all domains, and the selectors of the keys that their mail is signed with."""
    found = every(server, "domain")
    keys = server.pages(at("dkim"))
    signed = {one["name"]: [key["selector"] for key in keys if key["domain"] == one["name"]] for one in found}
    if as_json:
        say_json([{"name": one["name"], "dkim": signed[one["name"]]} for one in found])
        return
    rows = table("Domain", "DKIM", "Addresses of", "Tenant")
    for one in found:
        name = one["name"]
        members = "1 principal" if one["members"] == 1 else f"{one['members']} principals"
        rows.add_row(name, ", ".join(signed[name]) or "not signed", members, one.get("tenant", ""))
    console.print(rows if found else "There are no domains yet; an account's address brings its own.")


@app.command("add")
@managing_new
def add(
    server: Client,
    name: _Name,
    description: Annotated[str, typer.Option(help="Its name for people.", callback=text)] = "",
    tenant: Annotated[str, typer.Option(help="The tenant that it belongs to.", callback=text)] = "",
) -> None:
    """Make a domain, with keys that its mail is signed with; `domain records` shows what to publish."""
    make(server, "domain", _lower(name), description=description or None, tenant=tenant or None)
    console.print(f"{_lower(name)} is a domain here now.", highlight=False)


@app.command("remove")
@managing
def remove(server: Client, name: _Name) -> None:
    """Remove a domain that nobody has an address in."""
    try:
        server.delete(at("principal", _domain(server, name)))
    except Refused as refused:
        if refused.status != 409:
            raise
        fail(f"{refused}; `pillarbox account list`, `group list` and `list list` show which, and they go first")
    console.print(f"{name} is no domain here any more.", highlight=False)


@app.command("dkim")
@managing
def dkim(
    server: Client,
    name: _Name,
    algorithm: Annotated[str | None, typer.Option(help=f"Have a key of this kind: {' or '.join(ALGORITHMS)}.")] = None,
    selector: Annotated[
        str | None, typer.Option(help="What a new key is published under; made of the month and the algorithm.")
    ] = None,
    remove: Annotated[str | None, typer.Option("--remove", metavar="SELECTOR", help="Remove a key instead.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a domain's mail: make a key if there is none, and show the DNS records to publish."""
    wanted = next((one for one in ALGORITHMS if one == algorithm), None)
    if algorithm is not None and wanted is None:
        raise typer.BadParameter(f"write one of {', '.join(ALGORITHMS)}", param_hint="--algorithm")
    if selector is not None and not _is_selector(selector):
        raise typer.BadParameter("letters, digits and hyphens", param_hint="--selector")
    domain = _domain(server, name)
    known = _keys(server, domain)
    if remove is not None:
        if not any(one["selector"] == remove for one in known):
            fail(f"{domain} has no key {remove}; `pillarbox domain list` shows which there are")
        server.delete(at("dkim", f"{remove}._domainkey.{domain}"))
        console.print(f"{domain} signs with {remove} no longer.", highlight=False)
        return
    if selector is not None or not any(wanted in (None, one["algorithm"]) for one in known):
        kind = (wanted or ALGORITHMS[0]).capitalize()
        server.post(at("dkim"), {"domain": domain, "algorithm": kind, "selector": selector})
        known = _keys(server, domain)
    if as_json:
        say_json(
            [
                {"selector": one["selector"], "name": one["name"].rstrip("."), "type": "TXT", "value": one["record"]}
                for one in known
            ]
        )
        return
    console.print(f"Mail from {domain} is signed from now on; publish in DNS:\n", highlight=False)
    for one in known:
        value = one["record"]
        strings = " ".join(f'"{value[begin : begin + _STRING]}"' for begin in range(0, len(value), _STRING))
        typer.echo(f"{one['name']} TXT {strings}")


@app.command("records")
@managing
def records(
    server: Client,
    name: _Name,
    as_zone: Annotated[bool, typer.Option("--zone", help="Print them as lines of a zone file.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the DNS records to publish for a domain."""
    domain = _domain(server, name)
    if as_zone:
        typer.echo(server.raw("GET", at("dns", "zone", domain)).octets.decode(), nl=False)
        return
    found = server.get(at("dns", "records", domain))
    if as_json:
        say_json(found)
        return
    rows = table("Type", "Name", "Content")
    for one in found:
        rows.add_row(one["type"], one["name"], one["content"])
    console.print(rows)
    host = next((one["content"].split()[-1] for one in found if one["type"] == "MX"), "")
    if host.rstrip(".").count(".") == 0:
        console.print(
            f"{host} is no name that others find: set server.hostname to that of this server.", highlight=False
        )


@app.command("check")
@managing
def check(server: Client, name: _Name, as_json: JsonOption = False) -> None:
    """Ask DNS for the records of a domain. Exits with 1 if one is missing, or other than it should be."""
    found = server.get(at("dns", "check", _domain(server, name)))
    if as_json:
        say_json(found)
    else:
        rows = table("State", "Type", "Name", "Content", "In DNS")
        for one in found:
            there = "" if one["state"] == "ok" else "\n".join(one["found"])
            rows.add_row(one["state"], one["type"], one["name"], one["content"], there, style=_COLOURS[one["state"]])
        console.print(rows)
    if any(one["state"] != "ok" for one in found):
        raise typer.Exit(1)


def _keys(server: Client, domain: str) -> list[dict[str, Any]]:
    return [one for one in server.pages(at("dkim")) if one["domain"] == domain]


def _domain(server: Client, name: str) -> str:
    """The domain of this name, as it is kept. Ends the command where there is none."""
    found = named(server, _lower(name))
    if found is None or found["type"] != "domain":
        fail(f"{_lower(name)} is no domain of accounts here; `pillarbox domain list` shows which are")
    return str(found["name"])


def _lower(name: str) -> str:
    return name.lower().rstrip(".")


def _is_selector(under: str) -> bool:
    return under.replace("-", "").isalnum() and under.isascii() and len(under) <= 63 and under.strip("-") == under
