"""Whoever changes roles and permissions, and in whatever order: nobody comes to hold what nobody held."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.driver import Home
from tests.driver.roles import RoleChange, add_role, change_permissions, change_role, remove_role, roles

from pillarbox.access import PERMISSIONS
from pillarbox.datatypes.directory import AccountError
from pillarbox.store import Store

PEOPLE = [f"{name}@home.example" for name in ("alice", "bob", "carol")]
NAMES = ["helper", "keeper", "warden"]
SOME = ["email-send", "individual-create", "impersonate", "restart"]

several = st.sets(st.sampled_from(SOME), max_size=3)
held = st.sets(st.sampled_from([*NAMES, "user", "tenant-admin", "admin"]), max_size=3)
changes = st.builds(RoleChange, st.none() | held, st.none() | several, st.none() | several)
people, names = st.sampled_from(PEOPLE), st.sampled_from(NAMES)

Step = Callable[[Store, frozenset[str]], None]


def gives(whom: str, change: RoleChange) -> Step:
    return lambda store, by: change_permissions(store, whom, change, by, datetime.now(UTC))


def makes(name: str, change: RoleChange) -> Step:
    return lambda store, by: add_role(store, name, "", change, by)


def alters(name: str, change: RoleChange) -> Step:
    return lambda store, by: change_role(store, name, change, by)


def removes(name: str) -> Step:
    return lambda store, _: remove_role(store, name)


steps = st.one_of(
    st.builds(gives, people, changes),
    st.builds(makes, names, changes),
    st.builds(alters, names, changes),
    st.builds(removes, names),
)


def of(home: Home, address: str) -> frozenset[str]:
    found = home.directory.find(address)
    assert found is not None
    return found.permissions


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(steps, max_size=8), after=st.lists(st.tuples(people, steps), max_size=12))
def test_no_sequence_of_role_changes_gives_anybody_what_nobody_had(
    home: Home, before: list[Step], after: list[tuple[str, Step]]
) -> None:
    """Management API section 20: nobody can grant a role or permission that he does not hold."""
    if home.directory.find(PEOPLE[0]) is None:
        for one in ("alice", "bob", "carol"):
            home.person(one)
        # Somebody stays who administers, whatever becomes of the others.
        change_permissions(home.store, home.person("root").name, RoleChange(["admin"]), PERMISSIONS, datetime.now(UTC))
    for one in PEOPLE:
        change_permissions(home.store, one, RoleChange((), (), ()), PERMISSIONS, datetime.now(UTC))
    for role in roles(home.store):
        change_role(home.store, role.name, RoleChange((), (), ()), PERMISSIONS)
    for role in roles(home.store):
        remove_role(home.store, role.name)
    for step in before:
        with suppress(AccountError):
            step(home.store, PERMISSIONS)
    most = frozenset[str]().union(*(of(home, one) for one in PEOPLE))

    for by, step in after:
        with suppress(AccountError):
            step(home.store, of(home, by))

    assert all(of(home, one) <= most for one in PEOPLE)
