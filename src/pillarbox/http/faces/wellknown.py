"""Documents at fixed paths that anybody may read."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup

__all__ = ["mta_sts", "robots"]

_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_NO_STORE = (b"cache-control", b"no-store")
_DAY = (b"cache-control", b"public, max-age=86400")
_NOBODY = b"User-agent: *\nDisallow: /\n"


async def robots(_: Setup, exchange: Exchange) -> None:
    """Nothing here is for crawlers (RFC 9309 section 2.2)."""
    await exchange.answer(200, (_TEXT, _DAY), _NOBODY)


async def mta_sts(setup: Setup, exchange: Exchange) -> None:
    """The MTA-STS policy of the domains here (RFC 8461 section 3.2)."""
    policy = setup.site.sts
    if policy is None:
        raise Problem(404, "there is no policy")
    await exchange.answer(200, (_TEXT, _NO_STORE), policy.octets())
