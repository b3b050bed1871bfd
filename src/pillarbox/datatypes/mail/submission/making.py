"""EmailSubmission/set create: an Email is given to the queue (RFC 8621 section 7.5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pillarbox.access.permission import EMAIL_SEND
from pillarbox.datatypes.mail.email import is_over_quota
from pillarbox.datatypes.mail.identity import Identity, may_send_as, sender_of
from pillarbox.datatypes.mail.submission.envelope import BadEnvelope, Envelope, given, is_mailbox, made
from pillarbox.datatypes.mail.submission.letter import Letter, found, is_same_address, sent
from pillarbox.datatypes.mail.submission.outcome import on_its_way
from pillarbox.datatypes.mail.submission.record import PENDING, EmailSubmission, message_key
from pillarbox.datatypes.queue import QUEUED_MESSAGE, Outgoing, enqueue
from pillarbox.objects import Call, Refused, SetError, Write, invalid, merged, reference
from pillarbox.store import Select
from pillarbox.wire.values import JSON, utc_date

__all__ = ["create"]

_KNOWN = ("identityId", "emailId", "envelope")


def create(call: Call[EmailSubmission], properties: Mapping[str, JSON]) -> Write[EmailSubmission]:
    """Sends an Email, once the call's unit has committed: at once, or when the envelope says.

    Raises Refused: invalidProperties with every property that is wrong, else the first of forbiddenToSend, tooLarge,
    invalidEmail, forbiddenFrom, forbiddenMailFrom, noRecipients, tooManyRecipients, invalidRecipients, overQuota.
    """
    identity, letter, envelope = _read(call, properties)
    _may_send(call)
    _may_be_sent(call, letter, identity, envelope.mail.size if envelope else None)
    if envelope is None:
        envelope = made(_return_address(letter, identity), letter.to())
    elif envelope.sender and not may_send_as(call, envelope.sender):
        raise Refused(SetError("forbiddenMailFrom", (), "the account may not send with that return address"))
    _has_recipients(call, envelope)
    now = call.context.now
    release = _not_before(envelope.mail.release or now)
    if release > now and is_over_quota(call, letter.email.size):
        raise Refused(SetError("overQuota", (), "there is no room for a message that waits to be sent"))
    went = sent(call, letter)
    number = call.writing.fresh()
    document: dict[str, JSON] = {
        "identityId": _resolved(call, properties["identityId"]),
        "emailId": _resolved(call, properties["emailId"]),
        "threadId": letter.email.thread_id,
        "envelope": envelope.document,
        "sendAt": utc_date(max(release, now)),
        "undoStatus": PENDING,
        "deliveryStatus": on_its_way(one.address for one in envelope.recipients),
        "dsnBlobIds": [],
        "mdnBlobIds": [],
        "messageKey": None if went.message_id is None else message_key(went.message_id),
    }
    call.writing.insert(call.kind.table, number, document)
    message = Outgoing(
        blob=went.blob,
        sender=envelope.sender,
        recipients=envelope.recipients,
        release=release,
        expires=max(release, now) + timedelta(seconds=call.context.limits.queue_expire),
        submission=number,
        parameters=dict(envelope.mail.onward),
    )
    enqueue(call.writing, message, now)
    return Write(call, number, None, EmailSubmission(number, document))


def _read(call: Call[Any], sent: Mapping[str, JSON]) -> tuple[Identity, Letter, Envelope | None]:
    """What a creation names. Raises Refused with invalidProperties."""
    errors = [
        invalid(name, "is set by the server" if name in call.kind.properties or name == "id" else "no such property")
        for name in sent
        if name not in _KNOWN
    ]
    named, email_id = sent.get("identityId"), sent.get("emailId")
    identity = sender_of(call, reference(call, named) or "") if isinstance(named, str) else None
    if identity is None:
        errors.append(invalid("identityId", "names no Identity of the account"))
    letter = found(call, email_id) if isinstance(email_id, str) else None
    if letter is None:
        errors.append(invalid("emailId", "names no Email of the account"))
    envelope, value = None, sent.get("envelope")
    try:
        if isinstance(value, dict):
            envelope = given(value, call.context.limits, call.context.now)
        elif value is not None:
            errors.append(invalid("envelope", "must be Envelope|null"))
    except BadEnvelope as problem:
        errors.append(invalid("envelope", str(problem)))
    error = merged(errors)
    if error is not None or identity is None or letter is None:
        raise Refused(error or SetError("invalidProperties"))
    return identity, letter, envelope


def _may_send(call: Call[Any]) -> None:
    """Raises Refused for who may not send, and while too many messages of the account are on their way.

    Then most likely somebody floods others.
    """
    if EMAIL_SEND not in call.context.actor.permissions:
        raise Refused(SetError("forbiddenToSend", (), "this account may not send mail"))
    limit = call.context.limits.queued
    if call.unit.count(QUEUED_MESSAGE.table, Select()) >= limit:
        raise Refused(SetError("forbiddenToSend", (), f"{limit} messages wait to be sent already; try again later"))


def _may_be_sent(call: Call[Any], letter: Letter, identity: Identity, said: int | None) -> None:
    """Raises Refused for an Email that is too large or invalid, or whose From is not the Identity's (section 9.6).

    What a client says that it is too large for is too large, as in RFC 1870 section 6.1.
    """
    limit = call.context.limits.message
    if max(letter.email.size, said or 0) > limit:
        raise Refused(SetError("tooLarge", (), f"a message has no more than {limit} octets", {"maxSize": limit}))
    wrong = letter.wrong()
    if wrong:
        raise Refused(SetError("invalidEmail", tuple(wrong), "no message goes out with these properties as they are"))
    if not all(is_same_address(author, identity.email) for author in letter.authors):
        raise Refused(SetError("forbiddenFrom", (), "From is another address than the Identity's"))


def _return_address(letter: Letter, identity: Identity) -> str:
    """That of Sender or From, or else the Identity's (section 7, "mailFrom"), also if no command of SMTP takes it."""
    is_the_identitys = is_same_address(letter.sender, identity.email) and is_mailbox(letter.sender)
    return letter.sender if is_the_identitys else identity.email


def _has_recipients(call: Call[Any], envelope: Envelope) -> None:
    """Raises Refused for an envelope that leads nowhere, to too many, or to what is no address."""
    limit = call.context.limits.recipients
    if not envelope.recipients:
        raise Refused(SetError("noRecipients", (), "the message is to nobody"))
    if len(envelope.recipients) > limit:
        raise Refused(SetError("tooManyRecipients", (), f"no more than {limit}", {"maxRecipients": limit}))
    if envelope.invalid:
        raise Refused(SetError("invalidRecipients", (), None, {"invalidRecipients": envelope.invalid}))


def _not_before(moment: datetime) -> datetime:
    """The moment as clients can be told it, which is to the second: never a message earlier than it was to be."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)


def _resolved(call: Call[Any], id_: JSON) -> str | None:
    return reference(call, str(id_))
