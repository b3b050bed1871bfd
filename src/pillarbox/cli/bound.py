"""From where and for how long something is good, as commands are told it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pillarbox.cli.shared import fail
from pillarbox.settings import DURATION, BadValue
from pillarbox.wire.network import Network, network

__all__ = ["ForOption", "FromOption", "lasting", "networks"]

FromOption = Annotated[
    list[str] | None, typer.Option("--from", metavar="NETWORK", help="From where alone it is good, as 192.0.2.0/24.")
]
ForOption = Annotated[str, typer.Option("--for", metavar="DURATION", help="For how long it is good, as 90d.")]


def networks(given: list[str] | None) -> list[Network]:
    """Those that are meant. Ends the command for what is none."""
    try:
        return [network(one) for one in given or ()]
    except ValueError:
        fail("a network is written as in 192.0.2.0/24, 192.0.2.1 or 2001:db8::/32")


def lasting(given: str, now: datetime) -> datetime | None:
    """When so long from now is; None for ever. Ends the command for what is no time."""
    if not given:
        return None
    try:
        duration = DURATION.parse(given)
    except BadValue as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--for") from None
    if given.strip().isdigit():
        # A number alone would be milliseconds, which nobody means here.
        raise typer.BadParameter(f"{given!r} has no unit; write 12h or 90d", param_hint="--for")
    return datetime.fromtimestamp(now.timestamp() + min(duration.seconds, 100 * 366 * 86_400), UTC)
