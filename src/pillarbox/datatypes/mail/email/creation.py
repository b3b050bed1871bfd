"""Email/set create: what a client wrote becomes a message (RFC 8621 section 4.6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from pillarbox.datatypes.core import located
from pillarbox.datatypes.mail.email.filing import NewEmail, arrival, file
from pillarbox.datatypes.mail.email.header import CONVENIENT, HeaderName, header_name
from pillarbox.datatypes.mail.email.record import Email
from pillarbox.datatypes.mail.email.request import filed_under, is_over_quota
from pillarbox.objects import Call, Refused, SetError, Write, invalid, merged
from pillarbox.wire.message import Form, Leaf, Multi, Unwritable, compose, encoded, may_have
from pillarbox.wire.values import JSON, utc_date

__all__ = ["create"]

_MAX_DEPTH = 20
_MAX_PARTS = 500
_OF_EMAIL = frozenset(("mailboxIds", "keywords", "receivedAt"))
_OF_BODY = frozenset(("bodyStructure", "textBody", "htmlBody", "attachments", "bodyValues"))
_OF_PART = frozenset(
    ("partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location", "subParts")
)
# Fields of a part that its properties stand for; what the transfer encoding is, the server decides.
_PART_FIELDS = {
    "content-type": "type",
    "content-disposition": "disposition",
    "content-id": "cid",
    "content-language": "language",
    "content-location": "location",
}


def create(call: Call[Email], sent: Mapping[str, JSON]) -> Write[Email]:
    """Files the message that the creation object describes.

    Raises Refused: invalidProperties with every property that is wrong, blobNotFound, tooLarge, overQuota.
    """
    writing = _Writing(call, sent)
    under = filed_under(call, {name: value for name, value in sent.items() if name in _OF_EMAIL}, writing.errors)
    headers = list(_headers(writing, sent))
    body = _body(writing)
    _refuse(merged(writing.errors))
    if writing.missing:
        raise Refused(SetError("blobNotFound", (), None, {"notFound": cast("JSON", list(writing.missing))}))
    try:
        raw = compose([*headers, *_generated(call, headers)], body, call.context.token)
    except Unwritable as problem:
        raise Refused(SetError("invalidProperties", (), str(problem))) from None
    limits = call.context.limits
    if len(raw) > limits.message:
        raise Refused(SetError("tooLarge", (), f"the message would have more than {limits.message} octets"))
    if is_over_quota(call, len(raw)):
        raise Refused(SetError("overQuota"))
    message = arrival(raw)
    blob = call.writing.add_blob(raw, int(call.context.now.timestamp()) + limits.upload_life)
    received_at = under.received_at or utc_date(call.context.now)
    number, document = file(
        call.writing, call.context.registry, blob, message, NewEmail(under.mailboxes, under.keywords, received_at)
    )
    return Write(call, number, None, Email(number, document))


@dataclass
class _Writing:
    """A message being written: what was sent, and what is wrong with it so far."""

    call: Call[Email]
    sent: Mapping[str, JSON]
    errors: list[SetError] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)
    """Blob ids that the account does not have."""
    attached: int = 0
    parts: int = 0
    values_used: set[str] = field(default_factory=set)

    def wrong(self, name: str, why: str) -> None:
        self.errors.append(invalid(name, why))


def _refuse(error: SetError | None) -> None:
    if error is not None:
        raise Refused(error)


def _headers(writing: _Writing, sent: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
    """The header fields of the message that properties of the Email stand for, in the order they were sent."""
    seen: dict[str, str] = {}
    for name, value in sent.items():
        if name in _OF_EMAIL or name in _OF_BODY:
            continue
        asked = _header_asked(writing, name, name)
        if asked is None:
            continue
        if asked.field.lower().startswith("content-") or asked.field.lower() == "mime-version":
            writing.wrong(name, "describes a body part, and belongs there")
        elif not _is_twice(writing, seen, asked, name):
            yield from _fields(writing, asked, value, name)


def _header_asked(writing: _Writing, name: str, place: str) -> HeaderName | None:
    """The header field and form that a property stands for; wrong, and None, if it stands for none."""
    if name in CONVENIENT:
        field_name, form = CONVENIENT[name]
        return HeaderName(field_name, form, all=False)
    asked = header_name(name) if name.startswith("header:") else None
    if asked is None:
        known = name in Email.properties or name == "id"
        writing.wrong(place, "is set by the server" if known else "no such property")
    elif not may_have(asked.field, asked.form):
        writing.wrong(place, f"{asked.field[:64]} cannot be given {asked.form.value}")
        return None
    return asked


def _is_twice(writing: _Writing, seen: dict[str, str], asked: HeaderName, place: str) -> bool:
    other = seen.setdefault(asked.field.lower(), place)
    if other != place:
        writing.wrong(place, f"stands for the same header field as {other[:64]}")
        return True
    return False


def _fields(writing: _Writing, asked: HeaderName, value: JSON, place: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if asked.all and not isinstance(value, list):
        writing.wrong(place, "must be a list, one item a header field")
        return
    for one in cast("list[JSON]", value) if asked.all else [value]:
        try:
            text = encoded(asked.field, asked.form, one)
        except Unwritable as problem:
            writing.wrong(place, str(problem))
            return
        # A list of nothing is no header field, but an empty Subject is one.
        if text or asked.form in (Form.RAW, Form.TEXT):
            yield asked.field, text


def _generated(call: Call[Email], headers: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Message-ID and Date, if they were not given (section 4.6)."""
    given = {name.lower() for name, _ in headers}
    if "message-id" not in given:
        domain = call.grant.name.rpartition("@")[2] or "localhost"
        yield "Message-ID", encoded("Message-ID", Form.MESSAGE_IDS, [f"{call.context.token()}@{domain}"])
    if "date" not in given:
        yield "Date", encoded("Date", Form.DATE, utc_date(call.context.now))


