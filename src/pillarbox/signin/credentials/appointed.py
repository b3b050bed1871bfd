"""Who comes in by the settings alone: the fallback administrator, and the master user for another's account."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pillarbox.access import PERMISSIONS, PERSON, Directory, Principal, Proof, ProofKind
from pillarbox.datatypes.server import ACCOUNT, SecurityKind, note
from pillarbox.signin.credentials.hasher import Verifier
from pillarbox.signin.credentials.way import Tried
from pillarbox.store import Store, StoreError
from pillarbox.telemetry import Event, Secret, emit

__all__ = ["Appointed", "FallbackAdmin", "MasterUser"]

# As schemes begin; what begins like the one with a line below is it in that length alone, else no one would get in.
_KEPT = re.compile(r"[${]|_[./0-9A-Za-z]{19}\Z")
FALLBACK_NUMBER = 4_294_967_295
"""The number of the fallback administrator, whom no account belongs to."""


@dataclass(frozen=True, slots=True)
class Appointed:
    """A name, and the password as it is kept, in any scheme."""

    name: str
    secret: Secret

    @staticmethod
    def of(name: str | None, secret: Secret | None) -> "Appointed | None":
        """Whom the settings name, if they do; a secret in none of the schemes is the password itself."""
        if not name or secret is None or not secret.reveal():
            return None
        is_kept = _KEPT.match(secret.reveal()) is not None
        return Appointed(name, secret if is_kept else Secret("{PLAIN}" + secret.reveal()))


@dataclass(frozen=True)
class FallbackAdmin:
    """The administrator whom the settings name: in by the settings alone, whatever else is away.

    They have all permissions, no mail, no second factor and no app passwords.
    """

    appointed: Appointed
    passwords: Verifier = field(compare=False)

    def verified(self, tried: Tried) -> Proof | None:
        """The proof, for their name in any case of letters and their password."""
        if tried.name.strip().lower() != self.appointed.name.lower():
            return None
        if not self.passwords.verify(self.appointed.secret.reveal(), tried.password):
            return None
        return Proof(self._principal, ProofKind.FALLBACK)

    def confirmed(self, name: str, proof: Proof, age: float) -> Proof | None:  # noqa: ARG002 - as every way
        """The same: with other settings there is another way."""
        return proof

    @property
    def _principal(self) -> Principal:
        name, id_ = self.appointed.name, ACCOUNT.id(FALLBACK_NUMBER)
        return Principal(id_, FALLBACK_NUMBER, name, (), None, None, description=name, permissions=PERMISSIONS)


@dataclass(frozen=True)
class MasterUser:
    """Whoever may come in for anybody: the account's name, `%`, the master's name, with the master's password.

    The account's own password and second factor are not asked for. Each time is told in the account's events.
    """

    appointed: Appointed
    passwords: Verifier = field(compare=False)
    directory: Directory = field(compare=False)
    store: Store = field(compare=False)
    clock: Callable[[], float] = field(default=time.time, compare=False)

    def verified(self, tried: Tried) -> Proof | None:
        """Whose account is meant, if the rest is the master's."""
        account = self._account(tried.name)
        if account is None or not self.passwords.verify(self.appointed.secret.reveal(), tried.password):
            return None
        principal = self._found(account)
        if principal is None:
            return None
        emit(Event.AUTH_MASTER, account=principal.number, client=tried.place)
        try:
            with self.store.write(0) as server:
                now = datetime.fromtimestamp(self.clock(), UTC)
                note(server, principal.number, SecurityKind.MASTER_SIGNED_IN, now, tried.place)
        except StoreError as problem:
            # They come when something is wrong; the log has it in any case.
            emit(Event.STORE_FAILED, known=problem.known)
        return Proof(principal, ProofKind.MASTER)

    def confirmed(self, name: str, proof: Proof, age: float) -> Proof | None:  # noqa: ARG002 - as every way
        """The account as it is now; with other settings there is another way."""
        principal = self._found(self._account(name) or "")
        return None if principal is None or principal.id != proof.principal.id else Proof(principal, ProofKind.MASTER)

    def _account(self, name: str) -> str | None:
        account, percent, master = name.strip().rpartition("%")
        is_meant = percent and account and master.lower() == self.appointed.name.lower()
        return account if is_meant else None

    def _found(self, account: str) -> Principal | None:
        found = self.directory.find(account)
        return found if found is not None and found.kind == PERSON else None
