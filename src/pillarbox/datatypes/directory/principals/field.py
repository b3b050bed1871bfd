"""What can be said of a principal: each field, the types that have it, and what is done with what is said.

The fields are those of the reference's management API, section 4.2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from pillarbox.access import PERMISSIONS, redirect
from pillarbox.datatypes.directory.principals.address import addresses_of, put_addresses
from pillarbox.datatypes.directory.principals.apikey import put_end, put_networks, put_secret
from pillarbox.datatypes.directory.principals.belonging import (
    put_external_members,
    put_groups,
    put_lists,
    put_members,
    put_readers,
)
from pillarbox.datatypes.directory.principals.errand import Draft, Errand
from pillarbox.datatypes.directory.principals.granting import check_power, role_of
from pillarbox.datatypes.directory.principals.kind import ACCOUNTS, GROUPS, Kind, names_of
from pillarbox.datatypes.directory.principals.naming import join_tenant, rename
from pillarbox.datatypes.directory.principals.secret import add_secret, remove_secret, set_secrets
from pillarbox.datatypes.directory.principals.step import LONGEST_SECRET, Action, Operation, merged, text, texts
from pillarbox.datatypes.directory.refused import Unfit, shown
from pillarbox.datatypes.server import forget_consents_to
from pillarbox.wire.values import JSON

__all__ = ["FIELDS", "Field", "apply"]

_MOST_OCTETS = 2**53 - 1


Apply = Callable[[Errand, Draft, Action, JSON], None]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: the types of principals that have it, whether it is a list of items, and what setting it does."""

    kinds: frozenset[Kind]
    apply: Apply
    has_items: bool = False


def apply(errand: Errand, draft: Draft, operation: Operation) -> None:
    """Does a step of a change. Raises AccountError."""
    field = FIELDS.get(operation.field)
    if field is None or draft.kind not in field.kinds:
        raise Unfit(f"{shown(operation.field)}: a principal of the type {draft.kind.value} has no such field to set")
    if operation.action is not Action.SET and not field.has_items:
        raise Unfit(f"{operation.field}: there are no items to add or to remove, it can only be set")
    field.apply(errand, draft, operation.action, operation.value)
    draft.touched.add(operation.field)


def _text(name: str) -> Apply:
    def put(_: Errand, draft: Draft, __: Action, value: JSON) -> None:
        given = "" if value is None else text(name, value)
        if draft.kind is Kind.OAUTH_CLIENT:
            _put_metadata(draft, _METADATA[name], given)
        else:
            draft.document[name] = given

    return put


def _quota(_: Errand, draft: Draft, __: Action, value: JSON) -> None:
    if draft.kind is Kind.TENANT:
        several = value if isinstance(value, list) else [] if value in ("", None) else [value]
        if len(several) > _MOST_QUOTAS:
            raise Unfit(f"quota: no more than {_MOST_QUOTAS} numbers")
        draft.document["quota"] = [_number(one) for one in several]
        return
    # Nothing at all is no quota in the reference, and so is 0.
    draft.document["quota"] = None if value in ("", None, 0) else _number(value)


_MOST_QUOTAS = 13


def _number(value: JSON) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_OCTETS:
        raise Unfit("quota: a whole number of octets is expected")
    return value


def _emails(errand: Errand, draft: Draft, action: Action, value: JSON) -> None:
    if draft.kind is Kind.OAUTH_CLIENT:
        _put_metadata(draft, "contacts", merged(_metadata(draft, "contacts"), "emails", action, value))
        return
    if draft.document.get("directory"):
        # The directory that knows them finds their account by its address.
        check_power(errand, draft)
    had = addresses_of(draft)
    if action is Action.REMOVE:
        gone = text("emails", value).strip().casefold()
        put_addresses(errand, draft, [one for one in had if one.casefold() != gone])
        return
    put_addresses(errand, draft, merged(had, "emails", action, value))


def _belonging(name: str, put: Callable[[Errand, Draft, Callable[[list[str]], list[str]]], None]) -> Apply:
    def applied(errand: Errand, draft: Draft, action: Action, value: JSON) -> None:
        put(errand, draft, lambda had: merged(had, name, action, value))

    return applied


def _roles(errand: Errand, draft: Draft, action: Action, value: JSON) -> None:
    had = names_of(draft.entry, "roles")
    wanted = merged(had, "roles", action, value)
    for name in wanted:
        if draft.kind is Kind.ROLE and name == draft.entry.name:
            raise Unfit(f"roles: {name} cannot have itself")
        if name not in had:
            role_of(errand, draft, name)
    draft.document["roles"] = sorted(wanted)


