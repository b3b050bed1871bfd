"""Addresses that are not let in: which, why and until when (ours; the reference has them among its settings).

So the permissions are those of settings. Who is never to be let in is listed there, as `server.blocked-ip`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pillarbox.datatypes.server import Ban, ban, bans, lift
from pillarbox.management.endpoint import PAGING, Answer, Body, Endpoint, Parameter, Request, listing, paged
from pillarbox.management.refusal import AssertFailed, Invalid, NotFound
from pillarbox.management.shape import FLAG, INSTANT, Fault, Fields, Integer, ListOf, Nullable, Shape, Text
from pillarbox.settings import Snapshot, catalogue
from pillarbox.wire.network import PRIVATE, Network, network, whole
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_USUAL, _LONGEST = timedelta(days=1), timedelta(days=3660)
_WIDEST_4, _WIDEST_6 = 8, 16
"""Bits of the widest networks that anybody means: what is wider keeps out who bans it, too."""

_NETWORK = Text(64, least=1, doc="An address, or a network as in 192.0.2.0/24.", example="192.0.2.0/24")
_FIELDS: Mapping[str, Shape] = {
    "network": _NETWORK,
    "reason": Text(64, doc="`auth`, `scan` or `loiter` for what was done, `manual` for bans by hand."),
    "evidence": Text(4096, has_lines=True),
    "created": INSTANT,
    "expires": INSTANT,
    "offences": Integer(),
}
_BAN = Fields(_FIELDS, tuple(_FIELDS))


def _list(request: Request) -> Answer:
    now = request.now
    found = bans(request.office.store)
    shown = found if request.query.get("all") else [one for one in found if not one.is_over(now)]
    return Answer(paged([_told(one) for one in shown], request))


def _create(request: Request) -> Answer:
    """A ban; nobody is kept out who has to be let in."""
    body, now = request.body, request.now
    banned = _parsed(body["network"])
    expires = body.get("expires")
    until = now + _USUAL if expires is None else datetime.fromisoformat(expires.upper())
    if not now < until <= now + _LONGEST:
        raise Invalid([Fault("expires", f"a time from now on is expected, of the next {_LONGEST.days} days")])
    if banned.prefixlen < (_WIDEST_4 if banned.version == 4 else _WIDEST_6):
        raise Invalid([Fault("network", "that is too much of the Internet at once; name smaller networks")])
    for why in _spared(banned, request.office.settings()):
        raise AssertFailed(f"{banned} is never banned: {why}")
    made = ban(request.office.store, banned, body.get("reason", ""), now, until)
    return Answer(_told(made))


def _delete(request: Request) -> Answer:
    given = request.parts["network"]
    try:
        lifted = lift(request.office.store, _parsed(given), request.now)
    except Invalid:
        lifted = []
    if not lifted:
        raise NotFound(given)
    return Answer([one.network for one in lifted])


def _spared(banned: Network, settings: Snapshot) -> Iterator[str]:
    """Why a ban of it would do nothing, or harm: it is allowed, this machine, or whose word counts for others."""
    for allowed in settings[catalogue.ALLOWED_IP]:
        if allowed.overlaps(banned):
            yield f"{allowed} is allowed, by server.allowed-ip"
    for spared, why in _trusted(settings):
        if spared.overlaps(banned) and spared.prefixlen <= banned.prefixlen:
            yield why


def _trusted(settings: Snapshot) -> Iterator[tuple[Network, str]]:
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
    """The network that is meant: with an IPv6 address its /64, all of which whoever has one has. Raises Invalid."""
    try:
        return whole(given) or network(given)
    except ValueError:
        fault = Fault("network", "this is no address or network, as in 192.0.2.1, 192.0.2.0/24 or 2001:db8::/64")
        raise Invalid([fault]) from None


def _told(one: Ban) -> dict[str, JSON]:
    return {
        "network": one.network,
        "reason": one.reason,
        "evidence": one.evidence,
        "created": one.created,
        "expires": one.expires,
        "offences": one.offences,
    }


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/bans",
        "settings-list",
        _list,
        "Who is not let in, the last to end first.",
        parameters=(*PAGING, Parameter("all", FLAG, "With those that are over and still count against somebody.")),
        answer=listing(_BAN),
    ),
    Endpoint(
        "POST",
        "/api/bans",
        "settings-update",
        _create,
        "Lets an address or a network in no more, until a time; a ban that it has is replaced. Gives the ban.",
        body=Body(
            Fields(
                {
                    "network": _NETWORK,
                    "reason": Text(200, doc="Why, for those who see the list."),
                    "expires": Nullable(INSTANT, "Until when; a day from now if nothing is said."),
                },
                ("network",),
            ),
            example={"network": "192.0.2.0/24", "reason": "tries passwords", "expires": "2026-12-24T18:00:00Z"},
        ),
        answer=_BAN,
    ),
    Endpoint(
        "DELETE",
        "/api/bans/{network}",
        "settings-delete",
        _delete,
        "Ends the bans that an address is under, or all within a network, and forgets that there were any; which.",
        answer=ListOf(_NETWORK),
        example="/api/bans/192.0.2.0%2F24",
    ),
)
