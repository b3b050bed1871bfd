"""Who belongs to what: members of groups and lists, and the roles that have a role.

Groups are in groups, and never in themselves by any way round. What one field says leaves the others as they are: each
is of one type of principal.
"""

from collections.abc import Callable, Iterable

from pillarbox.access import BadAddress, Rights, normal
from pillarbox.datatypes.directory.known import account_at
from pillarbox.datatypes.directory.lists import MAX_MEMBERS
from pillarbox.datatypes.directory.principals.errand import Draft, Errand
from pillarbox.datatypes.directory.principals.finding import is_seen, named
from pillarbox.datatypes.directory.principals.kind import ACCOUNTS, GROUPS, Entry, Kind, names_of
from pillarbox.datatypes.directory.refused import Unfit, Unknown
from pillarbox.datatypes.server import ACCOUNT, ROLE, Account, admit, dismiss, groups_of, members_of, numbered, selected
from pillarbox.store import Member, Select, Unit

__all__ = [
    "Merge",
    "above",
    "put_external_members",
    "put_groups",
    "put_lists",
    "put_members",
    "put_readers",
    "role_members",
]

_MAY_BE_MEMBERS = {
    Kind.GROUP: frozenset((Kind.INDIVIDUAL, Kind.GROUP)),
    # People are members of these here, as they were before the reference's types came: they see what it has.
    Kind.RESOURCE: frozenset((Kind.INDIVIDUAL, Kind.GROUP, Kind.RESOURCE)),
    Kind.LOCATION: frozenset((Kind.INDIVIDUAL, Kind.GROUP, Kind.RESOURCE, Kind.LOCATION)),
    Kind.LIST: ACCOUNTS,
    Kind.ROLE: frozenset((Kind.ROLE,)),
}
Merge = Callable[[list[str]], list[str]]
"""What becomes of the texts of a field."""


def put_groups(errand: Errand, draft: Draft, merge: Merge) -> None:
    """The groups that it is a member of. Raises Unknown; Unfit."""
    server = errand.server
    known = {one.number: one.title for one in numbered(server, ACCOUNT, groups_of(server, draft.number))}
    wanted = _named(errand, draft, "memberOf", merge([*known.values()]), GROUPS, [*known.values()])
    for number in known.keys() - {one.number for one in wanted}:
        dismiss(server, number, draft.number)
    for group in wanted:
        if group.number not in known:
            _admit(errand, group, draft.entry, "memberOf")


def put_lists(errand: Errand, draft: Draft, merge: Merge) -> None:
    """The lists that send to it. Raises Unknown; Unfit."""
    account = Account(draft.number, draft.document)
    own = account.addresses
    had = {one.number: one for one in lists_to(errand.server, account)}
    titles = [one.title for one in had.values()]
    wanted = _named(errand, draft, "lists", merge(titles), frozenset((Kind.LIST,)), titles)
    for number in had.keys() - {one.number for one in wanted}:
        _keep_members(errand, had[number], [one for one in had[number].members if one not in own])
    for entry in wanted:
        if entry.number not in had:
            one = Account(entry.number, entry.document)
            _keep_members(errand, one, [*one.members, _address(draft.entry, "lists")])


def put_members(errand: Errand, draft: Draft, merge: Merge) -> None:
    """The members of a group, a list or a role. Raises Unknown; Unfit."""
    kinds = _MAY_BE_MEMBERS[draft.kind]
    if draft.kind is Kind.LIST:
        _put_list_members(errand, draft, merge, kinds)
        return
    had = {one.number: one.title for one in numbered(errand.server, ACCOUNT, members_of(errand.server, draft.number))}
    wanted = _named(errand, draft, "members", merge([*had.values()]), kinds, [*had.values()])
    for number in had.keys() - {one.number for one in wanted}:
        dismiss(errand.server, draft.number, number)
    for one in wanted:
        if one.number not in had:
            _admit(errand, draft.entry, one, "members")


def put_readers(errand: Errand, draft: Draft, merge: Merge) -> None:
    """Those of a group's members that may only read what it has; the others may change it. Raises Unknown; Unfit."""
    rights = members_of(errand.server, draft.number)
    had = [one.title for one in numbered(errand.server, ACCOUNT, rights) if rights[one.number] is Rights.READ]
    wanted = _named(errand, draft, "readers", merge(had), _MAY_BE_MEMBERS[draft.kind], had)
    for entry in wanted:
        if entry.number not in rights:
            raise Unfit(f"readers: {entry.name} is no member of {draft.entry.name}")
    readers = {one.number for one in wanted}
    for number, has in rights.items():
        right = Rights.READ if number in readers else Rights.FULL
        if has is not right:
            admit(errand.server, draft.number, number, right)


def role_members(errand: Errand, draft: Draft, merge: Merge) -> tuple[list[Entry], list[Entry]]:
    """The roles that are to have this role and have not, and those that have and are not to. Raises Unknown."""
    had = {one.number: one for one in roles_with(errand.server, draft.entry.name)}
    names = [one.name for one in had.values()]
    wanted = _named(errand, draft, "members", merge(names), _MAY_BE_MEMBERS[Kind.ROLE], names)
    kept = {one.number for one in wanted}
    return [one for one in wanted if one.number not in had], [one for one in had.values() if one.number not in kept]


