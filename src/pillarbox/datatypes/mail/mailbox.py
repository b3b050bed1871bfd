"""Mailbox: a named set of Emails (RFC 8621 section 2)."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson

from pillarbox.access import Rights
from pillarbox.datatypes.mail.tally import recount
from pillarbox.objects import (
    BOOLEAN,
    CHANGES,
    GET,
    QUERY,
    QUERY_CHANGES,
    SET,
    Argument,
    Call,
    DataType,
    PerUser,
    Property,
    Record,
    Seen,
    SetError,
    Write,
    already_exists,
    by,
    change,
    contains,
    equal,
    invalid,
    key,
    own,
    present,
    prop,
)
from pillarbox.store import Equal, Member, Select, Unit, Writing
from pillarbox.wire.forms import nfc
from pillarbox.wire.values import JSON, Id, UnsignedInt

__all__ = ["MAILBOX", "Folder", "Mailbox", "furnish", "inbox", "mailbox_at"]

# The IANA registry "IMAP Mailbox Name Attributes", those that say what a mailbox is for, and RFC 8621's inbox.
_ROLES = frozenset({"all", "archive", "drafts", "flagged", "important", "inbox", "junk", "memos", "scheduled"})
_ROLES |= {"sent", "snoozed", "subscribed", "templates", "trash"}


def _net_unicode(name: str) -> str:
    return nfc(name)


def _name_problem(name: str) -> str | None:
    if not name:
        return "must have a character"
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in name):
        return "must not have control characters (RFC 5198)"
    return None


def _role_problem(role: str) -> str | None:
    return None if role in _ROLES else "is none of the registered mailbox names"


def _order_problem(order: int) -> str | None:
    return None if order < 2**31 else "must be less than 2^31"


def _my_rights(seen: Seen) -> JSON:
    """What the actor may do with the Mailbox: all, or read; the Inbox stays, since mail arrives there."""
    full = seen.call.grant.rights is Rights.FULL
    may_go = full and seen.document["role"] != "inbox"
    return {
        "mayReadItems": True,
        "mayAddItems": full,
        "mayRemoveItems": full,
        "maySetSeen": full,
        "maySetKeywords": full,
        "mayCreateChild": full,
        "mayRename": full,
        "mayDelete": may_go,
        "maySubmit": full,
    }


class Mailbox(Record):
    """A named set of Emails; what other mail systems call a folder or a label."""

    name: Property[str] = prop(normal=_net_unicode, check=_name_problem)
    parent_id: Property[Id | None] = prop(default=None, refers_to="Mailbox")
    role: Property[str | None] = prop(default=None, check=_role_problem)
    sort_order: Property[UnsignedInt] = prop(default=0, check=_order_problem)
    total_emails: Property[UnsignedInt] = prop(default=0, server_set=True, volatile=True)
    unread_emails: Property[UnsignedInt] = prop(default=0, server_set=True, volatile=True)
    total_threads: Property[UnsignedInt] = prop(default=0, server_set=True, volatile=True)
    unread_threads: Property[UnsignedInt] = prop(default=0, server_set=True, volatile=True)
    my_rights: Property[dict[str, bool]] = prop(server_set=True, computed=_my_rights)
    is_subscribed: Property[bool] = prop(default=True, per_user=PerUser("subscribers", default=False))
    subscribers: Property[dict[str, bool]] = prop(default={}, server_set=True, secret=True)
    """What each member of a group said of it, by the number of their account."""


def siblings_have_different_names(write: Write[Mailbox]) -> Iterator[SetError]:
    """No two Mailboxes with one parent share a name (section 2, "name")."""
    if write.destroys or not (write.changes(Mailbox.name) or write.changes(Mailbox.parent_id)):
        return
    for sibling in write.siblings(Mailbox.parent_id, write.new.parent_id):
        if sibling.name == write.new.name:
            yield already_exists(MAILBOX.id(sibling.number), "a sibling has this name")


def names_are_not_too_long(write: Write[Mailbox]) -> Iterator[SetError]:
    """A name has no more octets than `maxSizeMailboxName` (section 1.3.1)."""
    limit = write.call.context.limits.mailbox_name
    if not write.destroys and len(write.new.name.encode()) > limit:
        yield invalid("name", f"must not be longer than {limit} octets")


def a_role_is_had_once(write: Write[Mailbox]) -> Iterator[SetError]:
    """No two Mailboxes have the same role (section 2, "role")."""
    if write.destroys or write.new.role is None or not write.changes(Mailbox.role):
        return
    if any(write.siblings(Mailbox.role, write.new.role)):
        yield invalid("role", "another Mailbox has this role")


def the_inbox_stays(write: Write[Mailbox]) -> Iterator[SetError]:
    """Mail arrives in the Mailbox whose role is inbox, so it keeps that role and is not destroyed (ours)."""
    if write.before is not None and write.before.role == "inbox" and (write.destroys or write.new.role != "inbox"):
        yield SetError("forbidden", (), "mail is delivered to the inbox")


def ancestors_end_somewhere(write: Write[Mailbox]) -> Iterator[SetError]:
    """There is no loop, and no deeper tree than `maxMailboxDepth` (sections 2 and 1.3.1)."""
    if write.destroys or not write.changes(Mailbox.parent_id):
        return
    depth, above = 1, write.new.parent_id
    limit = write.call.context.limits.mailbox_depth
    while above is not None:
        number = MAILBOX.number(above)
        parent = write.call.record(number) if number is not None else None
        if parent is None:
            yield invalid("parentId", "refers to a Mailbox that does not exist")
            return
        if parent.number == write.number:
            yield invalid("parentId", "would make a loop")
            return
        depth, above = depth + 1, parent.parent_id
        if depth > limit:
            break
    if depth + _height(write.call, write.number, limit) > limit:
        yield invalid("parentId", f"would make the tree deeper than {limit}")


def _height(call: Call[Mailbox], number: int, limit: int) -> int:
    """How many levels are below a Mailbox, as far as it matters."""
    level, height = [number], 0
    while level and height <= limit:
        level = [child for one in level for child in _children(call.unit, one)]
        height += bool(level)
    return height


def _children(unit: Unit, number: int) -> list[int]:
    return unit.page(MAILBOX.table, Select(Equal("parentId", number)), 0, 2**31)


def what_is_destroyed_has_no_child(write: Write[Mailbox]) -> Iterator[SetError]:
    """A Mailbox with a child is not destroyed (section 2.5)."""
    if write.destroys and _children(write.call.unit, write.number):
        yield SetError("mailboxHasChild")


def what_is_destroyed_has_no_email(write: Write[Mailbox]) -> Iterator[SetError]:
    """A Mailbox with Emails is only destroyed with `onDestroyRemoveEmails` (section 2.5)."""
    if write.destroys and write.old.total_emails and not write.call.extra.get("onDestroyRemoveEmails"):
        yield SetError("mailboxHasEmail")


def its_emails_leave(write: Write[Mailbox]) -> None:
    """The Emails of a destroyed Mailbox are removed from it, and destroyed if in no other (section 2.5)."""
    if not write.destroys or not write.old.total_emails:
        return
    emails = write.call.of("Email")
    numbers = emails.unit.page(emails.kind.table, Select(Member("mailboxIds", write.number)), 0, 2**31)
    update: dict[str, dict[str, JSON]] = {}
    destroy = []
    for stored in emails.unit.get(emails.kind.table, numbers):
        mailbox_ids = orjson.loads(stored.document)["mailboxIds"]
        if len(mailbox_ids) > 1:
            update[emails.kind.id(stored.number)] = {f"mailboxIds/{write.id}": None}
        else:
            destroy.append(emails.kind.id(stored.number))
    change(emails, update, destroy)


def counts_follow_the_trash(write: Write[Mailbox]) -> None:
    """What is in the trash counts apart in `unreadThreads`, so another trash means counting anew (section 2)."""
    before = write.before.role if write.before else None
    after = write.after.role if write.after else None
    if before != after and "trash" in (before, after):
        recount(write.call.writing, write.call.context.registry)


def as_tree(call: Call[Mailbox], select: Select) -> list[int]:
    """The result with `sortAsTree` and `filterAsTree` applied (section 2.3)."""
    everyone = call.unit.numbers(MAILBOX.table, 2**31)
    parents = {
        stored.number: _parent(orjson.loads(stored.document)) for stored in call.unit.get(MAILBOX.table, everyone)
    }
    numbers = call.unit.page(MAILBOX.table, select, 0, 2**31)
    chosen = set(numbers)
    if call.extra["filterAsTree"]:
        # The order of ancestors, not of the result, so that a Mailbox is dropped with each one above it.
        chosen = {number for number in numbers if all(above in chosen for above in _above(parents, number))}
    if not call.extra["sortAsTree"]:
        return [number for number in numbers if number in chosen]
    # All Mailboxes take part in sorting, since an ancestor decides even where the filter leaves it out.
    in_order = call.unit.page(MAILBOX.table, Select(order=select.order), 0, 2**31)
    children: dict[int | None, list[int]] = {}
    for number in in_order:
        children.setdefault(parents[number], []).append(number)
    walked: list[int] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        number = waiting.pop()
        walked.append(number)
        waiting.extend(reversed(children.get(number, [])))
    return [number for number in walked if number in chosen]


def _parent(document: dict[str, Any]) -> int | None:
    parent = document["parentId"]
    return None if parent is None else MAILBOX.number(parent)


def _above(parents: dict[int, int | None], number: int) -> Iterator[int]:
    above = parents[number]
    while above is not None:
        yield above
        above = parents[above]


MAILBOX = DataType(
    record=Mailbox,
    rfc="8621 section 2",
    capability="urn:ietf:params:jmap:mail",
    prefix="m",
    methods=(GET, CHANGES, SET, QUERY, QUERY_CHANGES),
    filters=(
        equal("parentId", Mailbox.parent_id),
        contains("name", Mailbox.name),
        equal("role", Mailbox.role, sorted=True),
        present("hasAnyRole", Mailbox.role),
        own("isSubscribed", Mailbox.is_subscribed),
    ),
    sorts=(by("sortOrder", key(Mailbox.sort_order)), by("name", key(Mailbox.name))),
    rules=(
        siblings_have_different_names,
        names_are_not_too_long,
        a_role_is_had_once,
        the_inbox_stays,
        ancestors_end_somewhere,
        what_is_destroyed_has_no_child,
        what_is_destroyed_has_no_email,
    ),
    effects=(its_emails_leave, counts_follow_the_trash),
    arguments=(
        Argument("set", "onDestroyRemoveEmails", BOOLEAN, default=False),
        *(
            Argument(method, name, BOOLEAN, default=False)
            for method in ("query", "queryChanges")
            for name in ("sortAsTree", "filterAsTree")
        ),
    ),
    arrange=as_tree,
    arrangements=("sortAsTree", "filterAsTree"),
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A Mailbox that new accounts have."""

    role: str
    name: str
    subscribed: bool = True


