"""`pillarbox ban …`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

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
from pillarbox.datatypes.server import Ban, ban, bans, lift
from pillarbox.settings import DURATION, BadValue, Snapshot, catalogue
from pillarbox.wire.network import PRIVATE, Network, network, whole

__all__ = ["app"]

app = typer.Typer(help="Addresses that are not let in: which, why, and until when.", no_args_is_help=True)

_Network = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="An IP address, or a network as in 192.0.2.0/24.", callback=text)
]
_VAR = Path("var")
_SHORTEST = timedelta(seconds=1)
_LONGEST = timedelta(days=3660)


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Show who is banned, why and until when."""
    now = datetime.now(UTC)
    with existing(config, data) as built:
        found = [one for one in bans(built.store) if everything or not one.is_over(now)]
    if as_json:
        say_json([_shown(one) for one in found])
        return
    rows = table("Address", "Reason", "Since (UTC)", "Until (UTC)", "Evidence")
    for one in found:
        rows.add_row(one.network, one.reason, when(one.created), when(one.expires), one.evidence)
    console.print(rows if found else "Nobody is banned.")


@app.command("add")
def add(
    address: _Network,
    reason: Annotated[str, typer.Option(help="Why, for those who see the list.", callback=text)] = "",
    length: Annotated[str, typer.Option("--for", metavar="DURATION", help="As in 90m, 2h or 30d.")] = "1d",
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Let an address in no more, until a time; a ban that it has is replaced."""
    banned = _parsed(address)
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
    now = datetime.now(UTC)
    with opened(config, data) as built:
        for allowed in built.settings[catalogue.ALLOWED_IP]:
            if allowed.version == banned.version and allowed.overlaps(banned):
                fail(f"{allowed} is never banned (server.allowed-ip); take it from the settings first")
        for spared, why in _spared(built.settings):
            if spared.overlaps(banned) and spared.prefixlen <= banned.prefixlen:
                fail(f"{banned} is never banned: {why}")
        made = ban(built.store, banned, reason, now, now + lasting)
    console.print(f"{made.network} is banned until {made.expires}.", highlight=False)


@app.command("remove")
def remove(address: _Network, config: ConfigOption = None, data: DataOption = _VAR) -> None:
    """End the bans that an address is under, or all within a network, and forget that there were any."""
    banned = _parsed(address)
    with existing(config, data) as built:
        lifted = lift(built.store, banned, datetime.now(UTC))
    if not lifted:
        fail(f"{banned} is not banned; `pillarbox ban list` shows who is")
    for one in lifted:
        console.print(f"{one.network} is banned no longer.", highlight=False)


def _spared(settings: Snapshot) -> Iterator[tuple[Network, str]]:
    """Whom a ban does nothing to, and why: this machine, and those whose word counts for others."""
    yield from ((network(one), "it is this machine") for one in ("127.0.0.0/8", "::/64"))
    proxies = settings[catalogue.TRUSTED_PROXIES]
    yield from ((one, "it is a proxy, by server.http.trusted-proxies") for one in proxies)
    if settings[catalogue.USE_X_FORWARDED] and not proxies:
        why = "any private address may be a proxy; say which ones are, in server.http.trusted-proxies"
        yield from ((one, why) for one in PRIVATE)
    for listener in settings.listeners:
        why = f"it is a proxy, by proxy.trusted-networks of the listener {listener.id}"
        yield from ((one, why) for one in listener.trusted_networks)


def _parsed(given: str) -> Network:
    """The network that is meant: with an IPv6 address its /64, all of which whoever has one has."""
    try:
        return whole(given) or network(given)
    except ValueError:
        fail(f"{given!r} is no IP address or network; write it as in 192.0.2.1, 192.0.2.0/24 or 2001:db8::/64")


def _shown(one: Ban) -> dict[str, object]:
    return {
        "network": one.network,
        "reason": one.reason,
        "evidence": one.evidence,
        "created": one.created,
        "expires": one.expires,
        "offences": one.offences,
    }
