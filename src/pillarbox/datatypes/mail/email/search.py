"""The words of Email/query (RFC 8621 sections 4.4.1 and 4.4.2)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

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
from pillarbox.wire.message import base_subject, text
from pillarbox.wire.words import phrases, words_of

__all__ = ["FILTERS", "GROUP", "MEMBERS", "SORTS", "total"]

_MAX_SORT_TEXT = 128
"""Longer names and subjects that begin alike count as equal; a sort key of any length would cost as much to keep."""


def _lower(keyword: str) -> str:
    return keyword.lower()


def _mailbox(id_: str) -> int:
    """The number of a Mailbox; -1, which none has, for what is no id of one."""
    number = MAILBOX.number(id_)
    return -1 if number is None else number


def _text_key(name: str, value: Any) -> Key:
    return Key(
        Column(name, "text"), lambda document: unicode_casemap(value(document)[:_MAX_SORT_TEXT]), unicode_casemap
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


def _in_thread(name: str, narrow: Callable[[str], Filter]) -> Condition:
    return Condition(name, STRING, narrow, reach=Reach.GROUP, members=(_KEYWORDS, _UNSEEN))


_MAX_SOUGHT = 4096


def _words(name: str, *fields: str) -> Condition:
    """Full text: each word or phrase must be there; what has no word in it is nowhere, but for nothing at all."""

    def narrow(sought: str) -> Filter:
        if len(sought) > _MAX_SOUGHT:
            raise MethodError("unsupportedFilter", f"{name}: no more than {_MAX_SOUGHT} characters can be looked for")
        found = phrases(sought)
        if not found:
            return AnyOf(()) if sought.strip() else Everything()
        return Text(fields, found)

    return Condition(name, STRING, narrow, Reach.OBJECT)


def _has_header(seen: Seen, value: list[str]) -> bool:
    """Whether the message has the field, with the text in it if that was given (section 4.4.1, "header")."""
    name, sought = value[0].lower(), value[1].strip() if len(value) > 1 else ""
    fields = (
        header["value"]
        for header in cast("list[Mapping[str, str]]", seen.apart["headers"])
        if header["name"].lower() == name
    )
    return any(not sought or _says(text(field), sought) for field in fields)


def _says(said: str, sought: str) -> bool:
    """Whether a text has what is sought: as it is, parts of words included, or each of its words and phrases."""
    if sought.casefold() in said.casefold():
        return True
    words = f" {' '.join(words_of(said))} "
    wanted = phrases(sought)
    return bool(wanted) and all(f" {' '.join(phrase)} " in words for phrase in wanted)


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
    _in_thread("noneInThreadHaveKeyword", lambda keyword: Not(_some_in_thread(keyword))),
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
    Condition("header", _HEADER, lambda _: Everything(), Reach.OBJECT, test=_has_header),
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
