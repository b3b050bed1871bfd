"""The message that a creation object describes, written and filed."""

from collections.abc import Mapping

from pillarbox.datatypes.mail.email.creation.body import body
from pillarbox.datatypes.mail.email.creation.header import email_fields, generated
from pillarbox.datatypes.mail.email.creation.sent import Sent
from pillarbox.datatypes.mail.email.filing import NewEmail, arrival, file
from pillarbox.datatypes.mail.email.record import Email
from pillarbox.datatypes.mail.email.request import filed_under, is_over_quota
from pillarbox.objects import Call, Refused, SetError, Write, merged
from pillarbox.wire.message import compose
from pillarbox.wire.values import JSON, utc_date

__all__ = ["create"]


def create(call: Call[Email], properties: Mapping[str, JSON]) -> Write[Email]:
    """Files the message that the creation object describes (RFC 8621 section 4.6).

    Raises Refused: invalidProperties with every property that is wrong, blobNotFound, tooLarge, overQuota.
    """
    sent = Sent(call, properties)
    under = filed_under(call, properties, sent.errors)
    raw = _message(sent)
    limits = call.context.limits
    if len(raw) > limits.message:
        raise Refused(SetError("tooLarge", (), f"the message would have more than {limits.message} octets"))
    if is_over_quota(call, len(raw)):
        raise Refused(SetError("overQuota"))
    blob = call.writing.add_blob(raw, int(call.context.now.timestamp()) + limits.upload_life)
    new = NewEmail(under.mailboxes, under.keywords, under.received_at or utc_date(call.context.now))
    number, document = file(call.writing, call.context.registry, blob, arrival(raw), new)
    return Write(call, number, None, Email(number, document))


def _message(sent: Sent) -> bytes:
    """Its octets. Raises Refused if something is wrong with what was sent."""
    fields = list(email_fields(sent))
    tree = body(sent)
    error = merged(sent.errors)
    if error is not None:
        raise Refused(error)
    if sent.missing:
        raise Refused(SetError("blobNotFound", (), None, {"notFound": list(sent.missing)}))
    fields += generated(sent.call, [*fields, *tree.headers])
    return compose(fields, tree, sent.call.context.token)
