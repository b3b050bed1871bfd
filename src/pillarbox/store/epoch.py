"""The epoch of an account: what tells the numbers of its change log from those of another log."""

import secrets
from hashlib import blake2b

__all__ = ["letters_of", "new_epoch"]

_ALPHABET = "bcdfghjklmnpqrstvwxz"
"""With no digit in front, no state is ever taken for a number."""


def new_epoch() -> str:
    """Eight letters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def letters_of(history: str) -> str:
    """Six letters that stand for where and when a whole store was: all its accounts have them behind their own."""
    number = int.from_bytes(blake2b(history.encode(), digest_size=8, person=b"epoch").digest(), "big")
    letters = []
    for _ in range(6):
        number, at = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[at])
    return "".join(letters)
