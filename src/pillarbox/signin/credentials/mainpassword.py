"""The main password of an account, and what there must be besides it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from pillarbox.access import PERSON, Directory, Principal, Proof
from pillarbox.signin.credentials.hasher import Hasher
from pillarbox.signin.credentials.way import MainPassword, SecondFactorMissing, Tried
from pillarbox.wire.network import Network

__all__ = ["MainPasswords", "OwnPasswords"]

_WITH_CODE = re.compile(r"(.+)\$(\d{6,8})", re.DOTALL | re.ASCII)
_NOT_ASKED = 60.0
"""Seconds for which a directory outside is not asked again whether a password is still right."""


class Factor(Protocol):
    """The second factor of an account, as the main password asks for it."""

    @property
    def number(self) -> int: ...


class Factors(Protocol):
    """Who has a second factor, and which codes are good (`signin.credentials.SecondFactors`)."""

    def of(self, account: int) -> Factor | None:
        """The one that makes codes, if the account has any."""

    def lasting(self, account: int, code: str, tried: Tried) -> tuple[float, tuple[Network, ...]] | None:
        """Until when, and from where, a sign-in by Basic with this code is good; None for a wrong code."""


class OwnPasswords:
    """Those of this server's own directory, which keeps hashes.

    `renew` puts a new hash in place of that which a principal had, and says who they are then.
    """

    def __init__(
        self,
        directory: Directory,
        passwords: Hasher,
        renew: Callable[[Principal, str], Principal] | None = None,
    ) -> None:
        self._directory = directory
        self._passwords = passwords
        self._renew = renew

    def verified(self, name: str, password: str) -> Principal | None:
        """Whose password this is; it takes as long where there is nobody of that name."""
        principal = self._directory.find(name)
        kept = principal.secret if principal is not None and principal.kind == PERSON else None
        if not self._passwords.verify(kept, password) or principal is None or kept is None:
            return None
        if self._renew is not None and self._passwords.is_dated(kept):
            return self._renew(principal, self._passwords.hash(password))
        return principal


class MainPasswords:
    """The way in by a main password; with a second factor, by the code behind it, as in `password$123456`.

    `directory` knows the accounts that are here, `source` their passwords.
    """

    def __init__(self, directory: Directory, source: MainPassword, factors: Factors) -> None:
        self._directory = directory
        self._source = source
        self._factors = factors

    def verified(self, tried: Tried) -> Proof | None:
        """Whose password this is, and whose code."""
        known = self._directory.find(tried.name)
        if known is not None:
            factor = self._factors.of(known.number)
            parts = _WITH_CODE.fullmatch(tried.password) if factor is not None else None
            if parts is not None:
                return self._with_code(tried, parts[1], parts[2])
            principal = self._source.verified(tried.name, tried.password)
            return None if principal is None else self._alone(principal)
        principal = self._source.verified(tried.name, tried.password)
        if principal is not None:
            return self._alone(principal)
        # Somebody of a directory outside who signs in by another name than an address.
        parts = _WITH_CODE.fullmatch(tried.password) if "@" not in tried.name else None
        return None if parts is None else self._with_code(tried, parts[1], parts[2])

    def confirmed(self, name: str, proof: Proof, age: float) -> Proof | None:
        """The same with what else is known now, where neither the hash nor the second factor is another."""
        before = proof.principal
        principal = self._directory.find(before.name if before.directory else name)
        if principal is None or (principal.id, principal.secret, principal.directory) != (
            before.id,
            before.secret,
            before.directory,
        ):
            return None
        if before.directory and age >= _NOT_ASKED:
            return None
        factor = self._factors.of(principal.number)
        if (factor.number if factor is not None else None) != proof.credential:
            return None
        return replace(proof, principal=principal)

    def _alone(self, principal: Principal) -> Proof:
        if self._factors.of(principal.number) is not None:
            raise SecondFactorMissing(principal)
        return Proof(principal)

    def _with_code(self, tried: Tried, password: str, code: str) -> Proof | None:
        principal = self._source.verified(tried.name, password)
        factor = None if principal is None else self._factors.of(principal.number)
        if principal is None or factor is None:
            return None
        lasting = self._factors.lasting(principal.number, code, tried)
        if lasting is None:
            return None
        until, networks = lasting
        return Proof(
            principal, credential=factor.number, networks=networks, expires=until, methods=("pwd", "otp", "mfa")
        )
