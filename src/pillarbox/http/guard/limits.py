"""What bans and rates have to do with a request, at its places on the way (adr/0041)."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.path import found
from pillarbox.http.problem import Problem
from pillarbox.http.route import Handler, Limit, Route
from pillarbox.http.setup import Setup

__all__ = ["charge", "found_or_noted", "note", "turn_away"]

_LED = (b"cross-site", b"same-site")


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
        await note(setup, exchange, problem)
        raise


async def note(setup: Setup, exchange: Exchange, problem: Problem) -> None:
    """That there is nothing at a path is held against whoever asks for what only scanners know."""
    # A browser says so where a page of another site, or a mail, had it ask. Else anybody could have others banned.
    is_led = exchange.header(b"sec-fetch-site") in _LED
    if problem.status == 404 and not is_led and setup.tally is not None:
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
