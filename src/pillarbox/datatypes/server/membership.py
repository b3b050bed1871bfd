"""Membership: an account that sees a group's (ours; kept in account 0).

A type of its own, so that whoever listens to account 0 hears when somebody may see other accounts than before.
"""

from pillarbox.access import Rights
from pillarbox.datatypes.server.account import ACCOUNT
from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import AllOf, AnyOf, Document, Equal, Select, Unit, Writing
from pillarbox.wire.values import UnsignedInt

__all__ = [
    "MEMBERSHIP",
    "Membership",
    "admit",
    "all_memberships",
    "dismiss",
    "forget_memberships",
    "groups_of",
    "members_of",
]


class Membership(Record):
    """A group and a member by the numbers of their accounts, and the member's rights: `read` or `full`."""

    group: Property[UnsignedInt] = prop(immutable=True)
    member: Property[UnsignedInt] = prop(immutable=True)
    rights: Property[str] = prop()


MEMBERSHIP = DataType(
    record=Membership,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="g",
    methods=(),
    filters=(
        equal("group", Membership.group, sorted=True),
        equal("member", Membership.member, sorted=True),
    ),
)


def groups_of(server: Unit, member: int) -> dict[int, Rights]:
    """The numbers of the groups that an account is a member of."""
    return {one.group: Rights(one.rights) for one in selected(server, MEMBERSHIP, Select(Equal("member", member)))}


def members_of(server: Unit, group: int) -> dict[int, Rights]:
    """The numbers of a group's members."""
    return {one.member: Rights(one.rights) for one in selected(server, MEMBERSHIP, Select(Equal("group", group)))}


def all_memberships(server: Unit) -> dict[int, dict[int, Rights]]:
    """The groups of each account that is a member of any."""
    found: dict[int, dict[int, Rights]] = {}
    for one in selected(server, MEMBERSHIP):
        found.setdefault(one.member, {})[one.group] = Rights(one.rights)
    return found


def admit(server: Writing, group: int, member: int, rights: Rights) -> None:
    """The account is a member with these rights, whatever it was."""
    document: Document = {"group": group, "member": member, "rights": rights.value}
    for known in _between(server, group, member):
        if known.document != document:
            server.update(MEMBERSHIP.table, known.number, known.document, document)
            _touch(server, group, member)
        return
    server.insert(MEMBERSHIP.table, server.fresh(), document)
    _touch(server, group, member)


def dismiss(server: Writing, group: int, member: int) -> bool:
    """The account is no member any more; whether it was one."""
    known = _between(server, group, member)
    for one in known:
        server.delete(MEMBERSHIP.table, one.number, one.document)
        _touch(server, group, member)
    return bool(known)


def _touch(server: Writing, group: int, member: int) -> None:
    """Of both it is told who belongs to whom. One that is just being made is not there yet."""
    for one in list(server.get(ACCOUNT.table, (group, member))):
        server.touch(ACCOUNT.table, one.number)


def forget_memberships(server: Writing, account: int) -> None:
    """Nothing is a member of this account, nor is it one."""
    of_it = Select(AnyOf((Equal("group", account), Equal("member", account))))
    for one in selected(server, MEMBERSHIP, of_it):
        server.delete(MEMBERSHIP.table, one.number, one.document)


def _between(server: Unit, group: int, member: int) -> list[Membership]:
    return selected(server, MEMBERSHIP, Select(AllOf((Equal("group", group), Equal("member", member)))))
