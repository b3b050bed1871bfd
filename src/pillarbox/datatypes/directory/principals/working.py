"""Principals are made, changed and destroyed: the one way in which that is done, whoever asks and by whatever face.

Each function works within a unit of account 0 (`Errand`), and raises AccountError, after which the unit must be given
up. The permission for the verb is the face's to ask for (`Kind.permission`); what the manager may see and give is
looked at here.
"""

from collections.abc import Mapping, Sequence

from pillarbox.access import PERSON
from pillarbox.datatypes.directory.files import taken_away
from pillarbox.datatypes.directory.principals.address import refit_lists
from pillarbox.datatypes.directory.principals.belonging import role_members
from pillarbox.datatypes.directory.principals.errand import Draft, Errand
from pillarbox.datatypes.directory.principals.field import FIELDS, apply
from pillarbox.datatypes.directory.principals.finding import found, has_addresses, holders, of_tenant
from pillarbox.datatypes.directory.principals.granting import (
    administers,
    check_given,
    check_somebody_administers,
    somebody_administers,
)
from pillarbox.datatypes.directory.principals.kind import ACCOUNTS, Entry, Kind
from pillarbox.datatypes.directory.principals.naming import check_tenant
from pillarbox.datatypes.directory.principals.step import Action, Operation, merged
from pillarbox.datatypes.directory.refused import AccountError, Denied, InUse, Needed, Unfit
from pillarbox.datatypes.server import (
    Account,
    SecurityKind,
    api_key,
    end_grant,
    forget_consents_to,
    grants_for,
    kept_dkim_key,
)
from pillarbox.store import Select, Unit
from pillarbox.wire.values import JSON, utc_date

__all__ = ["change", "check_destroyed", "destroy", "make"]

MOST_OF_A_FEW = 1000
"""How many there may be of each type that is read as a whole."""
_FEW = frozenset((Kind.ROLE, Kind.API_KEY, Kind.TENANT))
_OUTPUT = frozenset(("id", "usedQuota"))
"""What is told of a principal and may be sent back with it, but says nothing (management API section 4.2)."""


def make(errand: Errand, kind: Kind, properties: Mapping[str, JSON], secret: str = "") -> Entry:
    """A new principal, with these of its fields; `secret` is the hash of its password that the caller has made."""
    if kind is Kind.TENANT and errand.manager.tenant is not None:
        raise Denied("tenants are for administrators of the whole server to make")
    if not properties.get("name"):
        raise Needed("name")
    if kind in _FEW and errand.server.count(kind.type.table, Select()) >= MOST_OF_A_FEW:
        raise Unfit(f"there are {MOST_OF_A_FEW} principals of the type {kind.value}, and no room for more")
    number = errand.number() if kind in ACCOUNTS else errand.server.fresh()
    draft = Draft(kind, number, _nothing(errand, kind), None)
    if secret:
        draft.document["secret"] = secret
    given = {"tenant": None, **properties}
    if errand.manager.tenant is not None and not given["tenant"]:
        draft.document["tenant"] = errand.manager.tenant
        del given["tenant"]
    for name in given.keys() - FIELDS.keys() - _OUTPUT - {"type"}:
        raise Unfit(f"{name}: there is no such field", field=name)
    _fill(errand, draft, given)
    if kind in ACCOUNTS:
        addresses = Account(number, draft.document).addresses
        errand.furnish(number, errand.folders if kind is not Kind.LIST else (), addresses)
        draft.document["known"] = [*addresses]
    _keep(errand, draft)
    if kind is Kind.ROLE and given.get("members"):
        _change_roles(errand, draft, Operation(Action.SET, "members", given["members"]))
    errand.told(kind, draft.entry.name, "created")
    return draft.entry


def _fill(errand: Errand, draft: Draft, given: Mapping[str, JSON]) -> None:
    """A new principal's fields are these. What is raised has all that is wrong, field by field."""
    problems: dict[str, AccountError] = {}
    for name in FIELDS:
        if name not in given or (given[name] is None and name != "tenant"):
            continue
        if (name == "tenant" and not given[name]) or (name == "members" and draft.kind is Kind.ROLE):
            continue
        # Programs send every field that any type has.
        if not given[name] and draft.kind not in FIELDS[name].kinds:
            continue
        # Whether it is in a list is said of its addresses.
        if name == "lists" and "emails" in problems:
            continue
        try:
            apply(errand, draft, Operation(Action.SET, name, given[name]))
        except AccountError as problem:
            problem.field = problem.field or name
            problems[name] = problem
            if name == "tenant":
                break
    for first in problems.values():
        first.others = [one for one in problems.values() if one is not first]
        raise first


def change(errand: Errand, name: str, operations: Sequence[Operation]) -> Entry:
    """What becomes of a principal by these steps, in their order; what is wrong says in which step."""
    draft = Draft.of(found(errand.server, errand.manager, name))
    for step, operation in enumerate(operations):
        try:
            if draft.kind is Kind.ROLE and operation.field == "members":
                _change_roles(errand, draft, operation)
            else:
                apply(errand, draft, operation)
        except AccountError as problem:
            problem.step, problem.field = step, problem.field or operation.field
            raise
    _keep(errand, draft)
    if draft.touched:
        errand.told(draft.kind, draft.entry.name, "changed " + " ".join(sorted(draft.touched)))
    return draft.entry


