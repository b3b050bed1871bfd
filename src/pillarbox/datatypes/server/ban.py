"""Ban: addresses that are not let in until a time, why, and by what evidence (ours; kept in account 0).

A type of its own, so that whoever listens to account 0 hears of each at once. One that is over stays for a while, so
that whoever is banned again is banned for longer.
"""

from datetime import datetime, timedelta

from pillarbox.datatypes.server.reading import numbered, selected
from pillarbox.objects import (
    CHANGES,
    GET,
    QUERY,
    QUERY_CHANGES,
    DataType,
    Property,
    Record,
    before,
    by,
    equal,
    key,
    prop,
)
from pillarbox.store import Below, Document, Equal, Order, Select, Store, Unit, Writing
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.network import Network, network
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_date, utc_datetime

__all__ = [
    "AUTH",
    "BAN",
    "BY_HAND",
    "LOITER",
    "LONGEST",
    "SCAN",
    "Ban",
    "all_bans",
    "ban",
    "ban_again",
    "bans",
    "bans_since",
    "lift",
]

AUTH = "auth"
"""Wrong passwords."""
SCAN = "scan"
"""What nobody says or asks for who means this server."""
LOITER = "loiter"
"""Connections on which nothing was said."""
BY_HAND = "manual"

LONGEST = timedelta(days=30)
"""The longest that anything but an administrator bans for, and how long it is remembered after its end."""
MAX_BANS = 10_000
"""Bans that are kept, in force or over. Of more, those that end first go."""
_SPARE = MAX_BANS // 10
_PAGE = 1000
_LONGEST_EVIDENCE = 500


class Ban(Record):
    """A network, why it is banned, what was seen, from when to when, and which of its bans in a row this is.

    `reason` is `auth`, `scan`, `loiter` or `manual`; `evidence` is for people; `offences` is 0 where its bans were
    forgiven, or made by hand.
    """

    network: Property[str] = prop(immutable=True)
    reason: Property[str] = prop()
    evidence: Property[str] = prop()
    created: Property[UTCDate] = prop()
    expires: Property[UTCDate] = prop()
    offences: Property[UnsignedInt] = prop(default=UnsignedInt(0))

    @property
    def span(self) -> Network:
        """The network as one."""
        return network(self.network)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended."""
        return utc_datetime(self.expires) <= now


BAN = DataType(
    record=Ban,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="z",
    methods=(GET, CHANGES, QUERY, QUERY_CHANGES),
    filters=(equal("network", Ban.network), before("expiresBefore", key(Ban.expires, sorted=True))),
    sorts=(by("expires", key(Ban.expires, sorted=True)),),
)


def bans(store: Store) -> list[Ban]:
    """All bans that are kept, those over too, the last to end first. Raises store.StoreError."""
    with store.read(0) as server:
        return sorted(all_bans(server), key=lambda one: one.expires, reverse=True)


def all_bans(server: Unit) -> list[Ban]:
    """The same of a unit, in no order."""
    return selected(server, BAN)


def bans_since(server: Unit, state: int) -> tuple[list[Ban], list[int]]:
    """The bans that were made or changed since a state of account 0, and the numbers of those that are gone.

    Raises store.LogTooShort.
    """
    changed: list[Ban] = []
    gone: list[int] = []
    more = True
    while more:
        page = server.changes(BAN.table, state, _PAGE)
        changed += numbered(server, BAN, [*page.created, *page.updated])
        gone += page.destroyed
        state, more = page.until, page.more
    return changed, gone


def ban(store: Store, banned: Network, evidence: str, now: datetime, until: datetime) -> Ban:
    """A network is banned by hand until then, whatever was said of it before. Raises store.StoreError."""
    with store.write(0) as server:
        known = _known(server, banned)
        return _put(server, known, banned, BY_HAND, evidence, now, until, known.offences if known else 0)


def ban_again(store: Store, banned: Network, reason: str, evidence: str, now: datetime, first: timedelta) -> Ban | None:
    """A network is banned for what it did: for `first`, or twice as long as the last time, up to LONGEST.

    None if it is banned already, as where two processes have seen the same. Raises store.StoreError.
    """
    with store.write(0) as server:
        known = _known(server, banned)
        if known is not None and not known.is_over(now):
            return None
        offences = known.offences if known is not None and now - utc_datetime(known.expires) < LONGEST else 0
        # A doubling more than is needed from a second to the longest.
        length = min(first * 2 ** min(offences, 22), max(first, LONGEST))
        return _put(server, known, banned, reason, evidence, now, now + length, offences + 1)


def lift(store: Store, banned: Network, now: datetime) -> list[Ban]:
    """The bans in force that have any of these addresses end, and are forgiven; which. Raises store.StoreError."""
    with store.write(0) as server:
        found = [one for one in all_bans(server) if not one.is_over(now)]
        lifted = [one for one in found if one.span.version == banned.version and one.span.overlaps(banned)]
        for one in lifted:
            document: Document = {**one.document, "expires": utc_date(now), "offences": 0}
            server.update(BAN.table, one.number, one.document, document)
    return lifted


def _put(
    server: Writing,
    known: Ban | None,
    banned: Network,
    reason: str,
    evidence: str,
    now: datetime,
    until: datetime,
    offences: int,
) -> Ban:
    document: Document = {
        "network": str(banned),
        "reason": reason,
        "evidence": evidence[:_LONGEST_EVIDENCE],
        "created": utc_date(now),
        "expires": utc_date(until),
        "offences": offences,
    }
    if known is not None:
        server.update(BAN.table, known.number, known.document, document)
        return Ban(known.number, document)
    _make_room(server, now)
    number = server.fresh()
    server.insert(BAN.table, number, document)
    return Ban(number, document)


def _make_room(server: Writing, now: datetime) -> None:
    """Room for one more: those long over go, and if that is not enough, a tenth of all."""
    forgotten = Select(Below("expires", _milliseconds(now - LONGEST)), (Order("expires"),))
    going = server.page(BAN.table, forgotten, 0, _SPARE)
    if server.count(BAN.table, Select()) - len(going) >= MAX_BANS:
        going = server.page(BAN.table, Select(order=(Order("expires"),)), 0, _SPARE)
    for one in numbered(server, BAN, going):
        server.delete(BAN.table, one.number, one.document)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _known(server: Unit, banned: Network) -> Ban | None:
    wanted = Select(Equal("network", unicode_casemap(str(banned))))
    return next(iter(selected(server, BAN, wanted)), None)
