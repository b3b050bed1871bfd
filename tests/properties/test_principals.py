"""Whoever manages what, and in whatever order: nobody gives what they lack, and tenants have nothing of each other."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests.properties.conftest import NewStore

from pillarbox.access import OWNER, PERMISSIONS, Manager, flattened
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import AccountError, may, permitted
from pillarbox.datatypes.directory.files import Files
from pillarbox.datatypes.directory.principals import FIELDS as KNOWN
from pillarbox.datatypes.directory.principals import (
    Action,
    Entry,
    Errand,
    Kind,
    Operation,
    change,
    destroy,
    listed,
    make,
    named,
    told,
)
from pillarbox.datatypes.directory.principals.belonging import above
from pillarbox.datatypes.directory.principals.finding import every
from pillarbox.datatypes.directory.principals.granting import somebody_administers
from pillarbox.datatypes.directory.tenancy import limit
from pillarbox.datatypes.server import MEMBERSHIP, Tenant, role_sets, selected, tenants_numbered
from pillarbox.store import Store, Unit
from pillarbox.wire.collation import unicode_casemap

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$W+1OSHLZtrr0EnYYJoEGfQ"
BEGINNING: list[tuple[Kind, dict[str, Any]]] = [
    (Kind.INDIVIDUAL, {"name": "root", "roles": ["admin"], "secrets": HASH}),
    (Kind.DOMAIN, {"name": "home.example"}),
    (Kind.TENANT, {"name": "acme"}),
    (Kind.TENANT, {"name": "globex", "disabledPermissions": ["email-send"]}),
    (Kind.DOMAIN, {"name": "acme.example", "tenant": "acme"}),
    (Kind.DOMAIN, {"name": "globex.example", "tenant": "globex"}),
    (Kind.ROLE, {"name": "strong", "enabledPermissions": ["restart", "email-send"]}),
    (Kind.ROLE, {"name": "meek", "disabledPermissions": ["individual-update"]}),
    *(
        (
            Kind.INDIVIDUAL,
            {
                "name": f"boss@{one}.example",
                "emails": [f"boss@{one}.example"],
                "roles": ["tenant-admin"],
                "secrets": HASH,
                "tenant": one,
            },
        )
        for one in ("acme", "globex")
    ),
    (Kind.GROUP, {"name": "crew@globex.example", "members": ["boss@globex.example"], "tenant": "globex"}),
    (Kind.INDIVIDUAL, {"name": "helper", "roles": ["user"], "enabledPermissions": ["individual-update"]}),
    (Kind.ROLE, {"name": "keeper@acme.example", "enabledPermissions": ["email-receive"], "tenant": "acme"}),
    (Kind.INDIVIDUAL, {"name": "clerk@acme.example", "roles": ["user", "keeper@acme.example"], "tenant": "acme"}),
    (Kind.GROUP, {"name": "team@acme.example", "members": ["boss@acme.example"], "tenant": "acme"}),
    (Kind.LIST, {"name": "all@acme.example", "members": ["boss@acme.example"], "tenant": "acme"}),
    (Kind.API_KEY, {"name": "key", "roles": ["tenant-admin"]}),
    (Kind.LIST, {"name": "all", "emails": ["all@home.example"], "externalMembers": ["boss@acme.example"]}),
]
ACTORS = ["root", "helper", "boss@acme.example", "boss@globex.example", "clerk@acme.example"]
NAMES = [one["name"] for _, one in BEGINNING]
FRESH = ["new", "new@acme.example", "new@globex.example", "KEEPER@acme.example"]
SOME = ["email-send", "individual-update", "restart", "impersonate", "authenticate"]

roles = some.sampled_from(["user", "tenant-admin", "admin", "strong", "meek", "keeper@acme.example"])
permissions, people = some.sampled_from(SOME), some.sampled_from([*NAMES, *FRESH])
addresses = some.sampled_from(
    ["boss@acme.example", "x@acme.example", "x@globex.example", "x@home.example", "@acme.example"]
)
SEVERAL = {
    "roles": roles,
    "enabledPermissions": permissions,
    "disabledPermissions": permissions,
    "memberOf": people,
    "members": people,
    "lists": people,
    "emails": addresses,
    "externalMembers": addresses,
}
FIELDS: dict[str, some.SearchStrategy[Any]] = {
    **{name: some.lists(one, max_size=2) for name, one in SEVERAL.items()},
    "tenant": some.sampled_from(["", "acme", "globex"]),
    "name": some.sampled_from([*FRESH, "all", "boss@acme.example"]),
    "secrets": some.sampled_from([HASH, ""]),
    "description": some.just("said"),
}


@dataclass(frozen=True)
class Make:
    kind: Kind
    properties: Mapping[str, Any]

    def __call__(self, errand: Errand) -> None:
        make(errand, self.kind, self.properties)


@dataclass(frozen=True)
class Change:
    name: str
    operations: list[Operation]

    def __call__(self, errand: Errand) -> None:
        change(errand, self.name, self.operations)


@dataclass(frozen=True)
class Destroy:
    name: str

    def __call__(self, errand: Errand) -> None:
        destroy(errand, self.name)


def operation(field: str) -> some.SearchStrategy[Operation]:
    whole = some.builds(Operation, some.just(Action.SET), some.just(field), FIELDS[field])
    if field not in SEVERAL:
        return whole
    return whole | some.builds(
        Operation, some.sampled_from((Action.ADD, Action.REMOVE)), some.just(field), SEVERAL[field]
    )


def makes(kind: Kind) -> some.SearchStrategy[Make]:
    own = {name: one for name, one in FIELDS.items() if kind in KNOWN[name].kinds}
    name = own.pop("name")
    return some.builds(Make, some.just(kind), some.fixed_dictionaries({"name": name}, optional=own))


def changes(kind: Kind, *names: str) -> some.SearchStrategy[Change]:
    own = [name for name in FIELDS if kind in KNOWN[name].kinds]
    several = some.lists(some.sampled_from(own).flatmap(operation), min_size=1, max_size=2)
    return some.builds(Change, some.sampled_from(names), several)


def named_by(kind: Kind) -> list[str]:
    return [*(one["name"] for of, one in BEGINNING if of is kind), *FRESH]


steps = some.one_of(
    some.sampled_from(Kind).flatmap(makes),
    some.sampled_from(list(dict.fromkeys(kind for kind, _ in BEGINNING))).flatmap(
        lambda kind: changes(kind, *named_by(kind))
    ),
    changes(Kind.INDIVIDUAL, *named_by(Kind.INDIVIDUAL)),
    changes(Kind.ROLE, *named_by(Kind.ROLE)),
    some.builds(Destroy, some.sampled_from([*NAMES, *FRESH])),
)


class World:
    """A server with two tenants."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.create(0)
        for kind, wanted in BEGINNING:
            self.does(OWNER, Make(kind, wanted))

    def does(self, manager: Manager, step: Make | Change | Destroy) -> None:
        with self.store.write(0) as server:
            # What accounts hold is not what this is about.
            step(Errand(server, manager, NOW, partial(Files(self.store).unused, server), lambda *_: None))

    def manager(self, name: str) -> Manager | None:
        """Who is called so, with what they may do; None who cannot sign in."""
        with self.store.read(0) as server:
            entry = named(server, name)
            if entry is None or entry.kind is not Kind.INDIVIDUAL:
                return None
            has = may(server, entry.number)
            return Manager(entry.name, has, entry.tenant, entry.number) if has else None


