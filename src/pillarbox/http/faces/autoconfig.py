"""What mail programs ask for to set themselves up (draft-ietf-mailmaint-autoconfig; Autodiscover).

Every address is answered alike, whether it is here or not.
"""

from pillarbox.access.scope import MAIL, OFFLINE
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.jmap import base_url
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.wire.discovery import BadAddress, Tokens, autoconfig, autodiscover, domain_of, requested_address

__all__ = ["configuration", "discovery"]

_XML = (b"content-type", b"text/xml; charset=utf-8")
_NO_STORE = (b"cache-control", b"no-store")
_LARGEST = 8192
"""Octets of an Autodiscover request."""


async def configuration(setup: Setup, exchange: Exchange) -> None:
    """The configuration of a mail program; `emailaddress` may say for which domain (section 4.1)."""
    name = setup.site.host_name
    try:
        address = exchange.query().get("emailaddress")
        domain = name if address is None else domain_of(address)
    except BadAddress as problem:
        raise Problem(400, f"emailaddress: {problem}") from problem
    base = base_url(setup, exchange)
    octets = autoconfig(name, domain, f"{base}/.well-known/jmap", _tokens(setup, base))
    await exchange.answer(200, (_XML, _NO_STORE), octets)


def _tokens(setup: Setup, base: str) -> Tokens | None:
    """Where any program gets tokens; None unless each may, by TLS (draft-ietf-mailmaint-oauth-public section 3.2)."""
    policy = None if setup.oauth is None else setup.oauth.policy
    if policy is None or not policy.allows_anonymous or not (policy.issuer or base).startswith("https://"):
        return None
    return Tokens(policy.issuer or base, f"{base}/authorize/code", f"{base}/auth/token", f"{MAIL} {OFFLINE}")


async def discovery(_: Setup, exchange: Exchange) -> None:
    """An Autodiscover request in, an answer out."""
    octets = await exchange.body(_LARGEST, Problem(413, f"a request has no more than {_LARGEST} octets"))
    try:
        address = requested_address(octets)
    except BadAddress as problem:
        raise Problem(400, str(problem)) from problem
    await exchange.answer(200, (_XML, _NO_STORE), autodiscover(address))
