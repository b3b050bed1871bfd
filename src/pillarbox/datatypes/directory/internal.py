"""The accounts of this server: found by address, made, changed and removed.

Two files know of an account: account 0 that it exists, its own file what it holds. The file is made first and the name
given last, so that whoever finds the name finds the file; taken away in the other order. Of its addresses the account
itself is told after they have changed, and again if that was interrupted (adr/0034).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from pillarbox.access import Principal, Reach, Rights
from pillarbox.datatypes.directory.known import (
    AccountError,
    account_at,
    accounts,
    everyone,
    existing,
    existing_group,
    normal,
    principal,
    reached,
    refuse_taken,
)
from pillarbox.datatypes.mail import Folder, furnish, know_addresses
from pillarbox.datatypes.server import (
    ACCOUNT,
    DOMAIN,
    GROUP,
    PERSON,
    Account,
    admit,
    dismiss,
    forget_memberships,
    members_of,
    numbered,
    selected,
)
from pillarbox.store import Equal, NoAccount, Select, Store, StoreError, Unavailable, Unit, Writing
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import JSON

__all__ = ["InternalDirectory"]


_FOR_EVER = 2**53


class InternalDirectory:
    """The directory in account 0 (`access.Directory`), and changes to it. Each raises store.Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def listen(self, listener: Callable[[], None]) -> Iterator[None]:
        """A block in which the listener is called after each change to account 0 that the store's feed tells of."""
        with self._store.feed.listen(0, lambda _: listener()):
            yield

    def find(self, address: str) -> Principal | None:
        """Whose address or alias this is; a group's too."""
        try:
            wanted = normal(address)
        except AccountError:
            return None
        with self._store.read(0) as unit:
            found = account_at(unit, wanted)
            return None if found is None else principal(unit, found)

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
        return sorted(found, key=lambda one: one[0].address)

    def domains(self) -> list[str]:
        """The domains that accounts have had addresses in."""
        with self._store.read(0) as unit:
            return sorted(one.name for one in selected(unit, DOMAIN))

    def add(self, address: str, secret: str, folders: Iterable[Folder], quota: int | None = None) -> Principal:
        """A new account with its Mailboxes; `secret` is the hash of its password. Raises AccountError."""
        with self._store.write(0) as server:
            account = self._made(server, normal(address), folders, {"secret": secret, "quota": quota, "kind": PERSON})
            return principal(server, account)

    def add_group(
        self, address: str, members: Mapping[str, Rights], folders: Iterable[Folder], quota: int | None = None
    ) -> Principal:
        """A new group with its Mailboxes, and with these members, by their addresses. Raises AccountError."""
        with self._store.write(0) as server:
            numbers = {_person(server, member).number: rights for member, rights in members.items()}
            account = self._made(server, normal(address), folders, {"secret": "", "quota": quota, "kind": GROUP})
            for number, rights in numbers.items():
                admit(server, account.number, number, rights)
            return principal(server, account)

    def add_member(self, group: str, member: str, rights: Rights) -> None:
        """One more member, or another right of one. Raises AccountError."""
        with self._store.write(0) as server:
            admit(server, existing_group(server, group).number, _person(server, member).number, rights)

    def remove_member(self, group: str, member: str) -> None:
        """One member less. Raises AccountError."""
        with self._store.write(0) as server:
            if not dismiss(server, existing_group(server, group).number, _person(server, member).number):
                raise AccountError(f"{member} is no member of {group}; `pillarbox group list` shows who is")

    def change_secret(self, address: str, secret: str) -> None:
        """Another password, by its hash. Raises AccountError."""
        with self._store.write(0) as server:
            _change(server, _person(server, address), {"secret": secret})

    def add_alias(self, address: str, alias: str) -> None:
        """One more address, of an account or a group. Raises AccountError."""
        wanted = normal(alias)
        with self._store.write(0) as server:
            account = existing(server, address)
            refuse_taken(server, wanted)
            _know_domain(server, wanted)
            _change(server, account, {"aliases": [*account.aliases, wanted]})
        self._acquaint(account.number)

    def remove_alias(self, address: str, alias: str) -> None:
        """One address less. Raises AccountError."""
        wanted = normal(alias)
        with self._store.write(0) as server:
            account = existing(server, address)
            if wanted not in account.aliases:
                raise AccountError(f"{wanted} is no alias of {address}")
            _change(server, account, {"aliases": [one for one in account.aliases if one != wanted]})
        self._acquaint(account.number)

    def remove(self, address: str) -> None:
        """The account is gone with all it held, and with its memberships. Raises AccountError."""
        with self._store.write(0) as server:
            account = _taken_away(server, _person(server, address))
        self._store.remove(account.number)

    def remove_group(self, address: str) -> None:
        """The group is gone with all its account held; its members stay. Raises AccountError."""
        with self._store.write(0) as server:
            account = _taken_away(server, existing_group(server, address))
        self._store.remove(account.number)

    def clear(self, now: int) -> None:
        """Finishes what was interrupted: removals, accounts that were made and never named, addresses not yet told.

        Mail of an account that nobody removed is kept though no name leads to it, as where account 0 was lost or is an
        older copy: `pillarbox doctor` tells of it. Raises store.StoreError.
        """
        with self._store.read(0) as server:
            nameless = self._nameless(server)
            removed = [number for number in nameless if server.seen(_removed(number), now)]
            untold = [account.number for account in accounts(server) if account.known != account.addresses]
        for number in removed:
            self._store.remove(number)
        if nameless:
            # One that is just being made has its number in no unit but its own, which this waits for.
            with self._store.write(0) as server:
                for number in self._nameless(server):
                    if self._is_unfinished(number):
                        self._store.remove(number)
        for number in untold:
            # One that is damaged is doctor's.
            with suppress(NoAccount):
                self._acquaint(number)

    def _made(self, server: Writing, wanted: str, folders: Iterable[Folder], properties: Mapping[str, JSON]) -> Account:
        """A new account, its file first."""
        refuse_taken(server, wanted)
        number = self._unused(server)
        self._store.create(number)
        with self._store.write(number) as unit:
            furnish(unit, folders)
            know_addresses(unit, [wanted])
        _know_domain(server, wanted)
        document: dict[str, JSON] = {"address": wanted, "aliases": [], **properties, "known": [wanted]}
        server.insert(ACCOUNT.table, number, document)
        return Account(number, document)

    def _acquaint(self, number: int) -> None:
        """Tells an account of its addresses. Whoever changes them again meanwhile waits, and tells it again."""
        with self._store.write(0) as server:
            for account in numbered(server, ACCOUNT, (number,)):
                with self._store.write(number) as unit:
                    know_addresses(unit, account.addresses)
                document = {**account.document, "known": account.addresses}
                server.amend(ACCOUNT.table, number, account.document, document)

    def _nameless(self, server: Unit) -> list[int]:
        named = {0, *server.numbers(ACCOUNT.table, 2**31)}
        return [number for number in self._store.accounts() if number not in named]

    def _unused(self, server: Writing) -> int:
        """A number with nothing behind it.

        Which numbers are given is kept with the name, so one whose account was never named is given again.
        """
        number = server.fresh()
        taken = set(self._store.accounts())
        while number in taken:
            if self._is_unfinished(number):
                self._store.remove(number)
                break
            number = server.fresh()
        return number

    def _is_unfinished(self, number: int) -> bool:
        """Whether an account without a name never held anything."""
        try:
            with self._store.read(number) as unit:
                return unit.held_size() == 0
        except Unavailable:
            raise
        except StoreError:
            return False


def _removed(number: int) -> bytes:
    """The key by which account 0 knows that an account is to go with all it held."""
    return b"removed:%d" % number


def _person(server: Unit, address: str) -> Account:
    account = existing(server, address)
    if account.kind == GROUP:
        raise AccountError(f"{account.address} is a group; see `pillarbox group --help`")
    return account


def _change(server: Writing, account: Account, changes: Mapping[str, JSON]) -> None:
    server.update(ACCOUNT.table, account.number, account.document, {**account.document, **changes})


def _taken_away(server: Writing, account: Account) -> Account:
    forget_memberships(server, account.number)
    server.delete(ACCOUNT.table, account.number, account.document)
    server.once(_removed(account.number), _FOR_EVER, 0)
    return account


def _know_domain(server: Writing, address: str) -> None:
    name = address.rpartition("@")[2]
    if not server.page(DOMAIN.table, Select(Equal("name", unicode_casemap(name))), 0, 1):
        server.insert(DOMAIN.table, server.fresh(), {"name": name})
