"""Lists: addresses whose mail goes on to others, here or elsewhere, and their members."""

from collections.abc import Callable, Iterable

from pillarbox.datatypes.directory.known import account_named, normal
from pillarbox.datatypes.directory.refused import AccountError
from pillarbox.datatypes.server import ACCOUNT, LIST, Account, numbered, selected
from pillarbox.store import Member, Select, Store, Unit, Writing

__all__ = ["MAX_MEMBERS", "add_listing", "existing_list", "forget_listings", "listed", "listings", "remove_listing"]

MAX_MEMBERS = 1000


def existing_list(server: Unit, address: str) -> Account:
    """The list with this address. Raises AccountError."""
    account = account_named(server, address)
    if account is None or account.kind != LIST:
        raise AccountError(f"there is no list {address}; `pillarbox list list` shows which there are")
    return account


def listed(address: str, members: Iterable[str]) -> list[str]:
    """Members as they are kept: in the normal form, each once. Raises AccountError, as for the list itself."""
    found = list(dict.fromkeys(map(normal, members)))
    if normal(address) in found:
        raise AccountError(f"{address} cannot be a member of itself")
    if len(found) > MAX_MEMBERS:
        raise AccountError(f"a list has no more than {MAX_MEMBERS} members; make some of them a list of their own")
    return found


def listings(store: Store, number: int) -> list[str]:
    """The members of the list with this number, in the order in which they came. Raises store.StoreError."""
    with store.read(0) as server:
        return [member for one in numbered(server, ACCOUNT, (number,)) for member in one.members]


def add_listing(store: Store, address: str, member: str) -> None:
    """One member more. Raises AccountError; store.StoreError."""
    _changed(store, address, lambda members: listed(address, [*members, member]))


def remove_listing(store: Store, address: str, member: str) -> None:
    """One member less. Raises AccountError; store.StoreError."""
    gone = normal(member)

    def without(members: list[str]) -> list[str]:
        if gone not in members:
            raise AccountError(f"{member} is no member of {address}; `pillarbox list list` shows who is")
        return [one for one in members if one != gone]

    _changed(store, address, without)


def forget_listings(server: Writing, account: Account) -> None:
    """An account is in no list of its tenant any more; in those of others its addresses are somebody's elsewhere."""
    for address in account.addresses:
        for one in selected(server, ACCOUNT, Select(Member("members", address))):
            if one.tenant == account.tenant:
                _keep(server, one, [member for member in one.members if member != address])


def _changed(store: Store, address: str, change: Callable[[list[str]], list[str]]) -> None:
    with store.write(0) as server:
        one = existing_list(server, address)
        _keep(server, one, change(one.members))


def _keep(server: Writing, one: Account, members: list[str]) -> None:
    if members != one.members:
        server.update(ACCOUNT.table, one.number, one.document, {**one.document, "members": [*members]})
