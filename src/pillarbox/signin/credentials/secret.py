"""Secrets that we make: enough chance in them that a fast hash is all that needs to be kept."""

import hashlib
import re
import secrets

__all__ = ["app_password", "digest", "grouped", "recovery_code"]

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Thirty-two, none of which is taken for another when it is read from paper."""
_GROUP = 4
_APP = 24
_RECOVERY = 16
_BETWEEN = re.compile(r"[\s-]+")


def app_password() -> str:
    """One of 120 bits, in groups that are easily typed."""
    return grouped(_chosen(_APP))


def recovery_code() -> str:
    """One of 80 bits, in groups."""
    return grouped(_chosen(_RECOVERY))


def digest(text: str) -> str:
    """What is kept of one, and by which it is found: however it was typed, and the empty text for what is none."""
    letters = _BETWEEN.sub("", text).lower()
    if len(letters) not in {_APP, _RECOVERY} or not set(letters) <= set(_LETTERS):
        return ""
    return hashlib.blake2b(letters.encode(), digest_size=32, person=b"pillarbox secret").hexdigest()


def grouped(letters: str) -> str:
    """In groups of four."""
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _chosen(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
