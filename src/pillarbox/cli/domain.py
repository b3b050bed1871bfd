"""`pillarbox domain …`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pillarbox.cli.shared import ConfigOption, DataOption, JsonOption, console, existing, fail, say_json, table, text
from pillarbox.datatypes.server import add_dkim_key, dkim_keys, domains, remove_dkim_key
from pillarbox.wire.dkim import ALGORITHMS, new_key, record

__all__ = ["app"]

app = typer.Typer(help="Domains: what accounts here have addresses in.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="DOMAIN", help="As in example.org.", callback=text)]
_VAR = Path("var")
_STRING = 255
"""Characters of one string in a DNS record (RFC 1035 section 3.3.14)."""


@app.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """Show all domains, and the selectors of the keys that their mail is signed with."""
    with existing(config, data) as built:
        found = domains(built.store)
    if as_json:
        say_json([{"name": name, "dkim": [one.selector for one in keys]} for name, keys in found])
        return
    rows = table("Domain", "DKIM")
    for name, keys in found:
        rows.add_row(name, ", ".join(one.selector for one in keys) or "not signed")
    console.print(rows if found else "There are no domains yet; an account's address brings its own.")


@app.command("dkim")
def dkim(
    name: _Name,
    algorithm: Annotated[str, typer.Option(help=f"One of {', '.join(ALGORITHMS)}.")] = "rsa",
    selector: Annotated[
        str | None, typer.Option(help="What the key is published under; made of the algorithm and the month.")
    ] = None,
    remove: Annotated[str | None, typer.Option("--remove", metavar="SELECTOR", help="Remove a key instead.")] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Sign a domain's mail: make a key if there is none, and show the DNS records to publish."""
    wanted = next((one for one in ALGORITHMS if one == algorithm), None)
    if wanted is None:
        raise typer.BadParameter(f"write one of {', '.join(ALGORITHMS)}", param_hint="--algorithm")
    domain = name.lower().rstrip(".")
    with existing(config, data) as built:
        if remove is not None:
            if not remove_dkim_key(built.store, domain, remove):
                fail(f"{domain} has no key {remove}; `pillarbox domain list` shows which there are")
            console.print(f"{domain} signs with {remove} no longer.", highlight=False)
            return
        known = dkim_keys(built.store, domain)
        if selector is not None or not any(one.algorithm == wanted for one in known):
            now = datetime.now(UTC)
            under = selector or f"{wanted}-{now:%Y%m}"
            if not _is_selector(under):
                raise typer.BadParameter("letters, digits and hyphens", param_hint="--selector")
            made = add_dkim_key(built.store, domain, new_key(domain, under, wanted), now)
            if made is None:
                fail(f"{domain} is no domain of accounts here; `pillarbox domain list` shows which are")
        records = [(one.selector, *record(one)) for one in dkim_keys(built.store, domain)]
    if as_json:
        say_json([{"selector": one, "name": at, "type": "TXT", "value": value} for one, at, value in records])
        return
    console.print(f"Mail from {domain} is signed from now on; publish in DNS:\n", highlight=False)
    for _, at, value in records:
        strings = " ".join(f'"{value[begin : begin + _STRING]}"' for begin in range(0, len(value), _STRING))
        typer.echo(f"{at}. TXT {strings}")


def _is_selector(under: str) -> bool:
    return under.replace("-", "").isalnum() and under.isascii() and len(under) <= 63 and under.strip("-") == under
