"""The accounts of this server: found by address, made, changed and removed.

Two files know of an account: account 0 that it exists, its own file what it holds. The file is made first and the name
given last, so that whoever finds the name finds the file; taken away in the other order.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from unicodedata import normalize

import orjson

from pillarbox.access import Principal
from pillarbox.datatypes.mail import Folder, furnish
from pillarbox.datatypes.server.account import ACCOUNT, Account
from pillarbox.datatypes.server.domain import DOMAIN
from pillarbox.store import Equal, Member, Select, Store, StoreError, Unavailable, Unit, Writing
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import JSON

__all__ = ["AccountError", "InternalDirectory", "normal"]


_FOR_EVER = 2**53


class AccountError(Exception):
    """An account cannot be made or changed so; the message says why, and what to do."""


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
        """Whose address or alias this is."""
        try:
            wanted = normal(address)
        except AccountError:
            return None
        with self._store.read(0) as unit:
            found = _found(unit, wanted)
            return None if found is None else _principal(found)

    def all(self) -> list[Principal]:
        """Every account, in order of address."""
        with self._store.read(0) as unit:
            return sorted(map(_principal, _accounts(unit)), key=lambda principal: principal.address)

    def domains(self) -> list[str]:
        """The domains that accounts have had addresses in."""
        with self._store.read(0) as unit:
            numbers = unit.numbers(DOMAIN.table, 2**31)
            return sorted(orjson.loads(stored.document)["name"] for stored in unit.get(DOMAIN.table, numbers))

    def add(self, address: str, secret: str, folders: Iterable[Folder], quota: int | None = None) -> Principal:
        """A new account with its Mailboxes; `secret` is the hash of its password. Raises AccountError."""
        wanted = normal(address)
        with self._store.write(0) as server:
            _free(server, wanted)
            number = self._unused(server)
            self._store.create(number)
            with self._store.write(number) as unit:
                furnish(unit, folders)
            _know_domain(server, wanted)
            document: dict[str, JSON] = {"address": wanted, "aliases": [], "secret": secret, "quota": quota}
            server.insert(ACCOUNT.table, number, document)
        return _principal(Account(number, document))

    def change_secret(self, address: str, secret: str) -> None:
        """Another password, by its hash. Raises AccountError."""
        with self._store.write(0) as server:
            _change(server, address, {"secret": secret})

    def add_alias(self, address: str, alias: str) -> None:
        """One more address. Raises AccountError."""
        wanted = normal(alias)
        with self._store.write(0) as server:
            _free(server, wanted)
            _know_domain(server, wanted)
            aliases = _existing(server, address).aliases
            _change(server, address, {"aliases": [*aliases, wanted]})

    def remove_alias(self, address: str, alias: str) -> None:
        """One address less. Raises AccountError."""
        wanted = normal(alias)
        with self._store.write(0) as server:
            aliases = _existing(server, address).aliases
            if wanted not in aliases:
                raise AccountError(f"{wanted} is no alias of {address}")
            _change(server, address, {"aliases": [one for one in aliases if one != wanted]})

    def remove(self, address: str) -> None:
        """The account is gone with all it held. Raises AccountError."""
        with self._store.write(0) as server:
            account = _existing(server, address)
            server.delete(ACCOUNT.table, account.number, account.document)
            server.once(_removed(account.number), _FOR_EVER, 0)
        self._store.remove(account.number)

    def clear(self, now: int) -> None:
        """Finishes what was interrupted: removals, and accounts that were made and never named.

        Mail of an account that nobody removed is kept though no name leads to it, as where account 0 was lost or is an
        older copy: `pillarbox doctor` tells of it. Raises store.StoreError.
        """
        with self._store.read(0) as server:
            nameless = self._nameless(server)
            removed = [number for number in nameless if server.seen(_removed(number), now)]
        if not nameless:
            return
        for number in removed:
            self._store.remove(number)
        # One that is just being made has its number in no unit but its own, which this waits for.
        with self._store.write(0) as server:
            for number in self._nameless(server):
                if self._is_unfinished(number):
                    self._store.remove(number)

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


def normal(address: str) -> str:
    """The one form of an address that is kept and compared: lower case and composed (NFC), the domain in ASCII.

    Raises AccountError for what is no address.
    """
    local, at, domain = address.strip().rpartition("@")
    domain = domain.rstrip(".")
    if not at or not local or not domain or len(address) > 320 or any(ord(one) <= 32 for one in local + domain):
        raise AccountError(f"{address[:80]!r} is no address; write it like alice@example.org")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise AccountError(f"{domain[:80]!r} is no domain name") from None
    # Composed again, for a letter's lower case may be two.
    local = normalize("NFC", normalize("NFC", local).lower())
    return f"{local}@{ascii_domain.lower()}"


def _removed(number: int) -> bytes:
    """The key by which account 0 knows that an account is to go with all it held."""
    return b"removed:%d" % number


def _principal(account: Account) -> Principal:
    return Principal(
        ACCOUNT.id(account.number),
        account.number,
        account.address,
        tuple(account.aliases),
        account.secret,
        account.quota,
    )


def _accounts(unit: Unit) -> Iterator[Account]:
    for stored in unit.get(ACCOUNT.table, unit.numbers(ACCOUNT.table, 2**31)):
        yield Account(stored.number, orjson.loads(stored.document))


def _found(unit: Unit, wanted: str) -> Account | None:
    numbers = unit.page(ACCOUNT.table, Select(Member("addresses", wanted)), 0, 1)
    for stored in unit.get(ACCOUNT.table, numbers):
        return Account(stored.number, orjson.loads(stored.document))
    return None


def _existing(unit: Unit, address: str) -> Account:
    account = _found(unit, normal(address))
    if account is None:
        raise AccountError(f"there is no account {address}; `pillarbox account list` shows which there are")
    return account


def _free(unit: Unit, wanted: str) -> None:
    taken = _found(unit, wanted)
    if taken is not None:
        raise AccountError(f"{wanted} is taken by the account {taken.address}")


def _change(server: Writing, address: str, changes: dict[str, JSON]) -> None:
    account = _existing(server, address)
    server.update(ACCOUNT.table, account.number, account.document, {**account.document, **changes})


def _know_domain(server: Writing, address: str) -> None:
    name = address.rpartition("@")[2]
    if not server.page(DOMAIN.table, Select(Equal("name", unicode_casemap(name))), 0, 1):
        server.insert(DOMAIN.table, server.fresh(), {"name": name})
