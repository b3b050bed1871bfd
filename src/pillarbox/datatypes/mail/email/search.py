"""The words of Email/query (RFC 8621 sections 4.4.1 and 4.4.2)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from pillarbox.datatypes.mail.email.filing import FIELDS_WITH_TEXT
from pillarbox.datatypes.mail.email.record import Email
from pillarbox.datatypes.mail.mailbox import MAILBOX
from pillarbox.objects import (
    ID,
    STRING,
    Call,
    Comparator,
    Condition,
    Key,
    Kind,
    Members,
    MethodError,
    Reach,
    Seen,
    after,
    at_least,
    before,
    below,
    by,
    equal,
    key,
    list_of,
    member,
    number_of,
)
from pillarbox.store import (
    AllOf,
    AnyOf,
    Column,
    Document,
    Everything,
    Filter,
    InGroup,
    Member,
    MemberOutside,
    Not,
    Quantity,
    SetIndex,
    Text,
)
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.message import base_subject, header_phrases, says, unsaid
from pillarbox.wire.words import phrases

__all__ = ["BLOB", "FILTERS", "GROUP", "MEMBERS", "SORTS", "total"]

_MAX_SORT_TEXT = 128
"""Longer names and subjects that begin alike count as equal; a sort key of any length would cost as much to keep."""


def _lower(keyword: str) -> str:
    return keyword.lower()


def _mailbox(id_: str) -> int:
    """The number of a Mailbox; -1, which none has, for what is no id of one."""
    number = MAILBOX.number(id_)
    return -1 if number is None else number


def _text_key(name: str, value: Any) -> Key:
    def said(document: Document) -> str:
        return str(value(document)[:_MAX_SORT_TEXT])

    return Key(
        Column(name, "text"), lambda document: unicode_casemap(said(document)), unicode_casemap, said, is_fixed=True
    )


def _first(name: str) -> Any:
    def first(document: Document) -> str:
        """The name of the first address, or the address itself, or nothing (section 4.4.2)."""
        addresses = cast("Sequence[Mapping[str, str | None]]", document[name] or ())
        return (addresses[0]["name"] or addresses[0]["email"] or "") if addresses else ""

    return first


def _subject(document: Document) -> str:
    return base_subject(cast("str | None", document["subject"]) or "")


RECEIVED = key(Email.received_at, sorted=True)
BLOB = key(Email.blob_id, sorted=True)
"""For Blob/lookup, which has to find the few Emails of a message among all of them."""
GROUP = key(Email.thread_id, sorted=True)

_MAILBOXES = Members(
    SetIndex("mailboxIds", "integer", "receivedAt"),
    lambda document: [number_of(id_) for id_ in cast("Mapping[str, bool]", document["mailboxIds"])],
)
_KEYWORDS = Members(
    SetIndex("keywords", "text", "receivedAt"), lambda document: list(cast("Mapping[str, bool]", document["keywords"]))
)
_UNSEEN = Members(
    SetIndex("unseen", "integer", "receivedAt"),
    lambda document: [] if "$seen" in cast("Mapping[str, bool]", document["keywords"]) else [1],
)
"""What lacks a keyword is in no index of keywords, but what is new is what people ask for most of all."""

_THREAD_KEYS = Members(SetIndex("threadKeys", "integer"), lambda document: cast("list[int]", document["threadKeys"]))
MEMBERS = (_THREAD_KEYS,)


def _without(keyword: str) -> Filter:
    return Member("unseen", 1) if _lower(keyword) == "$seen" else Not(Member("keywords", _lower(keyword)))


def _all_in_thread(keyword: str) -> Filter:
    if _lower(keyword) == "$seen":
        return Not(InGroup(Quantity.SOME, "unseen", 1))
    return InGroup(Quantity.ALL, "keywords", _lower(keyword))


def _some_in_thread(keyword: str) -> Filter:
    return InGroup(Quantity.SOME, "keywords", _lower(keyword))


def _none_in_thread(keyword: str) -> Filter:
    none = Not(_some_in_thread(keyword))
    # Where none is seen the Email itself is not; most are.
    return AllOf((Member("unseen", 1), none)) if _lower(keyword) == "$seen" else none


def _in_thread(name: str, narrow: Callable[[str], Filter]) -> Condition:
    return Condition(name, STRING, narrow, reach=Reach.GROUP, members=(_KEYWORDS, _UNSEEN))


_MAX_SOUGHT = 4096


def _words(name: str, *fields: str) -> Condition:
    """Full text: each word or phrase must be there; what has no word in it is nowhere, but for nothing at all."""
    return Condition(name, STRING, lambda sought: _text(name, fields, sought), Reach.OBJECT)


def _text(name: str, fields: tuple[str, ...], sought: str) -> Filter:
    _may_be_sought(name, sought)
    found = phrases(sought)
    if not found:
        return AnyOf(()) if sought.strip() else Everything()
    return Text(fields, found)


def _may_be_sought(name: str, sought: str) -> None:
    if len(sought) > _MAX_SOUGHT:
        raise MethodError("unsupportedFilter", f"{name}: no more than {_MAX_SOUGHT} characters can be looked for")


def _header(value: list[str]) -> Filter:
    """The field is there, with the words in it if some were given (section 4.4.1, "header")."""
    name, sought = _field(value)
    if sought and name in FIELDS_WITH_TEXT:
        return _text("header", (name,), sought)
    _may_be_sought("header", sought)
    return Text(("header",), header_phrases(name, sought))


def _header_unsaid(value: list[str]) -> Filter | None:
    """Messages with such fields of which the index does not have the words."""
    name, sought = _field(value)
    return Text(("header",), (unsaid(name),)) if sought and name not in FIELDS_WITH_TEXT else None


def _has_header(seen: Seen, value: list[str]) -> bool:
    name, sought = _field(value)
    headers = cast("list[Mapping[str, str]]", seen.apart["headers"])
    return says((header["value"] for header in headers if header["name"].lower() == name), sought)


def _field(value: list[str]) -> tuple[str, str]:
    return value[0].lower(), value[1].strip() if len(value) > 1 else ""


_HEADER: Kind[list[str]] = Kind(
    "String[1..2]",
    lambda value: isinstance(value, list) and len(value) in (1, 2) and all(isinstance(one, str) for one in value),
)

FILTERS = (
    member("inMailbox", _MAILBOXES, ID, _mailbox),
    Condition(
        "inMailboxOtherThan",
        list_of(ID),
        lambda ids: MemberOutside("mailboxIds", tuple(map(_mailbox, ids))),
        Reach.OBJECT,
        members=(_MAILBOXES,),
    ),
    before("before", RECEIVED),
    after("after", RECEIVED),
    at_least("minSize", key(Email.size)),
    below("maxSize", key(Email.size)),
    _in_thread("allInThreadHaveKeyword", _all_in_thread),
    _in_thread("someInThreadHaveKeyword", _some_in_thread),
    _in_thread("noneInThreadHaveKeyword", _none_in_thread),
    member("hasKeyword", _KEYWORDS, STRING, _lower),
    Condition("notKeyword", STRING, _without, Reach.OBJECT, members=(_KEYWORDS, _UNSEEN)),
    equal("hasAttachment", Email.has_attachment),
    _words("text"),
    _words("from", "from"),
    _words("to", "to"),
    _words("cc", "cc"),
    _words("bcc", "bcc"),
    _words("subject", "subject"),
    _words("body", "body"),
    Condition("header", _HEADER, _header, Reach.OBJECT, test=_has_header, doubtful=_header_unsaid),
)


def _by_keyword(name: str, condition: Any, reach: Reach) -> Comparator:
    """By whether a keyword, named besides, is there."""
    return Comparator(name, condition, reach, members=(_KEYWORDS,), argument=("keyword", STRING))


SORTS = (
    by("receivedAt", RECEIVED),
    by("size", key(Email.size)),
    by("from", _text_key("from", _first("from"))),
    by("to", _text_key("to", _first("to"))),
    by("subject", _text_key("subject", _subject)),
    by("sentAt", key(Email.sent_at)),
    _by_keyword("hasKeyword", lambda keyword: Member("keywords", _lower(keyword)), Reach.OBJECT),
    _by_keyword("allInThreadHaveKeyword", _all_in_thread, Reach.GROUP),
    _by_keyword("someInThreadHaveKeyword", _some_in_thread, Reach.GROUP),
)


def total(call: Call[Any], where: Filter) -> int | None:
    """The length of a result that is all of one Mailbox, which counts its Threads itself (section 4.4)."""
    if not isinstance(where, Member) or where.set != "mailboxIds" or not call.extra["collapseThreads"]:
        return None
    mailbox = call.of("Mailbox").record(cast("int", where.value))
    return 0 if mailbox is None else cast("int", mailbox.document["totalThreads"])
