"""Roles: names for sets of permissions, and what somebody may do who has some of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pillarbox.access.permission import OF_ADMIN, OF_TENANT_ADMIN, OF_USER, PERMISSIONS

__all__ = ["ADMIN", "BUILT_IN", "TENANT_ADMIN", "USER", "RoleSet", "effective", "flattened", "lacking"]

USER = "user"
TENANT_ADMIN = "tenant-admin"
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class RoleSet:
    """What a role gives: permissions of its own and those of other roles; and what it takes, whoever else gives it."""

    roles: frozenset[str] = frozenset()
    enabled: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()


BUILT_IN = {
    USER: RoleSet(enabled=OF_USER),
    TENANT_ADMIN: RoleSet(enabled=OF_TENANT_ADMIN),
    ADMIN: RoleSet(enabled=OF_ADMIN),
}
"""The roles that are always there. A role of an administrator's that has one of their names is not looked at."""


def effective(own: RoleSet, known: Callable[[str], RoleSet | None]) -> frozenset[str]:
    """What somebody may do (the reference's management API, section 20).

    That is all that they or any of their roles enable, less what they or any of them disable: disabled always wins.
    `known` is as `flattened` asks for it.
    """
    flat = flattened(own, known)
    return _one(flat.enabled - flat.disabled)


def flattened(own: RoleSet, known: Callable[[str], RoleSet | None]) -> RoleSet:
    """What somebody is enabled and what they are disabled, by themselves and by all their roles.

    Roles have roles; a circle of them ends where it began. A role that is not there gives nothing, nor does a
    permission that is none. `known` gives a role by its name; the built-in ones it need not know.
    """
    enabled, disabled = set(own.enabled), set(own.disabled)
    waiting, seen = list(own.roles), set(own.roles)
    while waiting:
        name = waiting.pop()
        role = BUILT_IN.get(name) or known(name)
        if role is None:
            continue
        enabled |= role.enabled
        disabled |= role.disabled
        waiting += role.roles - seen
        seen |= role.roles
    return RoleSet(enabled=frozenset(enabled & PERMISSIONS), disabled=frozenset(disabled & PERMISSIONS))


@lru_cache(maxsize=4096)
def _one(permissions: frozenset[str]) -> frozenset[str]:
    """The same set for all who may do the same: thousands of them are remembered."""
    return permissions


def lacking(granter: frozenset[str], before: RoleSet, after: RoleSet) -> frozenset[str]:
    """What the granter would have to hold to make the one of the other: nobody gives what they do not have.

    Both are `flattened`. To enable is to give, and so is no longer to disable: another role may enable it.
    """
    return (after.enabled - before.enabled | before.disabled - after.disabled) - granter