def _body(writing: _Writing) -> Leaf | Multi:
    sent = writing.sent
    values = _values(writing, sent.get("bodyValues"))
    if "bodyStructure" in sent:
        writing.errors += [
            invalid(name, "cannot be given beside bodyStructure")
            for name in ("textBody", "htmlBody", "attachments")
            if sent.get(name) is not None
        ]
        own = {field_name.lower(): name for name, field_name in _own_fields(sent)}
        body = _part(writing, sent["bodyStructure"], values, "bodyStructure", own)
    else:
        body = _from_lists(writing, values)
    unused = [name for name in values if name not in writing.values_used]
    if unused:
        writing.wrong("bodyValues", f"no part has the partId {unused[0][:64]!r}")
    if writing.attached > writing.call.context.limits.attachments:
        _refuse(SetError("tooLarge", (), "the attachments are larger than maxSizeAttachmentsPerEmail"))
    return body


def _own_fields(sent: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
    for name in sent:
        asked = header_name(name) if name.startswith("header:") else None
        if name in CONVENIENT:
            yield name, CONVENIENT[name][0]
        elif asked is not None:
            yield name, asked.field


def _values(writing: _Writing, value: JSON) -> Mapping[str, str]:
    """The texts by partId; an EmailBodyValue says nothing of encoding problems or truncation here."""
    if value is None:
        return {}
    texts: dict[str, str] = {}
    for part_id, body_value in value.items() if isinstance(value, dict) else ():
        match body_value:
            case {"value": str(text), **rest} if (
                not any(rest.pop(name, False) for name in ("isEncodingProblem", "isTruncated")) and not rest
            ):
                texts[part_id] = text
            case _:
                writing.wrong("bodyValues", f"{part_id[:64]!r} must be a whole EmailBodyValue")
    if not isinstance(value, dict):
        writing.wrong("bodyValues", "must be String[EmailBodyValue]")
    return texts


def _from_lists(writing: _Writing, values: Mapping[str, str]) -> Leaf | Multi:
    """The usual tree of texts and attachments: mixed of (alternative of texts, the HTML with its images)."""
    text = _only(writing, "textBody", "text/plain", values)
    html = _only(writing, "htmlBody", "text/html", values)
    attached = writing.sent.get("attachments")
    if attached is not None and not isinstance(attached, list):
        writing.wrong("attachments", "must be EmailBodyPart[]")
        attached = None
    beside: list[Leaf | Multi] = []
    within: list[Leaf | Multi] = []
    for one in attached or ():
        part = _part(writing, one, values, "attachments", {}, "attachment")
        # What the HTML shows by its cid belongs to it.
        inline = isinstance(part, Leaf) and part.cid is not None and part.disposition == "inline" and html is not None
        (within if inline else beside).append(part)
    if html is not None and within:
        html = Multi("related", (html, *within))
    shown = [part for part in (text, html) if part is not None]
    body = Multi("alternative", tuple(shown)) if len(shown) == 2 else (shown or [_EMPTY])[0]
    if not shown and len(beside) == 1:
        return beside[0]
    if not shown and beside:
        return Multi("mixed", tuple(beside))
    return Multi("mixed", (body, *beside)) if beside else body


_EMPTY = Leaf("text/plain", b"", is_text=True)


def _only(writing: _Writing, name: str, type_: str, values: Mapping[str, str]) -> Leaf | Multi | None:
    """The one part of `textBody` or `htmlBody` (section 4.6)."""
    value = writing.sent.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict):
        writing.wrong(name, "must have exactly one body part")
        return None
    if value[0].get("type", type_) != type_:
        writing.wrong(name, f"its part must be {type_}")
        return None
    return _part(writing, {**value[0], "type": type_}, values, name, {})


