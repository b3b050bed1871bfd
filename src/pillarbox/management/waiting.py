"""A message on its way out, in the form of the management API (section 7)."""

from collections.abc import Sequence
from datetime import timedelta

from pillarbox.access import domain_of
from pillarbox.datatypes.core import whole_id
from pillarbox.datatypes.queue import Addressee, Queued, id_of
from pillarbox.datatypes.server import ACCOUNT
from pillarbox.management.endpoint import Request
from pillarbox.management.shape import FLAG, INSTANT, Choice, Fields, Integer, ListOf, Nullable, OneOf, Shape, Text
from pillarbox.settings import catalogue
from pillarbox.store import Unit
from pillarbox.wire.values import JSON, utc_date

__all__ = ["MESSAGE", "notice_of", "shown"]

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
