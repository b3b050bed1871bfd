"""Messages on their way out, as whoever manages the queue finds and sees them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pillarbox.datatypes.core import whole_id
from pillarbox.datatypes.queue import QUEUED_MESSAGE, Addressee, Queued, messages, numbers_of, queued_message
from pillarbox.datatypes.server import ACCOUNT, QUEUE, due
from pillarbox.management.belonging import seen_domains
from pillarbox.management.endpoint import Request
from pillarbox.management.refusal import NotFound
from pillarbox.management.shape import (
    FLAG,
    INSTANT,
    Choice,
    Fields,
    Integer,
    ListOf,
    Nullable,
    OneOf,
    Shape,
    Text,
)
from pillarbox.queue import domain_of
from pillarbox.settings import catalogue
from pillarbox.store import NoAccount, Store, Unit
from pillarbox.wire.values import JSON, utc_date

__all__ = [
    "MESSAGE",
    "Found",
    "Key",
    "Wanted",
    "domains_of",
    "found",
    "id_of",
    "key_of",
    "notice_of",
    "one_message",
    "shown",
]

MOST_LOOKED_AT = 100_000
"""Messages that are looked at for one call."""
_AT_ONCE = 500
"""Messages that are read in one unit."""

Key = tuple[int, int]
"""A message: the number of its account, and its own there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages: what the sender, a recipient, or either has in it; when the next attempt is; which ids.

    `domains` are those that a manager sees, one of which the message has to touch; None for all there are.
    """

    text: str | None = None
    sender: str | None = None
    recipient: str | None = None
    before: datetime | None = None
    after: datetime | None = None
    start: Key | None = None
    end: Key | None = None
    domains: frozenset[str] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether a message need not be read to know that it is meant."""
        return all(
            one is None for one in (self.text, self.sender, self.recipient, self.before, self.after, self.domains)
        )

    def has(self, message: Queued) -> bool:
        """Whether this is one of them."""
        if self.domains is not None and not touches(message, self.domains):
            return False
        if self.before is not None and message.next_attempt >= self.before:
            return False
        if self.after is not None and message.next_attempt <= self.after:
            return False
        sender, to = message.sender.casefold(), [one.address.casefold() for one in message.recipients]
        if self.text is not None:
            return any(self.text in one for one in (sender, *to))
        if self.sender is not None and self.sender not in sender:
            return False
        return self.recipient is None or any(self.recipient in one for one in to)


@dataclass(frozen=True, slots=True)
class Found:
    """Messages in order of account and age, and whether there are no others."""

    keys: Sequence[Key]
    is_all: bool


def touches(message: Queued, domains: frozenset[str]) -> bool:
    """Whether its sender or a recipient is of one of these domains."""
    return any(domain_of(one) in domains for one in (message.sender, *(to.address for to in message.recipients)))


def key_of(id_: str) -> Key | None:
    """What an id stands for, as in `a1.q5`; None for what is none."""
    account, _, message = id_.partition(".")
    first, second = ACCOUNT.number(account), QUEUED_MESSAGE.number(message)
    return None if first is None or second is None else (first, second)


def id_of(key: Key) -> str:
    """The id of a message."""
    return f"{ACCOUNT.id(key[0])}.{QUEUED_MESSAGE.id(key[1])}"


def found(store: Store, wanted: Wanted, most: int | None = None) -> Found:
    """The messages that are wanted, no more than `most`. Raises store.StoreError."""
    keys: list[Key] = []
    left = MOST_LOOKED_AT
    for account in sorted(due(store, QUEUE)):
        for key in _of(store, account, wanted, left):
            left -= 1
            if key is not None:
                keys.append(key)
            if most is not None and len(keys) >= most:
                return Found(keys, is_all=False)
        if left <= 0:
            return Found(keys, is_all=False)
    return Found(keys, is_all=True)


def _of(store: Store, account: int, wanted: Wanted, limit: int) -> Iterator[Key | None]:
    """For each message of the account in the range that is looked at: its key, or None if it is not meant."""
    start, end = wanted.start or (0, 0), wanted.end
    if account < start[0] or (end is not None and account > end[0]):
        return
    try:
        with store.read(account) as unit:
            numbers = [
                one
                for one in numbers_of(unit, 2**31)
                if (account, one) >= start and (end is None or (account, one) <= end)
            ][:limit]
            if wanted.is_everything:
                yield from ((account, one) for one in numbers)
                return
        for at in range(0, len(numbers), _AT_ONCE):
            with store.read(account) as unit:
                for message in messages(unit, numbers[at : at + _AT_ONCE]):
                    yield (account, message.number) if wanted.has(message) else None
    except NoAccount:
        # Removed, with all that it had.
        return


