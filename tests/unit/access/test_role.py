"""Roles and what they come to (the reference's management API, section 20)."""

from pillarbox.access import ADMIN, TENANT_ADMIN, USER, RoleSet, effective, flattened, lacking
from pillarbox.access.permission import OF_ADMIN, OF_TENANT_ADMIN, OF_USER

NONE: dict[str, RoleSet] = {}


def of(*roles: str, enabled: str = "", disabled: str = "") -> RoleSet:
    return RoleSet(frozenset(roles), frozenset(enabled.split()), frozenset(disabled.split()))


def test_the_built_in_roles_are_there() -> None:
    assert effective(of(USER), NONE.get) == OF_USER
    assert effective(of(TENANT_ADMIN), NONE.get) == OF_TENANT_ADMIN
    assert effective(of(ADMIN), NONE.get) == OF_ADMIN
    assert effective(of(), NONE.get) == frozenset()


def test_one_s_own_are_added_and_what_is_disabled_always_wins() -> None:
    """Management API section 20: (role permissions and own enabled) without (role disabled and own disabled)."""
    quiet = of(disabled="email-send")
    known = {"quiet": quiet}.get

    assert effective(of(USER, enabled="restart"), known) == OF_USER | {"restart"}
    assert effective(of(USER, disabled="restart authenticate"), known) == OF_USER - {"authenticate"}
    assert effective(of(USER, "quiet", enabled="email-send"), known) == OF_USER - {"email-send"}


def test_roles_have_roles_and_circles_end() -> None:
    """Management API section 20: roles nest, cycles are ignored."""
    known = {"a": of("b", enabled="restart"), "b": of("a", "c"), "c": of(enabled="logs-view", disabled="restart")}.get

    assert effective(of("a"), known) == {"logs-view"}
    assert effective(of("c"), known) == {"logs-view"}


def test_a_role_of_a_built_in_name_is_not_looked_at() -> None:
    """Management API section 4.2: built-in roles win over principals of the same name."""
    assert effective(of(USER), {USER: of(ADMIN)}.get) == OF_USER


def test_what_is_not_there_gives_nothing() -> None:
    assert effective(of("gone", enabled="fly"), NONE.get) == frozenset()


def test_all_who_may_do_the_same_share_it() -> None:
    """Ours: ten thousand principals are remembered."""
    assert effective(of(USER, enabled="restart"), NONE.get) is effective(of(USER, enabled="restart"), NONE.get)


def test_to_give_takes_having() -> None:
    """Management API section 20: nobody grants a role or a permission that he does not hold."""
    user, admin, muted = (flattened(one, NONE.get) for one in (of(USER), of(ADMIN), of(USER, disabled="email-send")))

    assert lacking(OF_TENANT_ADMIN, user, admin) == OF_ADMIN - OF_TENANT_ADMIN
    assert lacking(OF_ADMIN, user, admin) == frozenset()
    assert lacking(frozenset(), admin, user) == frozenset()
    assert lacking(frozenset(), user, muted) == frozenset()
    assert lacking(frozenset(), muted, user) == {"email-send"}
