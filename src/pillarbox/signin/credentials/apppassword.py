"""App passwords: one for each program that cannot do better, made here, ended one by one."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from pillarbox.access import PERSON, Directory, Principal, Proof, ProofKind
from pillarbox.access.scope import DEFAULT_SCOPE, SCOPES
from pillarbox.datatypes.server import (
    APP_PASSWORD,
    Credential,
    SecurityKind,
    TooManyCredentials,
    add_credential,
    credential_by_digest,
    credentials_of,
    is_use_told,
    note,
    note_use,
    numbered,
    remove_credential,
)
from pillarbox.datatypes.server.credential import CREDENTIAL, MAX_CREDENTIALS, MAX_NAME, credential
from pillarbox.signin.credentials.hasher import Verifier
from pillarbox.signin.credentials.secret import app_password, digest
from pillarbox.signin.credentials.way import CredentialError, Tried
from pillarbox.store import Store
from pillarbox.telemetry import Event, emit
from pillarbox.wire.network import Network
from pillarbox.wire.values import utc_date

__all__ = ["AppPasswords", "add_app_password", "app_passwords", "import_app_password", "remove_app_password"]

_MOST_NETWORKS = 20
_MOST_IMPORTED = 5
"""Each of them is hashed for each wrong password."""


class AppPasswords:
    """The way in by one. Those that we made are found by their digest, so that none is hashed slowly."""

    def __init__(
        self, store: Store, directory: Directory, passwords: Verifier, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._directory = directory
        self._passwords = passwords
        self._clock = clock

    def verified(self, tried: Tried) -> Proof | None:
        """Whose app password this is, if it is one of whoever has the name."""
        found = digest(tried.password)
        with self._store.read(0) as server:
            one = credential_by_digest(server, found)
        principal = self._directory.find(tried.name)
        if principal is None or principal.kind != PERSON:
            return None
        if one is None or one.kind != APP_PASSWORD or one.account != principal.number:
            one = self._imported(principal, tried.password)
        if one is None:
            return None
        self._used(one, tried.place)
        return _proof(principal, one)

    def confirmed(self, name: str, proof: Proof, age: float) -> Proof | None:  # noqa: ARG002 - as every way
        """The same, as long as it is there."""
        principal = self._directory.find(name)
        if principal is None or principal.id != proof.principal.id:
            return None
        with self._store.read(0) as server:
            one = credential(server, principal.number, proof.credential or 0)
        if one is None:
            return None
        self._used(one, one.used_from)
        return _proof(principal, one)

    def _imported(self, principal: Principal, password: str) -> Credential | None:
        """One that came along from elsewhere with its hash."""
        with self._store.read(0) as server:
            mine = [one for one in credentials_of(server, principal.number, APP_PASSWORD) if one.secret]
        return next((one for one in mine if self._passwords.verify(one.secret, password)), None)

    def _used(self, one: Credential, place: str) -> None:
        now = datetime.fromtimestamp(self._clock(), UTC)
        if is_use_told(one, now) or (one.ends is not None and one.ends <= now.timestamp()):
            return
        with self._store.write(0) as server:
            for there in numbered(server, CREDENTIAL, (one.number,)):
                note_use(server, there, now, place)


def add_app_password(
    store: Store,
    account: int,
    name: str,
    now: datetime,
    *,
    scopes: Collection[str] = DEFAULT_SCOPE,
    networks: Sequence[Network] = (),
    expires: datetime | None = None,
    place: str = "",
) -> tuple[int, str]:
    """A new one of an account, made from this place: its number, and the password, which is told this once.

    Raises CredentialError; store.StoreError.
    """
    _check(name, scopes, networks)
    if expires is not None and expires <= now:
        raise CredentialError("this app password would have expired already")
    password = app_password()
    properties: dict[str, Any] = {
        "name": name,
        "digest": digest(password),
        "scopes": sorted(scopes),
        "networks": [str(one) for one in networks],
        "expires": None if expires is None else utc_date(expires),
    }
    return _added(store, account, now, properties, place), password


def import_app_password(store: Store, account: int, name: str, kept: str, now: datetime) -> int:
    """One from elsewhere, by the hash that was kept of it there; its number.

    Raises CredentialError; store.StoreError.
    """
    _check(name, DEFAULT_SCOPE, ())
    if sum(bool(one.secret) for one in app_passwords(store, account)) >= _MOST_IMPORTED:
        raise CredentialError(f"{_MOST_IMPORTED} app passwords from elsewhere are the most; make new ones here instead")
    return _added(store, account, now, {"name": name, "secret": kept, "scopes": sorted(DEFAULT_SCOPE)}, "")


def app_passwords(store: Store, account: int) -> list[Credential]:
    """An account's, in the order in which they were made. Raises store.StoreError."""
    with store.read(0) as server:
        return credentials_of(server, account, APP_PASSWORD)


def remove_app_password(store: Store, account: int, number: int, now: datetime, place: str = "") -> bool:
    """It ends at once, everywhere; whether there was one. Raises store.StoreError."""
    with store.write(0) as server:
        one = credential(server, account, number)
        if one is None or one.kind != APP_PASSWORD:
            return False
        remove_credential(server, one)
        note(server, account, SecurityKind.APP_PASSWORD_REMOVED, now, place, {"name": one.name})
    emit(Event.AUTH_CREDENTIAL, account=account, kind=APP_PASSWORD, change="removed", client=place)
    return True


def _added(store: Store, account: int, now: datetime, properties: dict[str, Any], place: str) -> int:
    try:
        with store.write(0) as server:
            one = add_credential(server, account, APP_PASSWORD, now, properties)
            note(server, account, SecurityKind.APP_PASSWORD_ADDED, now, place, {"name": one.name})
    except TooManyCredentials:
        raise CredentialError(f"an account has {MAX_CREDENTIALS} credentials at most; remove one first") from None
    emit(Event.AUTH_CREDENTIAL, account=account, kind=APP_PASSWORD, change="added", client=place)
    return one.number


def _check(name: str, scopes: Collection[str], networks: Sequence[Network]) -> None:
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise CredentialError(f"the name is a text of one line and {MAX_NAME} characters at most")
    unknown = next((one for one in scopes if one not in SCOPES), None)
    if unknown is not None or not scopes:
        raise CredentialError(
            f"there is no scope {unknown!r}" if scopes else "an app password without any scope is of no use"
        )
    if len(networks) > _MOST_NETWORKS:
        raise CredentialError(f"{_MOST_NETWORKS} networks are the most")


def _proof(principal: Principal, one: Credential) -> Proof:
    scope = None if one.scopes is None else frozenset(one.scopes)
    return Proof(principal, ProofKind.APP_PASSWORD, one.number, scope, one.spans, one.ends)
