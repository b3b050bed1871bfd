"""MDN/send: the author of a message hears what became of it (RFC 9007 section 2.1, RFC 8098).

The notification is queued, and Email/set is called for the message, so that no second one is sent.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from pillarbox.datatypes.mail.email import is_over_quota
from pillarbox.datatypes.mail.identity import Identity, sender_of
from pillarbox.datatypes.mail.mdn.asked import Wanted, wanted
from pillarbox.datatypes.mail.mdn.letter import letter
from pillarbox.datatypes.mail.submission import Letter, found, is_mailbox
from pillarbox.datatypes.queue import QUEUED_MESSAGE, Outgoing, Recipient, enqueue
from pillarbox.datatypes.server import QUEUE, expect
from pillarbox.objects import (
    ID,
    OBJECT,
    STRING,
    Call,
    Implied,
    Method,
    MethodError,
    Refused,
    SetError,
    map_of,
    nullable,
    reference,
)
from pillarbox.store import Select
from pillarbox.wire.message import Form, Unwritable, parsed
from pillarbox.wire.values import JSON

__all__ = ["SEND"]

_MAIL = "urn:ietf:params:jmap:mail"
_MOST_RECIPIENTS = 10
_SENT = "$mdnsent"


def expected_first(call: Call[Any]) -> None:
    """Before anything is sent, account 0 knows that the account has something to send. Raises store.StoreError."""
    if call.arguments.sent("send"):
        expect(call.context.store, call.grant.number, QUEUE, call.context.now)


def send(call: Call[Any]) -> Mapping[str, JSON]:
    """Each notification queued, or why it was not; then Email/set for the messages they are about.

    Raises MethodError invalidArguments for an Identity that there is not, and for patches that do not set `$mdnsent`;
    requestTooLarge; unknownMethod for a request that does not use the capability of mail as well.
    """
    using = call.context.using
    if using is not None and _MAIL not in using:
        raise MethodError("unknownMethod", f"{_MAIL} is needed as well")
    identity_id = call.arguments.take("identityId", STRING)
    mdns = call.arguments.take("send", map_of(ID, OBJECT))
    patches = call.arguments.take("onSuccessUpdateEmail", nullable(map_of(STRING, OBJECT)), None) or {}
    call.take_extra("send")
    limit = call.context.limits.objects_in_set
    if len(mdns) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} can be sent at once")
    identity = sender_of(call, reference(call, identity_id) or "")
    if identity is None:
        raise MethodError("invalidArguments", "identityId names no Identity of the account")
    for key in mdns:
        if not _marks(patches.get(f"#{key}")):
            raise MethodError("invalidArguments", f"onSuccessUpdateEmail has to set the keyword {_SENT} for #{key}")
    sent: dict[str, JSON] = {}
    refused: dict[str, JSON] = {}
    update: dict[str, Mapping[str, JSON]] = {}
    for key, mdn in mdns.items():
        try:
            with call.writing.savepoint():
                email_id, told = _queued(call, identity, mdn, update)
        except Refused as refusal:
            refused[key] = refusal.error.wire()
        else:
            sent[key] = told
            update[email_id] = patches[f"#{key}"]
    if update:
        call.context.implied.append(Implied("Email/set", {"accountId": call.account_id, "update": dict(update)}))
    return {"accountId": call.account_id, "sent": sent or None, "notSent": refused or None}


def _marks(patch: Mapping[str, JSON] | None) -> bool:
    """Whether a patch leads to the keyword."""
    if patch is None:
        return False
    keywords = patch.get("keywords")
    return patch.get(f"keywords/{_SENT}") is True or (isinstance(keywords, dict) and keywords.get(_SENT) is True)


def _queued(
    call: Call[Any], identity: Identity, mdn: Mapping[str, JSON], sent: Mapping[str, object]
) -> tuple[str, JSON]:
    """The id of the Email that the notification is about, and what its client did not set. Raises Refused."""
    asked = wanted(call, identity, mdn)
    original = found(call, asked.email_id)
    recipients = _recipients(original) if original is not None else []
    if original is None or not recipients:
        raise Refused(SetError("notFound", ("forEmailId",), "no Email that asks for a notification"))
    email_id = str(call.context.registry["Email"].id(original.email.number))
    if _SENT in original.email.keywords or email_id in sent:
        raise Refused(SetError("mdnAlreadySent", (), f"the keyword {_SENT} is there already"))
    raw = _written(call, identity, asked, original, recipients)
    context = call.context
    if len(raw) > context.limits.message:
        raise Refused(SetError("tooLarge", (), f"a message has no more than {context.limits.message} octets"))
    if is_over_quota(call, len(raw)) or call.unit.count(QUEUED_MESSAGE.table, Select()) >= context.limits.queued:
        raise Refused(SetError("overQuota"))
    # RFC 8098 section 3: an empty reverse-path, so that nothing answers it.
    message = Outgoing(
        call.writing.add_blob(raw, int(context.now.timestamp()) + context.limits.upload_life),
        "",
        tuple(Recipient(address, {"NOTIFY": "NEVER"}) for address in recipients),
        context.now,
        context.now + timedelta(seconds=context.limits.queue_expire),
    )
    enqueue(call.writing, message, context.now)
    return email_id, asked.not_set(original)


def _written(call: Call[Any], identity: Identity, asked: Wanted, original: Letter, recipients: list[str]) -> bytes:
    try:
        return letter(call, identity, asked, original, recipients)
    except Unwritable as problem:
        raise Refused(SetError("invalidProperties", (), str(problem))) from None


def _recipients(original: Letter) -> list[str]:
    """Who asks for the notification (RFC 8098 section 2.1); nobody, if the field is not one that could be sent to."""
    name = "disposition-notification-to"
    values = [header["value"] for header in original.headers if header["name"].lower() == name]
    if len(values) != 1:
        return []
    addresses = cast("list[Mapping[str, str]]", parsed(Form.ADDRESSES, values[0]) or [])
    found_ = list(dict.fromkeys(one["email"] for one in addresses))
    return found_ if len(found_) <= _MOST_RECIPIENTS and all(map(is_mailbox, found_)) else []


SEND = Method("send", send, writes=True, prepare=expected_first, no_account="invalidArguments")
