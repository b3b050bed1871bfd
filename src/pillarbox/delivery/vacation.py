"""A message that was delivered is answered, if its reader is away: the answer is queued in the unit that files it.

RFC 3834 and RFC 5230 say which messages are answered, and how often.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import orjson

from pillarbox.access import Principal, normal
from pillarbox.datatypes.mail import IDENTITY, Arrival, addressed_as, answer, bare, may_be_answered, vacation
from pillarbox.datatypes.queue import QUEUED_MESSAGE, Outgoing, Recipient, enqueue
from pillarbox.delivery.policy import Policy
from pillarbox.store import Select, Unit, Writing

__all__ = ["Unexpected", "respond"]

_TRIED = timedelta(days=1)
"""Later, an answer is of no use."""
_MOST_WAITING = 1000
"""Messages on their way out of an account; with more, somebody floods it under false names, and nobody is answered."""


class Unexpected(Exception):
    """An answer is to be queued, and account 0 does not know yet that the account has something to send."""


def respond(
    unit: Writing,
    principal: Principal,
    sender: str,
    message: Arrival,
    policy: Policy,
    now: float,
    token: Callable[[], str],
    *,
    is_expected: bool,
) -> None:
    """Queues an answer to whoever sent a message, if the account has one for it.

    The same sender gets the same answer once in a period. Raises Unexpected, and then the unit must be given up.
    """
    moment = datetime.fromtimestamp(now, UTC)
    told = vacation(unit, moment)
    if told is None:
        return
    own = {bare(address) or address: address for address in (*principal.aliases, principal.address) if address}
    headers = cast("list[dict[str, str]]", message.apart["headers"])
    written_to = addressed_as(headers, own) if may_be_answered(sender, headers, own) else None
    if written_to is None:
        return
    as_whom = own[written_to]
    key = hashlib.sha256(b"vacation\0" + told.mark + (bare(sender) or sender).encode()).digest()
    if unit.seen(key, int(now)) or unit.count(QUEUED_MESSAGE.table, Select()) >= _MOST_WAITING:
        return
    if not is_expected:
        raise Unexpected
    by = {"name": _name(unit, as_whom) or None, "email": as_whom}
    raw = answer(told, sender, by, message.document, policy.wording, moment, token)
    if raw is None:
        return
    unit.once(key, int(now + policy.vacation_period), int(now))
    # A null reverse-path and NOTIFY=NEVER: nobody is to answer an answer (RFC 3834 section 3.3).
    to = Recipient(sender, {"NOTIFY": "NEVER"})
    blob = unit.add_blob(raw, int(now))
    enqueue(unit, Outgoing(blob, "", (to,), moment, moment + _TRIED), moment)


def _name(unit: Unit, address: str) -> str:
    """What the account calls itself under an address (RFC 3834 section 3.1.1), by its Identities; empty for nothing."""
    for stored in unit.get(IDENTITY.table, unit.numbers(IDENTITY.table, 2**31)):
        identity = IDENTITY.record(stored.number, orjson.loads(stored.document))
        if identity.name and normal(identity.email) == address:
            return identity.name
    return ""
