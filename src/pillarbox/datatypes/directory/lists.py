"""Lists: addresses whose mail goes on to others, here or elsewhere, and their members."""

from pillarbox.datatypes.server import ACCOUNT, Account, numbered, selected
from pillarbox.store import Member, Select, Store, Writing

__all__ = ["MAX_MEMBERS", "forget_listings", "listings"]

MAX_MEMBERS = 1000


def listings(store: Store, number: int) -> list[str]:
    """The members of the list with this number, in the order in which they came. Raises store.StoreError."""
    with store.read(0) as server:
        return [member for one in numbered(server, ACCOUNT, (number,)) for member in one.members]


def forget_listings(server: Writing, account: Account) -> None:
    """An account is in no list of its tenant any more; in those of others its addresses are somebody's elsewhere."""
    for address in account.addresses:
        for one in selected(server, ACCOUNT, Select(Member("members", address))):
            if one.tenant == account.tenant:
                _keep(server, one, [member for member in one.members if member != address])


def _keep(server: Writing, one: Account, members: list[str]) -> None:
    if members != one.members:
        server.update(ACCOUNT.table, one.number, one.document, {**one.document, "members": [*members]})
