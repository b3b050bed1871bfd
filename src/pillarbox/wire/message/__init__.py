"""Internet messages: bytes to values and back (RFC 5322, RFC 2045 to 2047, RFC 2231; RFC 8621 section 4.1).

Begin with `parse`, which reads a message once and says where each part's content stands; `content`
and `text_value` read a part by that, `parsed` a header field in one of the forms of JMAP. `compose`
writes a message, `encoded` the value of one header field.

Any bytes are a message to it: nothing here raises for what a peer sent, and all takes time about
linear in its input. It knows nothing of accounts, blobs, ids or the protocol around the values.
"""

from pillarbox.wire.message.address import EmailAddress, EmailAddressGroup, addresses, grouped_addresses
from pillarbox.wire.message.body import BodyValue, body_value, content, text_value, truncated
from pillarbox.wire.message.compose import Leaf, Multi, compose
from pillarbox.wire.message.date import date, date_utc, received_date
from pillarbox.wire.message.disposition import (
    ACTION_MODES,
    DISPOSITIONS,
    SENDING_MODES,
    Notification,
    notification,
    notification_fields,
)
from pillarbox.wire.message.field import encoded
from pillarbox.wire.message.folding import Unwritable
from pillarbox.wire.message.form import Form, ParsedForm, may_have, message_ids, parsed, text, urls
from pillarbox.wire.message.fulltext import searchable
from pillarbox.wire.message.header import Field
from pillarbox.wire.message.headerwords import header_phrases, indexable_header, says, unsaid
from pillarbox.wire.message.html import html_text
from pillarbox.wire.message.limits import Limits
from pillarbox.wire.message.message import Message, attachment_names, parse
from pillarbox.wire.message.outgoing import goes_as_it_is, outgoing
from pillarbox.wire.message.part import Part
from pillarbox.wire.message.receipt import Fate, Receipt, receipt
from pillarbox.wire.message.subject import base_subject
from pillarbox.wire.message.transfer import decode, is_sound

__all__ = [
    "ACTION_MODES",
    "DISPOSITIONS",
    "SENDING_MODES",
    "BodyValue",
    "EmailAddress",
    "EmailAddressGroup",
    "Fate",
    "Field",
    "Form",
    "Leaf",
    "Limits",
    "Message",
    "Multi",
    "Notification",
    "ParsedForm",
    "Part",
    "Receipt",
    "Unwritable",
    "addresses",
    "attachment_names",
    "base_subject",
    "body_value",
    "compose",
    "content",
    "date",
    "date_utc",
    "decode",
    "encoded",
    "goes_as_it_is",
    "grouped_addresses",
    "header_phrases",
    "html_text",
    "indexable_header",
    "is_sound",
    "may_have",
    "message_ids",
    "notification",
    "notification_fields",
    "outgoing",
    "parse",
    "parsed",
    "receipt",
    "received_date",
    "says",
    "searchable",
    "text",
    "text_value",
    "truncated",
    "unsaid",
    "urls",
]