def one_message(request: Request) -> Key:
    """The message that the path names. Raises NotFound, also for one that the manager does not see."""
    id_ = request.parts["id"]
    key = key_of(id_)
    if key is not None:
        domains = domains_of(request)
        try:
            with request.office.store.read(key[0]) as unit:
                message = queued_message(unit, key[1])
        except NoAccount:
            message = None
        if message is not None and (domains is None or touches(message, domains)):
            return key
    raise NotFound(id_[:80])


def domains_of(request: Request) -> frozenset[str] | None:
    """The domains whose messages the manager sees, None for all. Raises store.StoreError."""
    if request.manager.tenant is None:
        return None
    with request.office.store.read(0) as server:
        return frozenset(one.name for one in seen_domains(server, request.manager))


_TOLD = Text(2000, has_lines=True)
_STATUS: Shape = OneOf(
    (
        Fields({"completed": _TOLD}, ("completed",)),
        Fields({"temp_fail": _TOLD}, ("temp_fail",)),
        Fields({"perm_fail": _TOLD}, ("perm_fail",)),
        Choice(("scheduled",)),
    )
)
_RECIPIENT = Fields({"address": Text(1000), "status": _STATUS, "orcpt": Text(1000)}, ("address", "status"))
_DOMAIN = Fields(
    {
        "name": Text(1000),
        "status": _STATUS,
        "retry_num": Integer(),
        "next_retry": Nullable(INSTANT),
        "next_notify": Nullable(INSTANT),
        "expires": INSTANT,
        "recipients": ListOf(_RECIPIENT),
    },
    ("name", "status", "retry_num", "next_retry", "next_notify", "expires", "recipients"),
)
MESSAGE = Fields(
    {
        "id": Text(40, doc="The account's id, a dot, and the message's."),
        "return_path": Text(1000, doc="Empty for what nobody is to be told of."),
        "created": INSTANT,
        "size": Integer(),
        "priority": Integer(-9, 9, doc="As the sender asked for (RFC 6710); left out where that is 0."),
        "env_id": Text(1000, doc="The sender's name for the message (RFC 3461 section 4.4)."),
        "blob_hash": Text(40, doc="What `/api/store/blobs/{hash}` gives the message for."),
        "released": FLAG,
        "domains": ListOf(_DOMAIN, doc="The recipients, by the domain that they are in."),
    },
    ("id", "return_path", "created", "size", "blob_hash", "released", "domains"),
    doc="A message on its way. One that is not `released` yet can still be taken back by who sent it.",
)


def shown(unit: Unit, message: Queued, notify: timedelta | None) -> dict[str, JSON]:
    """A message in the form of the reference (section 7); `notify` is when a sender is told that it is late."""
    blob = unit.blob(message.blob)
    told: dict[str, JSON] = {
        "id": id_of((unit.account, message.number)),
        "return_path": message.sender,
        "created": utc_date(message.created),
        "size": 0 if blob is None else blob.size,
        "blob_hash": f"{ACCOUNT.id(unit.account)}.{whole_id(message.blob)}",
        "released": message.is_released,
    }
    priority = message.parameters.get("MT-PRIORITY") or "0"
    if priority.lstrip("-").isdecimal() and int(priority):
        told["priority"] = int(priority)
    if message.parameters.get("ENVID"):
        told["env_id"] = message.parameters["ENVID"]
    there: dict[str, list[Addressee]] = {}
    for one in message.recipients:
        there.setdefault(domain_of(one.address), []).append(one)
    told["domains"] = [_domain(message, name, those, notify) for name, those in there.items()]
    return told


def _domain(message: Queued, name: str, those: Sequence[Addressee], notify: timedelta | None) -> dict[str, JSON]:
    waiting = [one for one in those if not one.is_over]
    # Of several, the one of whom the least is known.
    least = min(waiting or those, key=lambda one: (one.is_over, one.reply is not None))
    is_told = notify is None or not waiting or all(one.is_noticed for one in waiting)
    return {
        "name": name,
        "status": _status(least),
        "retry_num": max(one.tries for one in those),
        "next_retry": utc_date(min(one.next_attempt for one in waiting)) if waiting else None,
        "next_notify": None if is_told or notify is None else utc_date(message.release + notify),
        "expires": utc_date(message.expires),
        "recipients": [_recipient(one) for one in those],
    }


def _recipient(one: Addressee) -> dict[str, JSON]:
    told: dict[str, JSON] = {"address": one.address, "status": _status(one)}
    if one.parameters.get("ORCPT"):
        told["orcpt"] = one.parameters["ORCPT"]
    return told


def _status(one: Addressee) -> JSON:
    if one.status == "failed":
        return {"perm_fail": one.reply or ""}
    if one.is_over:
        return {"completed": one.reply or ""}
    return "scheduled" if one.reply is None else {"temp_fail": one.reply}


def notice_of(request: Request) -> timedelta | None:
    """After how long a sender is told that a message is late, None for never."""
    after = request.office.settings()[catalogue.QUEUE_NOTIFY]
    return None if after is None else timedelta(seconds=after.seconds)
