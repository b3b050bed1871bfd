"""Whoever manages the server: what they may do, and of which part of it."""

from dataclasses import dataclass

from pillarbox.access.permission import PERMISSIONS

__all__ = ["OWNER", "Manager"]


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody who manages: their name for logs, their permissions, and whose part of the server they see.

    `tenant` is the number of the tenant whose administrator this is, None for who sees all of the server. `account` is
    the number of their own account, None for who has none, as an API key or the owner of the data folder.
    """

    name: str
    permissions: frozenset[str]
    tenant: int | None = None
    account: int | None = None
    power: frozenset[str] | None = None
    """What they may give, where that is other than what they may do: a token may be for administration alone."""

    @property
    def gives(self) -> frozenset[str]:
        """What others may have of them, and no more."""
        return self.permissions if self.power is None else self.power


OWNER = Manager("owner", PERMISSIONS)
"""Whoever owns the data folder: the command line on the machine itself."""
