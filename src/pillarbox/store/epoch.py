"""The epoch of an account: what tells the numbers of its change log from those of another log."""

import secrets

__all__ = ["new_epoch"]


def new_epoch() -> str:
    """Eight letters: with no digit in front, no state is ever taken for a number."""
    alphabet = "bcdfghjklmnpqrstvwxz"
    return "".join(secrets.choice(alphabet) for _ in range(8))