def _part(
    writing: _Writing,
    value: JSON,
    values: Mapping[str, str],
    place: str,
    taken: Mapping[str, str],
    disposition: str | None = None,
    depth: int = 0,
) -> Leaf | Multi:
    writing.parts += 1
    if not isinstance(value, dict) or depth > _MAX_DEPTH or writing.parts > _MAX_PARTS:
        writing.wrong(place, "must be an EmailBodyPart, not nested too deeply")
        return _EMPTY
    headers = tuple(_part_headers(writing, value, place, taken))
    type_ = value.get("type")
    sub_parts = value.get("subParts")
    if type_ is not None and not isinstance(type_, str):
        writing.wrong(f"{place}/type", "must be String")
        type_ = None
    if (type_ or "").lower().startswith("multipart/") or (type_ is None and sub_parts):
        if value.get("partId") is not None or value.get("blobId") is not None:
            writing.wrong(place, "a multipart has no content of its own")
        inner = sub_parts if isinstance(sub_parts, list) else []
        if not inner:
            writing.wrong(f"{place}/subParts", "a multipart has parts")
        subtype = (type_ or "multipart/mixed").lower().removeprefix("multipart/")
        parts = tuple(_part(writing, one, values, f"{place}/subParts", {}, None, depth + 1) for one in inner)
        return Multi(subtype, parts, headers=headers)
    if sub_parts:
        writing.wrong(f"{place}/subParts", "only a multipart has parts")
    return _leaf(writing, value, values, place, headers, type_, disposition)


def _part_headers(
    writing: _Writing, value: Mapping[str, JSON], place: str, taken: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    seen = dict(taken)
    for name, property_ in _PART_FIELDS.items():
        if value.get(property_) is not None:
            seen[name] = f"{place}/{property_}"
    for name, one in value.items():
        if name in _OF_PART:
            continue
        where = f"{place}/{name}"
        if not name.startswith("header:"):
            writing.wrong(where, "cannot be given" if name == "headers" else "no such property")
            continue
        asked = _header_asked(writing, name, where)
        if asked is None:
            continue
        if asked.field.lower() in ("content-transfer-encoding", "mime-version"):
            writing.wrong(where, "is the server's to choose")
        elif not _is_twice(writing, seen, asked, where):
            yield from _fields(writing, asked, one, where)


def _leaf(
    writing: _Writing,
    value: Mapping[str, JSON],
    values: Mapping[str, str],
    place: str,
    headers: tuple[tuple[str, str], ...],
    type_: str | None,
    disposition: str | None,
) -> Leaf:
    texts = {}
    for name in ("name", "charset", "disposition", "cid", "location", "partId", "blobId"):
        text = value.get(name)
        if text is not None and not isinstance(text, str):
            writing.wrong(f"{place}/{name}", "must be String|null")
            text = None
        texts[name] = text
    language = value.get("language")
    if language is not None and not (isinstance(language, list) and all(isinstance(one, str) for one in language)):
        writing.wrong(f"{place}/language", "must be String[]|null")
        language = None
    content = _content(writing, value, values, texts["partId"], texts["blobId"], place)
    is_text = texts["partId"] is not None
    return Leaf(
        type=(type_ or ("text/plain" if is_text else "application/octet-stream")).lower(),
        content=content,
        is_text=is_text,
        charset=texts["charset"],
        disposition=texts["disposition"] or disposition,
        name=texts["name"],
        cid=texts["cid"],
        language=cast("list[str] | None", language),
        location=texts["location"],
        headers=headers,
    )


def _content(
    writing: _Writing,
    value: Mapping[str, JSON],
    values: Mapping[str, str],
    part_id: str | None,
    blob_id: str | None,
    place: str,
) -> bytes:
    if (part_id is None) == (blob_id is None):
        writing.wrong(place, "a part has a partId or a blobId, and not both")
        return b""
    if part_id is not None:
        for name in ("charset", "size"):
            if value.get(name) is not None:
                writing.wrong(f"{place}/{name}", "cannot be given beside a partId")
        if part_id not in values:
            writing.wrong(f"{place}/partId", "is not in bodyValues")
            return b""
        writing.values_used.add(part_id)
        return values[part_id].encode()
    octets = located(writing.call.unit, cast("str", blob_id))
    if octets is None:
        writing.missing[cast("str", blob_id)] = None
        return b""
    writing.attached += octets.length
    if writing.attached > writing.call.context.limits.attachments:
        _refuse(SetError("tooLarge", (), "the attachments are larger than maxSizeAttachmentsPerEmail"))
    return octets.read(writing.call.unit)
