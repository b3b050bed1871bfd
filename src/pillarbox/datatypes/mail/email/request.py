"""What a client says of an Email besides its message: Mailboxes, keywords, date; and whether there is room for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pillarbox.datatypes.mail.email.record import Email, keywords_normal
from pillarbox.objects import UTC_DATE, Call, SetError, invalid, reference
from pillarbox.wire.values import JSON, UTCDate

__all__ = ["Under", "filed_under", "is_over_quota"]


@dataclass(frozen=True, slots=True)
class Under:
    """Where and how an Email is to be filed."""

    mailboxes: tuple[int, ...]
    keywords: tuple[str, ...]
    received_at: UTCDate | None


def filed_under(call: Call[Any], sent: Mapping[str, JSON], errors: list[SetError]) -> Under:
    """Where a new Email is to be filed; what is wrong with that is added to the errors."""
    mailboxes: list[int] = []
    value = sent.get("mailboxIds")
    if value is None:
        errors.append(invalid("mailboxIds", "is required"))
    elif not isinstance(value, dict) or not value or not all(one is True for one in value.values()):
        errors.append(invalid("mailboxIds", "must be Id[true], one at least"))
    else:
        mailbox = call.context.registry["Mailbox"]
        numbers = [mailbox.number(reference(call, id_) or "") for id_ in value]
        if any(number is None or not list(call.unit.get(mailbox.table, (number,))) for number in numbers):
            errors.append(invalid("mailboxIds", "refers to a Mailbox that does not exist"))
        mailboxes = list(dict.fromkeys(cast("list[int]", numbers)))
    return Under(tuple(mailboxes), _keywords(call, sent.get("keywords", {}), errors), _received_at(sent, errors))


def _keywords(call: Call[Any], value: JSON, errors: list[SetError]) -> tuple[str, ...]:
    prop = Email.properties["keywords"]
    if not prop.kind.holds(value):
        errors.append(invalid("keywords", f"must be {prop.kind.name}"))
        return ()
    wrong = prop.check(value) if prop.check else None
    if wrong is not None:
        errors.append(invalid("keywords", wrong))
    keywords = tuple(keywords_normal(cast("dict[str, bool]", value)))
    if len(keywords) > call.context.limits.keywords:
        errors.append(SetError("tooManyKeywords", (), f"no more than {call.context.limits.keywords}"))
    return keywords


def _received_at(sent: Mapping[str, JSON], errors: list[SetError]) -> UTCDate | None:
    if "receivedAt" not in sent:
        return None
    value = sent["receivedAt"]
    if UTC_DATE.holds(value):
        return cast("UTCDate", value)
    errors.append(invalid("receivedAt", "must be UTCDate"))
    return None


def is_over_quota(call: Call[Any], size: int) -> bool:
    """Whether so many octets more would take the account over its quota."""
    quota = call.grant.quota
    return quota is not None and call.unit.held_size() + size > quota