def _permissions(name: str) -> Apply:
    def put(_: Errand, draft: Draft, action: Action, value: JSON) -> None:
        wanted = merged(names_of(draft.entry, name), name, action, value)
        unknown = next((one for one in wanted if one not in PERMISSIONS), None)
        if unknown is not None:
            raise Unfit(f"there is no permission {shown(unknown)}", f"Invalid {name} value")
        draft.document[name] = sorted(wanted)

    return put


def _secrets(errand: Errand, draft: Draft, action: Action, value: JSON) -> None:
    if draft.kind is Kind.API_KEY:
        put_secret(errand, draft, action, value)
    elif action is Action.SET:
        set_secrets(errand, draft, texts("secrets", value, LONGEST_SECRET))
    else:
        change = add_secret if action is Action.ADD else remove_secret
        change(errand, draft, text("secrets", value, LONGEST_SECRET))


def _urls(errand: Errand, draft: Draft, action: Action, value: JSON) -> None:
    had = _metadata(draft, "redirect_uris")
    wanted = merged(had, "urls", action, value)
    for url in wanted:
        if url not in had and not (redirect.is_web(url) or redirect.is_native(url)):
            raise Unfit(
                f"urls: {shown(url)} is none: write https://, http://127.0.0.1/ or http://[::1]/ with a path, or a "
                "scheme that is a reversed domain name"
            )
    if draft.was is not None and wanted != had:
        # Those who let it in know it by where they are sent.
        forget_consents_to(errand.server, draft.entry.name)
    _put_metadata(draft, "redirect_uris", wanted)


_METADATA = {"description": "client_name", "picture": "logo_uri"}


def _metadata(draft: Draft, name: str) -> list[str]:
    return cast("list[str]", cast("dict[str, JSON]", draft.document["metadata"]).get(name, []))


def _put_metadata(draft: Draft, name: str, value: JSON) -> None:
    """What a client says of itself (RFC 7591 section 2); nothing where it is empty."""
    metadata = {**cast("dict[str, JSON]", draft.document["metadata"]), name: value}
    draft.document["metadata"] = {key: one for key, one in metadata.items() if one}


_ALL = frozenset(Kind)
_WITH_ROLES = frozenset((Kind.INDIVIDUAL, Kind.TENANT, Kind.ROLE, Kind.API_KEY))
_WITH_PERMISSIONS = _WITH_ROLES | {Kind.GROUP}

FIELDS: Mapping[str, Field] = {
    "tenant": Field(_ALL - {Kind.TENANT}, lambda errand, draft, _, value: join_tenant(errand, draft, value)),
    "name": Field(_ALL, lambda errand, draft, _, value: rename(errand, draft, text("name", value))),
    "description": Field(_ALL, _text("description")),
    "picture": Field(ACCOUNTS | {Kind.TENANT, Kind.OAUTH_CLIENT}, _text("picture")),
    "quota": Field(GROUPS | {Kind.INDIVIDUAL, Kind.TENANT}, _quota),
    "emails": Field(ACCOUNTS | {Kind.OAUTH_CLIENT}, _emails, has_items=True),
    "memberOf": Field(GROUPS | {Kind.INDIVIDUAL}, _belonging("memberOf", put_groups), has_items=True),
    "members": Field(GROUPS | {Kind.LIST, Kind.ROLE}, _belonging("members", put_members), has_items=True),
    "readers": Field(GROUPS, _belonging("readers", put_readers), has_items=True),
    "externalMembers": Field(
        frozenset((Kind.LIST,)), _belonging("externalMembers", put_external_members), has_items=True
    ),
    "lists": Field(GROUPS | {Kind.INDIVIDUAL}, _belonging("lists", put_lists), has_items=True),
    "roles": Field(_WITH_ROLES, _roles, has_items=True),
    "enabledPermissions": Field(_WITH_PERMISSIONS, _permissions("enabledPermissions"), has_items=True),
    "disabledPermissions": Field(_WITH_PERMISSIONS, _permissions("disabledPermissions"), has_items=True),
    "urls": Field(frozenset((Kind.OAUTH_CLIENT,)), _urls, has_items=True),
    "networks": Field(frozenset((Kind.API_KEY,)), put_networks, has_items=True),
    "expires": Field(frozenset((Kind.API_KEY,)), put_end),
    "secrets": Field(frozenset((Kind.INDIVIDUAL, Kind.API_KEY)), _secrets, has_items=True),
}
"""In the order in which a new principal is given them: what others depend on comes first."""
