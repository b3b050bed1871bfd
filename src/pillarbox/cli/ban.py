"""`pillarbox ban …`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from pillarbox.cli.client import Client, Refused, at, items, managing, managing_new
from pillarbox.cli.shared import JsonOption, console, fail, say_json, table, text, when
from pillarbox.settings import DURATION, BadValue
from pillarbox.wire.network import Network, network, whole
from pillarbox.wire.values import utc_date

__all__ = ["app"]

app = typer.Typer(help="Addresses that are not let in: which, why, and until when.", no_args_is_help=True)

_HELP = "An IP address, or a network as in 192.0.2.0/24."
_Network = Annotated[str, typer.Argument(metavar="ADDRESS", help=_HELP, callback=text)]
_SHORTEST = timedelta(seconds=1)
_LONGEST = timedelta(days=3660)


@app.command("list")
@managing
def list_(
    server: Client,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show who is banned, why and until when."""
    found = server.pages(at("bans"), {"all": everything or None})
    if as_json:
        say_json(found)
        return
    rows = table("Address", "Reason", "Since (UTC)", "Until (UTC)", "Evidence")
    for one in found:
        rows.add_row(one["network"], one["reason"], when(one["created"]), when(one["expires"]), one["evidence"])
    console.print(rows if found else "Nobody is banned.")


@app.command("add")
@managing_new
def add(
    server: Client,
    address: _Network,
    reason: Annotated[str, typer.Option(help="Why, for those who see the list.", callback=text)] = "",
    length: Annotated[str, typer.Option("--for", metavar="DURATION", help="As in 90m, 2h or 30d.")] = "1d",
) -> None:
    """Let an address in no more, until a time; a ban that it has is replaced."""
    banned, lasting = _parsed(address), _lasting(length)
    until = utc_date(datetime.now(UTC) + lasting)
    made = server.post(at("bans"), {"network": str(banned), "reason": reason, "expires": until})
    console.print(f"{made['network']} is banned until {made['expires']}.", highlight=False)


@app.command("remove")
@managing
def remove(
    server: Client,
    address: Annotated[
        str,
        typer.Argument(metavar="ADDRESS", help=_HELP, callback=text, autocompletion=items(at("bans"), "network")),
    ],
) -> None:
    """End the bans that an address is under, or all within a network, and forget that there were any."""
    banned = _parsed(address)
    try:
        lifted = server.delete(at("bans", str(banned)))
    except Refused as refused:
        if refused.status != 404:
            raise
        fail(f"{banned} is not banned; `pillarbox ban list` shows who is")
    for one in lifted:
        console.print(f"{one} is banned no longer.", highlight=False)


def _parsed(given: str) -> Network:
    """The network that is meant: with an IPv6 address its /64, all of which whoever has one has."""
    try:
        return whole(given) or network(given)
    except ValueError:
        fail(f"{given!r} is no IP address or network; write it as in 192.0.2.1, 192.0.2.0/24 or 2001:db8::/64")


def _lasting(length: str) -> timedelta:
    """For how long. Ends the command for what is no such time."""
    try:
        lasting = timedelta(milliseconds=min(DURATION.parse(length).milliseconds, 2**43))
    except BadValue as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--for") from None
    if length.strip().isdigit() or lasting < _SHORTEST:
        # A number alone would be milliseconds, which nobody means here.
        raise typer.BadParameter(
            f"{length!r} is no time to ban anybody for; write 90m, 2h or 30d",
            param_hint="--for",
        )
    if lasting > _LONGEST:
        raise typer.BadParameter(
            "a ban has an end; what is never to be let in is listed in the settings, as server.blocked-ip",
            param_hint="--for",
        )
    return lasting