def destroy(errand: Errand, name: str) -> Entry:
    """A principal is gone, with all that was its own. Raises InUse."""
    entry = found(errand.server, errand.manager, name)
    server = errand.server
    is_administrator = administers(server, entry)
    match entry.kind:
        case Kind.DOMAIN if has_addresses(server, entry.name):
            raise InUse(f"principals have addresses in {entry.name}", "Domain has members")
        case Kind.TENANT if of_tenant(server, entry.number):
            raise InUse(f"principals belong to {entry.name}; they go first", "Tenant has members")
        case Kind.ROLE:
            # One that takes something would give it by being gone.
            for holder in holders(server, entry.name):
                raise InUse(f"{holder.title} has the role {entry.name}; take it away first", "Role is in use")
        case Kind.OAUTH_CLIENT:
            for grant in grants_for(server, entry.name):
                end_grant(server, grant)
            forget_consents_to(server, entry.name)
    if entry.kind in ACCOUNTS:
        taken_away(server, Account(entry.number, entry.document))
        errand.after.remove.append(entry.number)
    else:
        server.delete(entry.kind.type.table, entry.number, entry.document)
    if is_administrator:
        check_somebody_administers(server)
    errand.told(entry.kind, entry.name, "removed")
    return entry


def check_destroyed(server: Unit, entries: Sequence[Entry]) -> None:
    """Raises InUse where somebody has to stay of several who are to go in more than one unit."""
    if any(administers(server, one) for one in entries):
        check_somebody_administers(server, frozenset(one.number for one in entries if one.kind is Kind.INDIVIDUAL))


def _nothing(errand: Errand, kind: Kind) -> dict[str, JSON]:
    """What is kept of a principal of which nothing was said."""
    made: dict[str, JSON] = {"tenant": None, "name": ""}
    match kind:
        case Kind.DOMAIN:
            made["dkim"] = [kept_dkim_key(key, errand.now) for key in errand.keys]
        case Kind.API_KEY:
            made |= {"digest": "", "created": utc_date(errand.now), "maker": _maker(errand)}
        case Kind.OAUTH_CLIENT:
            made = {"tenant": None, "client": "", "metadata": {}, "secret": "", "mark": ""}
            made["created"] = utc_date(errand.now)
        case Kind.TENANT:
            made = {"name": ""}
        case Kind.ROLE:
            made |= {"roles": [], "enabledPermissions": [], "disabledPermissions": []}
        case _:
            of_account = kind.of_account or PERSON
            made |= {"address": "", "aliases": [], "secret": "", "kind": of_account, "roles": []}
    return made


def _maker(errand: Errand) -> int | None:
    """Whose permissions bound a new key: the manager's account, or that which bounds the key that makes it."""
    if errand.manager.account is not None:
        return errand.manager.account
    key = api_key(errand.server, errand.manager.name)
    return None if key is None else key.maker


def _keep(errand: Errand, draft: Draft) -> None:
    """The draft is kept, if nothing is against it."""
    server, table = errand.server, draft.kind.type.table
    check_tenant(errand, draft)
    check_given(errand, draft)
    if draft.was is None:
        server.insert(table, draft.number, draft.document)
        return
    if not draft.is_changed:
        return
    is_of_weight = draft.kind is Kind.ROLE and draft.was.role_set != draft.entry.role_set
    was_administered = administers(server, draft.was) or (is_of_weight and somebody_administers(server))
    server.update(table, draft.number, draft.was.document, draft.document)
    if draft.kind in ACCOUNTS:
        _tell(errand, draft, draft.was)
    if was_administered and not administers(server, draft.entry):
        check_somebody_administers(server)


def _tell(errand: Errand, draft: Draft, was: Entry) -> None:
    """The account, and its owner, of what was changed."""
    before, after = Account(was.number, was.document), Account(draft.number, draft.document)
    if before.addresses != after.addresses:
        refit_lists(errand.server, before, after)
        errand.after.acquaint.add(draft.number)
    if draft.kind is not Kind.INDIVIDUAL:
        return
    if (before.addresses, before.catch_all, before.title) != (after.addresses, after.catch_all, after.title):
        details = {"name": after.title, "addresses": " ".join(after.addresses), "by": errand.manager.name}
        errand.note(draft.number, SecurityKind.ADDRESSES_CHANGED, details)
    if before.role_set != after.role_set or before.tenant != after.tenant:
        has = after.role_set
        given = {"roles": has.roles, "enabled": has.enabled, "disabled": has.disabled}
        details = {name: " ".join(sorted(each)) for name, each in given.items() if each}
        errand.note(draft.number, SecurityKind.PERMISSIONS_CHANGED, details)


def _change_roles(errand: Errand, draft: Draft, operation: Operation) -> None:
    """The members of a role are the roles that have it: each of them is changed."""

    def merge(had: list[str]) -> list[str]:
        return merged(had, "members", operation.action, operation.value)

    new, gone = role_members(errand, draft, merge)
    for entry, action in [*((one, Action.ADD) for one in new), *((one, Action.REMOVE) for one in gone)]:
        member = Draft.of(entry)
        apply(errand, member, Operation(action, "roles", draft.entry.name))
        _keep(errand, member)
    draft.touched.add("members")
