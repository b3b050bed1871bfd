"""What an Email is, and what it has (RFC 8621 section 4)."""

from collections.abc import Iterator
from typing import cast

from pillarbox.datatypes.mail.email import body
from pillarbox.datatypes.mail.email.copying import COPYING
from pillarbox.datatypes.mail.email.creation import create
from pillarbox.datatypes.mail.email.filing import TEXT_FIELDS, text_again
from pillarbox.datatypes.mail.email.header import HEADERS
from pillarbox.datatypes.mail.email.importing import IMPORT
from pillarbox.datatypes.mail.email.parsing import PARSE, TOLD
from pillarbox.datatypes.mail.email.record import Email
from pillarbox.datatypes.mail.email.search import BLOB, FILTERS, GROUP, MEMBERS, SORTS, total
from pillarbox.datatypes.mail.tally import Change, tally
from pillarbox.objects import (
    BOOLEAN,
    CHANGES,
    COPY,
    GET,
    QUERY,
    QUERY_CHANGES,
    SET,
    Argument,
    DataType,
    SetError,
    Write,
    number_of,
)
from pillarbox.store import Document

__all__ = ["EMAIL"]


def keywords_are_not_too_many(write: Write[Email]) -> Iterator[SetError]:
    """No change gives an Email more keywords than there may be (section 4.6, "tooManyKeywords")."""
    limit = write.call.context.limits.keywords
    if not write.destroys and write.changes(Email.keywords) and len(write.new.keywords) > limit:
        yield SetError("tooManyKeywords", (), f"no more than {limit}")


def its_thread_and_mailboxes_count_it(write: Write[Email]) -> None:
    """Counts follow (section 2); those of a new Email were made when it was filed."""
    if write.before is None:
        return
    after = write.after.document if write.after is not None else None
    if after is None or write.changes(Email.keywords) or write.changes(Email.mailbox_ids):
        change = Change(number_of(write.old.thread_id), write.old.document, after)
        tally(write.call.writing, write.call.context.registry, change)


def its_message_is_let_go(write: Write[Email]) -> None:
    """A destroyed Email holds its blob no longer; it stays for as long as an upload would (RFC 8620 section 6)."""
    if write.destroys:
        context = write.call.context
        expires = int(context.now.timestamp()) + context.limits.upload_life
        write.call.writing.release(number_of(write.old.blob_id), expires)


def its_message(document: Document) -> list[int]:
    """The blob that an Email holds."""
    return [number_of(cast("str", document["blobId"]))]


EMAIL = DataType(
    record=Email,
    rfc="8621 section 4",
    capability="urn:ietf:params:jmap:mail",
    prefix="e",
    methods=(GET, CHANGES, SET, QUERY, QUERY_CHANGES, COPY, IMPORT, PARSE),
    filters=FILTERS,
    sorts=SORTS,
    rules=(keywords_are_not_too_many,),
    effects=(its_thread_and_mailboxes_count_it, its_message_is_let_go),
    create=create,
    told_of_create=("blobId", "threadId", "size"),
    copying=COPYING,
    # RFC 8621 section 1.5.
    arrivals="EmailDelivery",
    arguments=(
        *body.ARGUMENTS,
        Argument("query", "collapseThreads", BOOLEAN, default=False),
        Argument("queryChanges", "collapseThreads", BOOLEAN, default=False),
    ),
    default_properties=(
        "id",
        "blobId",
        "threadId",
        "mailboxIds",
        "keywords",
        "size",
        "receivedAt",
        *TOLD,
    ),
    pattern=HEADERS,
    keys=(BLOB,),
    members=MEMBERS,
    text=TEXT_FIELDS,
    text_again=text_again,
    holds=its_message,
    group=GROUP,
    collapse="collapseThreads",
    total=total,
)
