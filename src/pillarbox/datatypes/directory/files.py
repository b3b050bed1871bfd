"""The files of accounts: each is made before its name is given, and taken away after (adr/0034)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from pillarbox.datatypes.directory.known import refuse_taken
from pillarbox.datatypes.directory.lists import forget_listings
from pillarbox.datatypes.mail import Folder, furnish, know_addresses
from pillarbox.datatypes.server import (
    ACCOUNT,
    DOMAIN,
    Account,
    forget_consents,
    forget_credentials,
    forget_grants,
    forget_memberships,
    forget_security_events,
    numbered,
)
from pillarbox.store import Elsewhere, Equal, NoAccount, Select, Store, StoreError, Unavailable, Unit, Writing
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import JSON

__all__ = ["Files", "know_domain", "taken_away"]

_FOR_EVER = 2**53
_PORTION = 500
"""So many accounts are read at once."""


class Files:
    """Those of a store. Each raises store.Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def clear(self, now: int) -> None:
        """Finishes what was interrupted: removals, accounts that were made and never named, addresses not yet told.

        Mail of an account that nobody removed is kept though no name leads to it, as where account 0 was lost or is an
        older copy: `pillarbox doctor` tells of it. Raises store.StoreError.
        """
        with self._store.read(0) as server:
            nameless = self._nameless(server)
            removed = [number for number in nameless if server.seen(_removed(number), now)]
            named = server.numbers(ACCOUNT.table, 2**31)
        for number in removed:
            self._store.remove(number)
        if nameless:
            # One that is just being made has its number in no unit but its own, which this waits for.
            with self._store.write(0) as server:
                for number in self._nameless(server):
                    if self._is_unfinished(number):
                        self._store.remove(number)
        for number in self._untold(named):
            # One that is damaged is doctor's.
            with suppress(NoAccount):
                self.acquaint(number)

    def made(self, server: Writing, wanted: str, folders: Iterable[Folder], properties: Mapping[str, JSON]) -> Account:
        """A new account, its file first."""
        refuse_taken(server, wanted)
        number = self.unused(server)
        self.furnish(number, folders, [wanted])
        know_domain(server, wanted)
        document: dict[str, JSON] = {"address": wanted, "aliases": [], **properties, "known": [wanted]}
        server.insert(ACCOUNT.table, number, document)
        return Account(number, document)

    def furnish(self, number: int, folders: Iterable[Folder], addresses: Collection[str]) -> None:
        """The file of a new account, with Mailboxes and addresses that it knows."""
        self._store.create(number)
        with self._store.write(number) as unit:
            furnish(unit, folders)
            know_addresses(unit, addresses)

    def acquaint(self, number: int) -> None:
        """Tells an account of its addresses. Whoever changes them again meanwhile waits, and tells it again."""
        with self._store.write(0) as server:
            for account in numbered(server, ACCOUNT, (number,)):
                with self._store.write(number) as unit:
                    know_addresses(unit, account.addresses)
                document = {**account.document, "known": account.addresses}
                server.amend(ACCOUNT.table, number, account.document, document)

    def _untold(self, numbers: Sequence[int]) -> Iterator[int]:
        """Those of these accounts that have not been told of their addresses; some at a time, for there are many."""
        for at in range(0, len(numbers), _PORTION):
            with self._store.read(0) as server:
                some = numbered(server, ACCOUNT, numbers[at : at + _PORTION])
            yield from (account.number for account in some if account.known != account.addresses)

    def _nameless(self, server: Unit) -> list[int]:
        named = {0, *server.numbers(ACCOUNT.table, 2**31)}
        return [number for number in self._store.accounts() if number not in named]

    def unused(self, server: Writing) -> int:
        """A number with nothing behind it.

        Which numbers are given is kept with the name, so one whose account was never named is given again.
        """
        number = server.fresh()
        while self._is_there(number):
            if self._is_unfinished(number):
                self._store.remove(number)
                break
            number = server.fresh()
        return number

    def _is_there(self, number: int) -> bool:
        """Whether there is an account of that number; also one that is damaged, or has moved to another store."""
        try:
            self._store.version(number)
        except NoAccount:
            return False
        except Elsewhere:
            return True
        except Unavailable:
            raise
        except StoreError:
            return True
        return True

    def _is_unfinished(self, number: int) -> bool:
        """Whether an account without a name never held anything."""
        try:
            with self._store.read(number) as unit:
                return unit.held_size() == 0
        except Elsewhere:
            return False
        except Unavailable:
            raise
        except StoreError:
            return False


def _removed(number: int) -> bytes:
    """The key by which account 0 knows that an account is to go with all it held."""
    return b"removed:%d" % number


def taken_away(server: Writing, account: Account) -> Account:
    """The account, of which nothing is known any more; its file is still to be removed, or will be by `clear`."""
    forget_memberships(server, account.number)
    forget_listings(server, account)
    forget_credentials(server, account.number)
    forget_grants(server, account.number)
    forget_consents(server, account.number)
    forget_security_events(server, account.number)
    server.delete(ACCOUNT.table, account.number, account.document)
    server.once(_removed(account.number), _FOR_EVER, 0)
    return account


def know_domain(server: Writing, address: str) -> None:
    """The domain of an address is one of ours."""
    name = address.rpartition("@")[2]
    if not server.page(DOMAIN.table, Select(Equal("name", unicode_casemap(name))), 0, 1):
        server.insert(DOMAIN.table, server.fresh(), {"name": name})
