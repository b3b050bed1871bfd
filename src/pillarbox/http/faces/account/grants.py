"""What is signed in: ended one by one."""

from pillarbox.datatypes.server import GRANT
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.page import changer, number_of, page, place, put
from pillarbox.http.guard.session import authority_of
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.telemetry import Event, emit

__all__ = ["end"]


@page
async def end(setup: Setup, exchange: Exchange) -> None:
    """An app, a device or a browser is let in no more. Raises Problem 401, 403, 404."""
    proof = await changer(setup, exchange)
    number, account = number_of(exchange, GRANT.number), proof.principal.number
    ended = await setup.door.through(authority_of(setup).grants.end, account, number, place(exchange))
    if ended is None:
        raise Problem(404, "nothing is signed in with this id")
    emit(Event.OAUTH_ENDED, account=account, client=ended.name or ended.client, reason="its owner has ended it")
    await put(exchange, 200, {"ended": True})
