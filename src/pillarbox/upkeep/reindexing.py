"""All that follows from an account's documents, made anew whatever it is: indexes, counts, full text."""

from typing import Any

import orjson

from pillarbox.datatypes.mail import recount
from pillarbox.objects import DataType, Registry
from pillarbox.store import Store

__all__ = ["reindex"]

_TEXTS = 50
"""Objects whose text is made in one unit; the messages are read before it."""


def reindex(store: Store, registry: Registry, account: int) -> None:
    """Makes them anew. It may be interrupted and done again, and the account is used meanwhile.

    Each type's indexes are made in one unit, for which who writes to the account waits. Raises store.StoreError.
    """
    for kind in registry:
        with store.write(account) as unit:
            unit.rebuild([kind.table])
    if account != 0:
        with store.write(account) as unit:
            recount(unit, registry)
    for kind in registry:
        if kind.text_again is not None:
            _texts(store, account, kind)


def _texts(store: Store, account: int, kind: DataType[Any]) -> None:
    with store.read(account) as unit:
        numbers = unit.numbers(kind.table, 2**31)
    for at in range(0, len(numbers), _TEXTS):
        some = numbers[at : at + _TEXTS]
        # One that changes between reading and writing is read again.
        while some:
            some = _made(store, account, kind, some)


def _made(store: Store, account: int, kind: DataType[Any], numbers: list[int]) -> list[int]:
    """Makes the texts of some objects; those that have changed meanwhile."""
    assert kind.text_again is not None  # noqa: S101 - the caller has looked
    with store.read(account) as unit:
        texts = {
            stored.number: (stored.document, kind.text_again(unit, orjson.loads(stored.document)))
            for stored in list(unit.get(kind.table, numbers))
        }
    changed = []
    with store.write(account) as unit:
        for stored in list(unit.get(kind.table, list(texts))):
            document, text = texts[stored.number]
            if document == stored.document:
                unit.index_text(kind.table, stored.number, text)
            else:
                changed.append(stored.number)
    return changed
