"""What mail programs ask for to set themselves up (draft-ietf-mailmaint-autoconfig; Autodiscover).

Every address is answered alike, whether it is here or not.
"""

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.jmap import base_url
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.wire.discovery import BadAddress, autoconfig, autodiscover, domain_of, requested_address

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
    octets = autoconfig(name, domain, f"{base_url(setup, exchange)}/.well-known/jmap")
    await exchange.answer(200, (_XML, _NO_STORE), octets)


async def discovery(_: Setup, exchange: Exchange) -> None:
    """An Autodiscover request in, an answer out."""
    octets = await exchange.body(_LARGEST, Problem(413, f"a request has no more than {_LARGEST} octets"))
    try:
        address = requested_address(octets)
    except BadAddress as problem:
        raise Problem(400, str(problem)) from problem
    await exchange.answer(200, (_XML, _NO_STORE), autodiscover(address))
