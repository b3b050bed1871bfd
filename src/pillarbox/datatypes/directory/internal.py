"""The accounts of this server: found by address, and made; `errand` begins whatever else is done with them.

Two files know of an account: account 0 that it exists, its own file what it holds. The file is made first and the name
given last, so that whoever finds the name finds the file; taken away in the other order. Of its addresses the account
itself is told after they have changed, and again if that was interrupted (adr/0034).
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from pillarbox.access import OWNER, USER, Manager, Principal, Reach
from pillarbox.access.permission import OF_USER
from pillarbox.datatypes.directory.adopting import Newcomer, account_of, news
from pillarbox.datatypes.directory.errands import errand
from pillarbox.datatypes.directory.files import Files, know_domain
from pillarbox.datatypes.directory.known import (
    account_named,
    catching_all,
    everyone,
    existing,
    normal,
    principal,
    reached,
    refuse_taken,
)
from pillarbox.datatypes.directory.principals import Errand, Kind, make
from pillarbox.datatypes.mail import Folder
from pillarbox.datatypes.server import (
    ACCOUNT,
    API_KEY,
    CREDENTIAL,
    MEMBERSHIP,
    PERSON,
    ROLE,
    TENANT,
    Account,
    numbered,
)
from pillarbox.store import Notice, Store, Writing
from pillarbox.wire.dkim import DkimKey
from pillarbox.wire.values import JSON

__all__ = ["InternalDirectory"]


_OF_WEIGHT = frozenset(one.name for one in (ACCOUNT, API_KEY, CREDENTIAL, MEMBERSHIP, ROLE, TENANT))
"""The types by which it is decided who somebody is, and what they may do. Grants, which begin all the time, are watched
by who knows their tokens (`signin.oauth.token`).
"""


class InternalDirectory:
    """The directory in account 0 (`access.Directory`), and changes to it. Each raises store.Unavailable."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._files = Files(store)
        self._clock = clock

    @contextmanager
    def listen(self, listener: Callable[[], None]) -> Iterator[None]:
        """A block in which the listener is called after each change to what is of any weight for signing in.

        The rest of what account 0 keeps, as bans and certificates and what is due, changes all the time.
        """

        def heard(notice: Notice) -> None:
            if not _OF_WEIGHT.isdisjoint(notice.states):
                listener()

        with self._store.feed.listen(0, heard):
            yield

    def find(self, address: str) -> Principal | None:
        """Whose name, address or alias this is; a group's too.

        Of `@domain`, who receives what is for nobody there.
        """
        with self._store.read(0) as unit:
            found = catching_all(unit, address[1:]) if address[:1] == "@" else account_named(unit, address)
            return None if found is None else principal(unit, found)

    def errand(
        self, manager: Manager, now: datetime, folders: Sequence[Folder] = (), keys: Sequence[DkimKey] = ()
    ) -> AbstractContextManager[Errand]:
        """A block in which principals are made, changed and destroyed, all of it or nothing (`errands`)."""
        return errand(self._store, manager, now, folders, keys)

    def numbered(self, number: int) -> Principal | None:
        """Whose account has this number; a group's too."""
        with self._store.read(0) as unit:
            found = numbered(unit, ACCOUNT, (number,))
            return principal(unit, found[0]) if found else None

    def all(self) -> list[Principal]:
        """Every account and every group, in order of address."""
        with self._store.read(0) as unit:
            return everyone(unit)

    def reach(self, number: int) -> Mapping[int, Reach]:
        """The accounts that an account's owner may see, by number."""
        with self._store.read(0) as unit:
            return reached(unit, number)

    def add(
        self,
        address: str,
        secret: str,
        folders: Iterable[Folder],
        quota: int | None = None,
        *,
        description: str = "",
        roles: Collection[str] = (USER,),
        by: frozenset[str] = OF_USER,
    ) -> Principal:
        """A new account with its Mailboxes, and its domain if that is new; `secret` is the hash of its password.

        Raises AccountError, as for roles that who makes it, by their permissions, may not give.
        """
        wanted = normal(address)
        properties: dict[str, JSON] = {"quota": quota, "description": description, "roles": [*roles]}
        maker, now = replace(OWNER, permissions=by), datetime.fromtimestamp(self._clock(), UTC)
        with errand(self._store, maker, now, [*folders]) as begun:
            refuse_taken(begun.server, wanted)
            # The account's number comes before the domain's, as it did when nothing but the account was asked for.
            number = begun.number()
            know_domain(begun.server, wanted)
            named = {"name": wanted, "emails": [wanted], **properties}
            entry = make(replace(begun, number=lambda: number), Kind.INDIVIDUAL, named, secret)
            return principal(begun.server, Account(entry.number, entry.document))

    def adopt(self, one: Newcomer, folders: Iterable[Folder]) -> Principal:
        """The account of whoever another directory knows: made, or changed to what that says now.

        Of its addresses, those that somebody else has here are left out. Raises AccountError where the account that is
        there is not that directory's.
        """
        with self._store.read(0) as server:
            account = account_of(server, one)
            if account is not None and not news(server, account, one):
                return principal(server, account)
        with self._store.write(0) as server:
            account = account_of(server, one) or self._files.made(
                server, one.addresses[0], folders, {"secret": "", "directory": one.directory, "kind": PERSON}
            )
            changes = news(server, account, one)
            for address in one.addresses:
                know_domain(server, address)
            if changes:
                _put(server, account, changes)
        self._files.acquaint(account.number)
        with self._store.read(0) as server:
            return principal(server, existing(server, cast("str", changes.get("address", account.address))))

    def clear(self, now: int) -> None:
        """Finishes what was interrupted: removals, accounts that were made and never named, addresses not yet told.

        Mail of an account that nobody removed is kept though no name leads to it, as where account 0 was lost or is an
        older copy: `pillarbox doctor` tells of it. Raises store.StoreError.
        """
        self._files.clear(now)


def _put(server: Writing, account: Account, changes: Mapping[str, JSON]) -> None:
    server.update(ACCOUNT.table, account.number, account.document, {**account.document, **changes})
