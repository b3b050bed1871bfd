"""MDN/parse: notifications that came in (RFC 9007 section 2.2)."""

from collections.abc import Mapping
from typing import Any, cast

import orjson

from pillarbox.datatypes.core import all_parsed
from pillarbox.datatypes.mail.email import EMAIL
from pillarbox.objects import STRING, Call, Method, list_of
from pillarbox.store import Select, Text
from pillarbox.wire.message import Form, Notification, header_phrases, notification, parse, parsed, text
from pillarbox.wire.values import JSON

__all__ = ["PARSE"]

_MOST_CANDIDATES = 20


def parse_(call: Call[Any]) -> Mapping[str, JSON]:
    """The notification that each blob is. Raises MethodError requestTooLarge."""
    blob_ids = call.arguments.take("blobIds", list_of(STRING))
    call.take_extra("parse")
    return all_parsed(call, blob_ids, lambda _, octets: _told(call, octets))


def _told(call: Call[Any], raw: bytes) -> JSON:
    """The MDN object of a message; None if it is none."""
    message = parse(raw)
    told = notification(raw, message)
    if told is None:
        return None
    subjects = [field.value for field in message.headers if field.name.lower() == "subject"]
    return {
        "forEmailId": _about(call, told),
        "subject": text(subjects[-1]) if subjects else None,
        "textBody": told.text,
        "includeOriginalMessage": told.has_original,
        "reportingUA": told.reporting_ua,
        "disposition": {
            "actionMode": told.action_mode,
            "sendingMode": told.sending_mode,
            "type": told.disposition,
        },
        "mdnGateway": told.gateway,
        "originalRecipient": told.original_recipient,
        "finalRecipient": told.final_recipient or None,
        "originalMessageId": told.original_message_id,
        "error": list(told.errors) or None,
        "extensionFields": dict(told.extensions) or None,
    }


def _about(call: Call[Any], told: Notification) -> JSON:
    """The id of the Email that it is about; null if the account has none such, or several."""
    ids = parsed(Form.MESSAGE_IDS, told.original_message_id or "")
    if not isinstance(ids, list) or not ids:
        return None
    wanted = str(ids[0])
    select = Select(Text(("header",), header_phrases("message-id", wanted)))
    numbers = call.unit.page(EMAIL.table, select, 0, _MOST_CANDIDATES)
    found = [
        EMAIL.id(stored.number)
        for stored in call.unit.get(EMAIL.table, numbers)
        if wanted in cast("list[str]", orjson.loads(stored.document)["messageId"] or [])
    ]
    return found[0] if len(found) == 1 else None


PARSE = Method("parse", parse_, writes=False)
