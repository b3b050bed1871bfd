"""The accounts of this server: found by address, made, changed and removed.

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

from pillarbox.access import PERMISSIONS, USER, Manager, Principal, Reach, Rights
from pillarbox.access.permission import OF_USER
from pillarbox.datatypes.directory.adopting import Newcomer, account_of, news
from pillarbox.datatypes.directory.errands import errand, owner
from pillarbox.datatypes.directory.files import Files, know_domain
from pillarbox.datatypes.directory.known import (
    account_named,
    catching_all,
    everyone,
    existing,
    existing_group,
    normal,
    principal,
    reached,
    refuse_taken,
)
from pillarbox.datatypes.directory.lists import existing_list, listed
from pillarbox.datatypes.directory.principals import Action, Errand, Kind, Operation, change, destroy, make
from pillarbox.datatypes.directory.refused import AccountError
from pillarbox.datatypes.mail import Folder
from pillarbox.datatypes.server import (
    ACCOUNT,
    API_KEY,
    CREDENTIAL,
    DOMAIN,
    GROUP,
    LIST,
    LOCATION,
    MEMBERSHIP,
    PERSON,
    RESOURCE,
    ROLE,
    TENANT,
    Account,
    admit,
    dismiss,
    members_of,
    numbered,
    selected,
)
from pillarbox.store import Notice, Store, Unit, Writing
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

    @contextmanager
    def errand(
        self,
        manager: Manager,
        now: datetime,
        folders: Sequence[Folder] = (),
        keys: Sequence[DkimKey] = (),
        place: str = "",
    ) -> Iterator[Errand]:
        """A block in which principals are made, changed and destroyed, all of it or nothing (`principals`).

        What cannot be in one unit is done once it is committed. Raises store.StoreError.
        """
        with errand(self._store, manager, now, folders, keys, place) as begun:
            yield begun

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

    def members(self, address: str) -> list[tuple[Principal, Rights]]:
        """A group's members, in order of address. Raises AccountError."""
        with self._store.read(0) as unit:
            rights = members_of(unit, existing_group(unit, address).number)
            found = [(principal(unit, one), rights[one.number]) for one in numbered(unit, ACCOUNT, rights)]
        return sorted(found, key=lambda one: one[0].name)

    def domains(self) -> list[str]:
        """The domains that accounts have had addresses in."""
        with self._store.read(0) as unit:
            return sorted(one.name for one in selected(unit, DOMAIN))

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
        """A new account with its Mailboxes; `secret` is the hash of its password.

        Raises AccountError, as for roles that who makes it, by their permissions, may not give.
        """
        wanted = normal(address)
        properties: dict[str, JSON] = {"quota": quota, "description": description, "roles": [*roles]}
        with self._as(by, folders) as begun:
            return self._made(begun, Kind.INDIVIDUAL, wanted, properties, secret)

    def describe(self, address: str, description: str) -> None:
        """Another name for people, of an account or a group. Raises AccountError."""
        with self._as(PERMISSIONS) as begun:
            _change(begun, existing(begun.server, address), Action.SET, "description", description)

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

    def add_group(
        self,
        address: str,
        members: Mapping[str, Rights],
        folders: Iterable[Folder],
        quota: int | None = None,
        *,
        kind: str = GROUP,
    ) -> Principal:
        """A new group or RESOURCE with its Mailboxes, and with these members, by their addresses.

        Raises AccountError.
        """
        wanted = normal(address)
        with self._as(PERMISSIONS, folders) as begun:
            people = {_person(begun.server, member): rights for member, rights in members.items()}
            made = self._made(begun, _KINDS[kind], wanted, {"quota": quota})
            for person, rights in people.items():
                admit(begun.server, made.number, person.number, rights)
            return made

    def add_list(self, address: str, members: Iterable[str]) -> Principal:
        """A new list; its account holds nothing but what is on its way to its members. Raises AccountError."""
        wanted = normal(address)
        with self._as(PERMISSIONS) as begun:
            return self._made(begun, Kind.LIST, wanted, {"externalMembers": [*listed(address, members)]})

    def remove_list(self, address: str) -> None:
        """The list is gone with what was still on its way to its members. Raises AccountError."""
        with self._as(PERMISSIONS) as begun:
            destroy(begun, existing_list(begun.server, address).title)

    def add_member(self, group: str, member: str, rights: Rights) -> None:
        """One more member, or another right of one. Raises AccountError."""
        with self._store.write(0) as server:
            admit(server, existing_group(server, group).number, _person(server, member).number, rights)

    def remove_member(self, group: str, member: str) -> None:
        """One member less. Raises AccountError."""
        with self._store.write(0) as server:
            if not dismiss(server, existing_group(server, group).number, _person(server, member).number):
                raise AccountError(f"{member} is no member of {group}; `pillarbox group list` shows who is")

    def add_alias(self, address: str, alias: str) -> None:
        """One more address, of an account or a group. Raises AccountError."""
        wanted = normal(alias)
        with self._as(PERMISSIONS) as begun:
            account = existing(begun.server, address)
            refuse_taken(begun.server, wanted)
            know_domain(begun.server, wanted)
            _change(begun, account, Action.ADD, "emails", wanted)

    def remove_alias(self, address: str, alias: str) -> None:
        """One address less. Raises AccountError."""
        wanted = normal(alias)
        with self._as(PERMISSIONS) as begun:
            account = existing(begun.server, address)
            if wanted not in account.aliases:
                raise AccountError(f"{wanted} is no alias of {address}")
            _change(begun, account, Action.REMOVE, "emails", wanted)

    def remove(self, address: str) -> None:
        """The account is gone with all it held, and with its memberships. Raises AccountError."""
        with self._as(PERMISSIONS) as begun:
            destroy(begun, _person(begun.server, address).title)

    def remove_group(self, address: str) -> None:
        """The group is gone with all its account held; its members stay. Raises AccountError."""
        with self._as(PERMISSIONS) as begun:
            destroy(begun, existing_group(begun.server, address).title)

    def clear(self, now: int) -> None:
        """Finishes what was interrupted: removals, accounts that were made and never named, addresses not yet told.

        Mail of an account that nobody removed is kept though no name leads to it, as where account 0 was lost or is an
        older copy: `pillarbox doctor` tells of it. Raises store.StoreError.
        """
        self._files.clear(now)

    def _as(self, permissions: frozenset[str], folders: Iterable[Folder] = ()) -> AbstractContextManager[Errand]:
        """A block of work in the name of whoever owns the data folder."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        return errand(self._store, owner(permissions), now, [*folders])

    def _made(
        self, begun: Errand, kind: Kind, wanted: str, properties: Mapping[str, JSON], secret: str = ""
    ) -> Principal:
        """A new account of this address, whose domain is ours from now on if it was not."""
        refuse_taken(begun.server, wanted)
        # The account's number comes before the domain's, as it did when nothing but the account was asked for.
        number = begun.number()
        know_domain(begun.server, wanted)
        numbered_so = replace(begun, number=lambda: number)
        entry = make(numbered_so, kind, {"name": wanted, "emails": [wanted], **properties}, secret)
        return principal(begun.server, Account(entry.number, entry.document))


def _person(server: Unit, address: str) -> Account:
    account = existing(server, address)
    if account.kind != PERSON:
        command = "list" if account.kind == LIST else "group"
        raise AccountError(f"{account.address} is a {account.kind}; see `pillarbox {command} --help`")
    return account


def _change(begun: Errand, account: Account, action: Action, field: str, value: str) -> None:
    change(begun, account.title, [Operation(action, field, value)])


def _put(server: Writing, account: Account, changes: Mapping[str, JSON]) -> None:
    server.update(ACCOUNT.table, account.number, account.document, {**account.document, **changes})


_KINDS = {GROUP: Kind.GROUP, RESOURCE: Kind.RESOURCE, LOCATION: Kind.LOCATION}
