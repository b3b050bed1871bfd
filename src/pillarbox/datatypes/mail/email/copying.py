"""Email/copy: a message of another account, filed in this one (RFC 8621 section 4.7).

The message is read and filed anew, so that its Thread is one of this account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pillarbox.datatypes.core import located
from pillarbox.datatypes.mail.email.filing import Arrival, NewEmail, arrival, file
from pillarbox.datatypes.mail.email.record import Email
from pillarbox.datatypes.mail.email.request import filed_under, is_over_quota
from pillarbox.objects import Call, Copying, Original, Refused, SetError, Write, invalid, merged
from pillarbox.store import Unit
from pillarbox.wire.values import JSON, UTCDate

__all__ = ["COPYING"]

_SETTABLE = frozenset(("mailboxIds", "keywords", "receivedAt"))


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message, and what was read of it."""

    raw: bytes
    message: Arrival


def _read_before(call: Call[Any], originals: Sequence[Original]) -> Mapping[int, _Letter]:
    """The messages, read while others may still write to the account they go to.

    No more than an answer may have of octets; what is left is read one by one when it is copied.
    """
    letters: dict[int, _Letter] = {}
    room = call.context.limits.answer
    for original in originals:
        size = cast("int", original.document["size"])
        letter = _letter(call.unit, original) if size <= room else None
        if letter is not None:
            room -= size
            letters[original.number] = letter
    return letters


def _letter(unit: Unit, original: Original) -> _Letter | None:
    octets = located(unit, cast("str", original.document["blobId"]))
    if octets is None:
        return None
    raw = octets.read(unit)
    return _Letter(raw, arrival(raw))


def _filed(call: Call[Any], original: Original, letter: _Letter | None, sent: Mapping[str, JSON]) -> Write[Email]:
    """The copy. Raises Refused: invalidProperties, tooManyKeywords, notFound, overQuota.

    Mailboxes have to be sent: those of the original are another account's.
    """
    errors = [invalid(name, "cannot be set by a copy") for name in sent if name not in _SETTABLE]
    own = {name: original.document[name] for name in ("keywords", "receivedAt")}
    under = filed_under(call, {**own, **sent}, errors)
    wrong = merged(errors)
    if wrong is not None:
        raise Refused(wrong)
    if letter is None:
        with call.context.read(original.grant.number) as unit:
            letter = _letter(unit, original)
    if letter is None:
        # Its octets went between the reading of the original and now.
        raise Refused(SetError("notFound"))
    if is_over_quota(call, len(letter.raw)):
        raise Refused(SetError("overQuota"))
    context = call.context
    blob = call.writing.add_blob(letter.raw, int(context.now.timestamp()) + context.limits.upload_life)
    received_at = under.received_at or cast("UTCDate", original.document["receivedAt"])
    new = NewEmail(under.mailboxes, under.keywords, received_at)
    number, document = file(call.writing, context.registry, blob, letter.message, new)
    return Write(call, number, None, Email(number, document))


COPYING = Copying(_read_before, _filed)
