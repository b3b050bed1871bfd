"""What bans and rates have to do with a request, at its places on the way (adr/0041)."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.routes import Credential, Handler, Limit, Route, found
from pillarbox.http.setup import Setup

__all__ = ["charge", "found_or_noted", "handled_or_noted", "turn_away"]


def turn_away(setup: Setup, exchange: Exchange) -> None:
    """Before anything else: raises Problem 403 for whoever is not let in."""
    if setup.bans is not None:
        setup.bans.turn_away(exchange.client.address)


async def found_or_noted(setup: Setup, exchange: Exchange) -> tuple[Route, Handler]:
    """The route and its handler. That there is none is held against whoever asks for what only scanners know.

    Raises Problem 404, 405.
    """
    try:
        return found(exchange)
    except Problem as problem:
        await _note(setup, exchange, problem)
        raise


async def handled_or_noted(setup: Setup, route: Route, handler: Handler, exchange: Exchange) -> None:
    """Has the request answered. Where nobody need say who they are, it is the same if there is nothing at the path."""
    try:
        await handler(setup, exchange)
    except Problem as problem:
        if route.credential is Credential.NONE:
            await _note(setup, exchange, problem)
        raise


async def _note(setup: Setup, exchange: Exchange, problem: Problem) -> None:
    if problem.status == 404 and setup.tally is not None:
        await setup.tally.missed(exchange.client, exchange.raw_path)


async def charge(setup: Setup, route: Route, exchange: Exchange) -> None:
    """One request more of whoever the route's limit is for; an account must have been let in. Raises Problem 429."""
    match route.limit:
        case Limit.ACCOUNT:
            await setup.allowances.for_account(exchange.entry.principal.number, exchange.client.address)
        case Limit.ANONYMOUS:
            await setup.allowances.for_anonymous(exchange.client.address)
        case Limit.NONE:
            return
