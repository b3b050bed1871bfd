"""Whether accounts can move between two stores, what there would be to do, and how that begins."""

import secrets
from dataclasses import dataclass

from pillarbox.store import (
    Movable,
    MovingStore,
    NoAccount,
    Standing,
    StoreError,
    Unavailable,
    seems_to_stand,
    stands,
)

__all__ = ["MoveError", "Plan", "planned", "prepare", "refuse"]


_MOVE = b"moves "
"""What the key begins with by which account 0 of both stores knows of one move."""
_MANY = 100
_FOR_EVER = 2**53


class MoveError(Exception):
    """It cannot be done; `told` is for whoever asked for it, with what to do."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move would do: accounts that are to move, those that have, and the octets of blobs that the first hold."""

    accounts: int
    moved: int
    octets: int


def planned(store: MovingStore) -> Plan:
    """What there is to do. Changes nothing. Raises MoveError, store.StoreError."""
    refuse(store)
    octets = accounts = moved = 0
    for number in store.source.accounts():
        if seems_to_stand(store.source, number) is Standing.LEFT:
            moved += 1
            continue
        try:
            with store.source.read(number) as unit:
                octets += unit.held_size()
        except NoAccount:
            # Removed meanwhile.
            continue
        except Unavailable:
            raise
        except StoreError:
            # Damaged: who moves it is told.
            pass
        accounts += 1
    return Plan(accounts, moved, octets)


def refuse(store: MovingStore) -> None:
    """Raises MoveError where these two cannot be those of one server."""
    source, target = store.source, store.target
    there = stands(source, 0)
    if there is None or there is Standing.ARRIVING:
        raise MoveError("storage.data names a store that the server is not in, or not all of it yet.")
    for number in source.accounts():
        if seems_to_stand(source, number) is Standing.LEFT and stands(target, number) is not Standing.HERE:
            raise MoveError(f"account {number} has moved to another store than storage.migrate-to names.")
    if there is Standing.HERE and stands(target, 0) is not Standing.ARRIVING and _is_in_use(target):
        raise MoveError("storage.migrate-to names a store that has accounts of its own: name an empty one.")
    if stands(target, 0) is Standing.ARRIVING and not _is_ours(store):
        raise MoveError("storage.migrate-to names a store that another server is moving to: name an empty one.")


def _is_ours(store: MovingStore) -> bool:
    """Whether it was this source that began to move there, as far as that is known: not while account 0 arrives."""
    with store.target.examine(0) as arriving:
        begun = [key for key, until in arriving.remembered(_MOVE, _MANY) if until and key.startswith(_MOVE)]
    with store.source.read(0) as server:
        return all(server.seen(key, 1) for key in begun)


def _is_in_use(target: Movable) -> bool:
    """Whether it has more than what accounts left there when they moved to another store, and an unused account 0."""
    if stands(target, 0) is Standing.HERE:
        with target.read(0) as server:
            if server.given() > 0:
                return True
    return any(stands(target, one) in (Standing.HERE, Standing.LEAVING) for one in target.accounts() if one)


def prepare(store: MovingStore) -> None:
    """The target is one that is being moved to, and has nothing but what arrives."""
    source, target = store.source, store.target
    if stands(source, 0) is not Standing.HERE or stands(target, 0) is Standing.ARRIVING:
        return
    if stands(target, 0) is not None:
        target.stand(0, Standing.HERE, Standing.LEFT)
    # What is there is of an earlier move, when this was the store that accounts left.
    for number in target.accounts():
        if number:
            target.remove(number)
    key = _MOVE + secrets.token_hex(16).encode()
    with source.write(0) as server:
        for before, _ in server.remembered(_MOVE, _MANY):
            if before.startswith(_MOVE):
                # Its time is over; a copy of this server may have it.
                server.once(before, 0, _FOR_EVER + 1)
        server.once(key, _FOR_EVER, 0)
    epoch = target.receive(0)
    with target.fill(0, epoch) as arriving:
        arriving.once(key, _FOR_EVER, 0)
