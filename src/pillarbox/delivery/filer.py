"""Mail for accounts here that was queued here: no connection brings it, all else is as with any other."""

from collections.abc import Callable
from datetime import UTC, datetime

from pillarbox.access import Directory, Principal
from pillarbox.delivery import reply
from pillarbox.delivery.deposit import Deposit, Offer, told_of
from pillarbox.delivery.path import Malformed, path
from pillarbox.delivery.policy import Policy
from pillarbox.delivery.reply import Reply
from pillarbox.delivery.route import Route, refusal
from pillarbox.delivery.trace import Hop

__all__ = ["Filer"]


class Filer:
    """Files messages for addresses; all of it blocks."""

    def __init__(self, directory: Directory, deposit: Deposit, policy: Policy, clock: Callable[[], float]) -> None:
        self._route = Route(directory, policy.host, sub_addressing=policy.sub_addressing)
        self._deposit = deposit
        self._policy = policy
        self._clock = clock

    def knows(self, address: str) -> bool:
        """Whether an account here has this address. Raises store.StoreError."""
        return self._find(address) is not None

    def file(self, sender: str, address: str, octets: bytes, mark: bytes, id_: str) -> Reply:
        """Files a message; one with the same mark was the same message, and is not filed again.

        Raises store.StoreError and OSError, and then nothing was filed.
        """
        principal = self._find(address)
        refused = refusal(principal)
        if principal is None or refused is not None:
            return refused or reply.NOT_FOUND
        hop = Hop(
            client=self._policy.host,
            address=None,
            host=self._policy.host,
            id=id_,
            utf8=not (sender + address).isascii(),
            reverse_path=sender,
            only_recipient=None,
            moment=datetime.fromtimestamp(self._clock(), UTC),
            is_ours=True,
        )
        return told_of(self._deposit.deliver(principal, Offer(hop, octets, mark), self._policy, address))

    def _find(self, address: str) -> Principal | None:
        try:
            found, end = path(f"<{address}>")
        except Malformed:
            return None
        return self._route.find(found) if end == len(address) + 2 and found.domain else None