def powers(server: Unit) -> dict[str, frozenset[str]]:
    """What everybody may do: whom a tenant bounds, and the tenant itself, and what roles give."""
    entries = every(server, OWNER, list(Kind))
    tenants = tenants_numbered(server, {one.tenant for one in entries})
    known = role_sets(server, ("",))
    found: dict[str, frozenset[str]] = {}
    for one in entries:
        match one.kind:
            case Kind.ROLE:
                found[one.id] = flattened(one.role_set, known).enabled
            case Kind.TENANT:
                found[one.id] = limit(Tenant(one.number, one.document), known) if one.document else PERMISSIONS
            case Kind.INDIVIDUAL | Kind.API_KEY:
                tenant = None if one.tenant is None else tenants.get(one.tenant)
                found[one.id] = permitted(one.role_set, known, tenant)
    return found


def kept(server: Unit) -> dict[str, tuple[int | None, Any]]:
    """What is kept of everything, with its tenant; of a tenant, what it is itself."""
    found: dict[str, tuple[int | None, Any]] = {
        one.id: (whose(one), one.document) for one in every(server, OWNER, list(Kind))
    }
    tenants = {one.number: one.tenant for one in every(server, OWNER, list(Kind)) if one.kind.of_account}
    for one in selected(server, MEMBERSHIP):
        found[f"membership {one.number}"] = (tenants[one.group], one.document)
    return found


