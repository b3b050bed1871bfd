"""What hashes passwords, as the ways in need it."""

from typing import Protocol

__all__ = ["Hasher", "Verifier"]


class Verifier(Protocol):
    """Compares a password with what is kept of one (`access.Passwords`)."""

    def verify(self, kept: str | None, password: str) -> bool: ...


class Hasher(Verifier, Protocol):
    """Makes what is kept, too, and knows whether that should be made anew (`access.Passwords`)."""

    def hash(self, password: str) -> str: ...
    def is_dated(self, kept: str) -> bool: ...
