"""What an EmailSubmission is, and what it has (RFC 8621 section 7)."""

from collections.abc import Iterator
from typing import Any

from pillarbox.datatypes.mail.submission.calling import expected_first, set_
from pillarbox.datatypes.mail.submission.making import create
from pillarbox.datatypes.mail.submission.outcome import given_up
from pillarbox.datatypes.mail.submission.record import CANCELED, PENDING, EmailSubmission
from pillarbox.datatypes.mail.submission.reports import let_go, reports
from pillarbox.datatypes.queue import withdraw
from pillarbox.objects import (
    CHANGES,
    GET,
    ID,
    OBJECT,
    QUERY,
    QUERY_CHANGES,
    STRING,
    Argument,
    Condition,
    DataType,
    Key,
    Members,
    Method,
    Property,
    Reach,
    Refused,
    SetError,
    Write,
    after,
    before,
    by,
    invalid,
    key,
    list_of,
    map_of,
    nullable,
)
from pillarbox.store import Column, Document, Equal, MemberOutside, Not, SetIndex

__all__ = ["EMAIL_SUBMISSION"]


def it_can_only_be_canceled(write: Write[EmailSubmission]) -> Iterator[SetError]:
    """Clients change undoStatus from pending to canceled, and not otherwise (section 7, "undoStatus")."""
    if write.before is None or write.destroys or not write.changes(EmailSubmission.undo_status):
        return
    if write.new.undo_status != CANCELED:
        yield invalid("undoStatus", f"can only become {CANCELED}")
    elif write.old.undo_status != PENDING:
        yield SetError("cannotUnsend", (), "the message is on its way already")


def it_is_withdrawn(write: Write[EmailSubmission]) -> None:
    """What is canceled is not sent (section 7, "undoStatus"). Raises Refused with cannotUnsend if it is too late."""
    if write.before is None or write.destroys or not write.changes(EmailSubmission.undo_status):
        return
    writing = write.call.writing
    if not withdraw(writing, write.number, write.call.context.now):
        raise Refused(SetError("cannotUnsend", (), "the message is on its way already"))
    document = {**write.new.document, "deliveryStatus": given_up(write.new.delivery_status or ())}
    writing.update(EMAIL_SUBMISSION.table, write.number, write.new.document, document)
    write.after = EmailSubmission(write.number, document)


def its_email_is_remembered(write: Write[EmailSubmission]) -> None:
    """Which Email it is of, for what follows from its success (`calling`); one that is destroyed can tell no more."""
    record = write.before if write.after is None else write.after
    if record is not None:
        write.call.prepared[write.id] = record.email_id


def its_reports_are_let_go(write: Write[EmailSubmission]) -> None:
    """A destroyed submission holds the reports about its message no longer."""
    if write.destroys:
        let_go(write.call.writing, write.old.document, int(write.call.context.now.timestamp()))


def _text_key(prop: Property[Any]) -> Key:
    """The index of a text by its exact octets: ids and words of the protocol are not looked for in any case."""
    return Key(Column(prop.wire, "text"), lambda document: str(prop.of(document)), str)


def _one_of(name: str, prop: Property[Any]) -> Condition:
    """The property is one of the ids given."""

    def values(document: Document) -> list[str]:
        return [str(prop.of(document))]

    members = Members(SetIndex(name, "text"), values)
    # It has one value, so it has none outside of the list just if its own is in it; lists may be long.
    return Condition(
        name, list_of(ID), lambda ids: Not(MemberOutside(name, tuple(ids))), Reach.OBJECT, members=(members,)
    )


_SENT = key(EmailSubmission.send_at, sorted=True)
_UNDO = _text_key(EmailSubmission.undo_status)


EMAIL_SUBMISSION = DataType(
    record=EmailSubmission,
    rfc="8621 section 7",
    capability="urn:ietf:params:jmap:submission",
    prefix="s",
    methods=(GET, CHANGES, Method("set", set_, writes=True, prepare=expected_first), QUERY, QUERY_CHANGES),
    filters=(
        _one_of("identityIds", EmailSubmission.identity_id),
        _one_of("emailIds", EmailSubmission.email_id),
        _one_of("threadIds", EmailSubmission.thread_id),
        Condition("undoStatus", STRING, lambda value: Equal("undoStatus", value), Reach.OBJECT, keys=(_UNDO,)),
        before("before", _SENT),
        after("after", _SENT),
    ),
    sorts=(
        by("emailId", key(EmailSubmission.email_id)),
        by("threadId", key(EmailSubmission.thread_id)),
        by("sentAt", _SENT),
        # The name that the property has; section 7.3 writes another.
        by("sendAt", _SENT),
    ),
    rules=(it_can_only_be_canceled,),
    effects=(it_is_withdrawn, its_email_is_remembered, its_reports_are_let_go),
    keys=(key(EmailSubmission.message_key, sorted=True),),
    holds=reports,
    create=create,
    told_of_create=tuple(EmailSubmission.properties),
    arguments=(
        Argument("set", "onSuccessUpdateEmail", nullable(map_of(STRING, OBJECT)), None),
        Argument("set", "onSuccessDestroyEmail", nullable(list_of(STRING)), None),
    ),
)