def whose(one: Entry) -> int | None:
    # A tenant is not its own manager's to change.
    return one.tenant if one.kind is not Kind.TENANT else -1


def check_gains(before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]], manager: Manager) -> None:
    for id_, has in after.items():
        if id_.startswith("te") and id_ not in before:
            # A new tenant has nobody in it whom it could let do anything.
            continue
        gained = has - before.get(id_, frozenset())
        assert gained <= manager.permissions, (id_, sorted(gained - manager.permissions))


def check_sees(server: Unit, manager: Manager) -> None:
    """A tenant's manager sees what is the tenant's, and in it nothing of others."""
    entries = every(server, OWNER, list(Kind))
    own = {one.name for one in entries if whose(one) == manager.tenant}
    others = {one.name for one in entries} - own
    shown = listed(server, manager, list(Kind))
    assert {one["name"] for one in shown} == own
    for entry in entries:
        if entry.name in own:
            one = told(server, entry)
            assert one == dict(next(each for each in shown if each["name"] == entry.name))
            belongs = [one.get(field, []) for field in ("memberOf", "members", "lists")]
            assert others.isdisjoint(name for names in belongs if isinstance(names, list) for name in names)


def check_order(server: Unit) -> None:
    """Each name is one principal's, no group is in itself, and somebody administers."""
    entries = every(server, OWNER, list(Kind))
    names = [unicode_casemap(one.name) for one in entries]
    assert len({*names}) == len(names)
    taken = [address for one in entries for address in told(server, one).get("emails") or [] if one.kind.of_account]  # type: ignore[union-attr]
    assert len({*taken}) == len(taken)
    assert all(one.number not in above(server, one.number) for one in entries if one.kind.of_account)
    assert somebody_administers(server)


@pytest.mark.parametrize("new_store", ["sqlite"], indirect=True)
@settings(max_examples=15)
@given(
    before=some.lists(steps, max_size=5),
    after=some.lists(some.tuples(some.sampled_from(ACTORS), steps), min_size=5, max_size=20),
)
def test_nobody_gives_what_they_lack_and_tenants_have_nothing_of_each_other(
    new_store: NewStore, before: list[Any], after: list[tuple[str, Any]]
) -> None:
    """Management API section 20, and section 23: tenant isolation. No store promises it: one is enough."""
    with new_store(REGISTRY.tables) as store:
        world = World(store)
        root = world.manager("root")
        assert root is not None
        for step in before:
            with suppress(AccountError):
                world.does(root, step)
        for by, step in after:
            manager = world.manager(by)
            if manager is None:
                continue
            with store.read(0) as server:
                had, was = powers(server), kept(server)
            with suppress(AccountError):
                world.does(manager, step)
            with store.read(0) as server:
                check_gains(had, powers(server), manager)
                check_order(server)
                if manager.tenant is not None:
                    check_sees(server, manager)
                    mine = {id_ for id_, (tenant, _) in was.items() if tenant == manager.tenant}
                    now = kept(server)
                    assert {id_: one for id_, one in was.items() if id_ not in mine} == {
                        id_: one for id_, one in now.items() if one[0] != manager.tenant
                    }