def put_external_members(errand: Errand, draft: Draft, merge: Merge) -> None:
    """The addresses elsewhere that a list sends to. Raises Unfit."""
    away = _external_members(errand.server, draft)
    there = frozenset(away)
    wanted = []
    for one in merge(away):
        try:
            wanted.append(one if one in there else normal(one))
        except BadAddress as problem:
            raise Unfit(f"externalMembers: {problem}") from None
    here = [one for one in _members(draft) if one not in there]
    draft.document["members"] = _bounded(draft, [*here, *wanted])


def _list_members(server: Unit, draft: Draft) -> dict[str, Account]:
    """A list's members of this server, within its tenant, by the address that it sends to."""
    members = _members(draft)
    for address in members:
        if address not in draft.whose:
            draft.whose[address] = account_at(server, address)
    found = {address: draft.whose[address] for address in members}
    return {address: one for address, one in found.items() if one is not None and one.tenant == draft.entry.tenant}


def _external_members(server: Unit, draft: Draft) -> list[str]:
    """The other members of a list."""
    here = _list_members(server, draft)
    return [address for address in _members(draft) if address not in here]


def lists_to(server: Unit, account: Account) -> list[Account]:
    """The lists of its tenant that send to an account; to those of others, it is somebody elsewhere."""
    found = {
        one.number: one
        for address in account.addresses
        for one in selected(server, ACCOUNT, Select(Member("members", address)))
        if one.tenant == account.tenant
    }
    return [*found.values()]


def roles_with(server: Unit, name: str) -> list[Entry]:
    """The roles that have a role."""
    return [Entry.of(ROLE, one.number, one.document) for one in selected(server, ROLE) if name in one.roles]


def above(server: Unit, number: int) -> set[int]:
    """The groups that an account is in, by itself and by way of others."""
    seen: set[int] = set()
    waiting = [number]
    while waiting:
        for group in groups_of(server, waiting.pop()):
            if group not in seen:
                seen.add(group)
                waiting.append(group)
    return seen


def _put_list_members(errand: Errand, draft: Draft, merge: Merge, kinds: frozenset[Kind]) -> None:
    here = _list_members(errand.server, draft)
    had = [*dict.fromkeys(one.title for one in here.values())]
    wanted = _named(errand, draft, "members", merge(had), kinds, had)
    numbers = {one.number for one in wanted}
    there = {one.number for one in here.values()}
    kept = [address for address in _members(draft) if address not in here or here[address].number in numbers]
    new = [_address(one, "members") for one in wanted if one.number not in there]
    draft.document["members"] = _bounded(draft, [*kept, *new])


def _named(
    errand: Errand, draft: Draft, field: str, names: Iterable[str], kinds: frozenset[Kind], had: Iterable[str]
) -> list[Entry]:
    """Those who are called so, of these types and of the same tenant. Raises Unknown; Unfit for the draft itself."""
    entries: dict[int, Entry] = {}
    there = frozenset(had)
    for name in names:
        # What is kept of a list changes with its members.
        entry = (draft.met.get(name) if field != "lists" else None) or named(errand.server, name)
        is_known = entry is not None and entry.kind in kinds and is_seen(errand.manager, entry)
        if entry is None or not is_known or (entry.tenant != draft.entry.tenant and name not in there):
            raise Unknown(field, name)
        if entry.number == draft.number and entry.kind is draft.kind:
            raise Unfit(f"{field}: {entry.name} cannot be a member of itself")
        entries[entry.number] = draft.met[name] = entry
    return [*entries.values()]


def _admit(errand: Errand, group: Entry, member: Entry, field: str) -> None:
    if member.kind not in _MAY_BE_MEMBERS[group.kind]:
        raise Unfit(f"{field}: the {member.kind.value} {member.name} cannot be in the {group.kind.value} {group.name}")
    if member.number in above(errand.server, group.number):
        raise Unfit(f"{field}: {group.name} is in {member.name} already, by itself or by way of others")
    admit(errand.server, group.number, member.number, Rights.FULL)


def _keep_members(errand: Errand, one: Account, members: list[str]) -> None:
    draft = Draft.of(Entry.of(ACCOUNT, one.number, one.document))
    kept = _bounded(draft, members)
    if kept != one.members:
        errand.server.update(ACCOUNT.table, one.number, one.document, {**one.document, "members": kept})


def _bounded(draft: Draft, members: Iterable[str]) -> list[str]:
    found = [*dict.fromkeys(members)]
    if len(found) > MAX_MEMBERS:
        raise Unfit(f"a list has no more than {MAX_MEMBERS} members; make some of them a list of their own")
    if not frozenset(found).isdisjoint(Account(draft.number, draft.document).addresses):
        raise Unfit(f"{draft.entry.name} cannot be a member of itself")
    return found


def _members(draft: Draft) -> list[str]:
    return names_of(draft.entry, "members")


def _address(entry: Entry, field: str) -> str:
    address = Account(entry.number, entry.document).address
    if not address:
        raise Unfit(f"{field}: {entry.name} has no address that a list could send to")
    return address