def furnish(unit: Writing, folders: Iterable[Folder]) -> None:
    """Gives a new account its Mailboxes."""
    for order, folder in enumerate(folders, 1):
        document = _document(folder.name, None, folder.role, order * 10, subscribed=folder.subscribed)
        unit.insert(MAILBOX.table, unit.fresh(), document)


def inbox(unit: Unit) -> int:
    """The number of the Mailbox that mail arrives in; each account has one."""
    (number,) = unit.page(MAILBOX.table, Select(Equal("role", "INBOX")), 0, 1)
    return number


def mailbox_at(unit: Writing, path: Sequence[str]) -> int:
    """The Mailbox at a path of names from the top, made if it is not there; the Inbox for an empty path.

    A first name that is, in any case of letters, the name of a role's Mailbox or of the role means that Mailbox.
    """
    here: int | None = None
    if not path:
        return inbox(unit)
    for depth, name in enumerate(map(_net_unicode, path)):
        found = _with_role(unit, name) if depth == 0 else None
        found = found if found is not None else _named(unit, here, name)
        if found is None:
            found = unit.fresh()
            parent = None if here is None else MAILBOX.id(here)
            unit.insert(MAILBOX.table, found, _document(name, parent, None, 0, subscribed=True))
        here = found
    return cast("int", here)


def _with_role(unit: Unit, name: str) -> int | None:
    if name.lower() not in _ROLES:
        return None
    found = unit.page(MAILBOX.table, Select(Equal("role", name.upper())), 0, 1)
    return found[0] if found else None


def _named(unit: Unit, parent: int | None, name: str) -> int | None:
    numbers = unit.page(MAILBOX.table, Select(Equal("parentId", parent)), 0, 2**31)
    for stored in unit.get(MAILBOX.table, numbers):
        if orjson.loads(stored.document)["name"] == name:
            return stored.number
    return None


def _document(name: str, parent: Id | None, role: str | None, order: int, *, subscribed: bool) -> dict[str, JSON]:
    return {
        **{wire: prop.default for wire, prop in MAILBOX.properties.items() if prop.stored},
        "name": name,
        "parentId": parent,
        "role": role,
        "sortOrder": order,
        "isSubscribed": subscribed,
    }
