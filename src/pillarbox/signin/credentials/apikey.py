"""API keys: what programs that manage the server prove who they are by, on the routes that take them alone."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pillarbox.access import BUILT_IN, PERMISSIONS, Principal, Proof, ProofKind
from pillarbox.access.permission import AUTHENTICATE
from pillarbox.datatypes.directory import may, permitted
from pillarbox.datatypes.directory.principals import Kind, named
from pillarbox.datatypes.server import (
    API_KEY,
    ApiKey,
    add_api_key,
    api_key,
    api_keys,
    numbered,
    remove_api_key,
    role_sets,
    tenants_numbered,
)
from pillarbox.signin.credentials.hasher import Verifier
from pillarbox.signin.credentials.secret import app_password, digest
from pillarbox.signin.credentials.way import CredentialError, Tried
from pillarbox.store import Store, Unit
from pillarbox.telemetry import Event, emit
from pillarbox.wire.network import Network
from pillarbox.wire.values import utc_date

__all__ = ["ApiKeys", "NewApiKey", "add_key", "remove_key"]

MAX_KEYS = 1000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")


class ApiKeys:
    """The way in by a key's name and secret. Nobody's account is theirs, and no other credentials open it."""

    def __init__(self, store: Store, passwords: Verifier) -> None:
        self._store = store
        self._passwords = passwords

    def verified(self, tried: Tried) -> Proof | None:
        """Which key this is. Slow where its secret was chosen elsewhere."""
        with self._store.read(0) as server:
            one = api_key(server, tried.name)
            proof = None if one is None else _proof(server, one)
        return proof if one is not None and self._opens(one, tried.password) else None

    def _opens(self, one: ApiKey, secret: str) -> bool:
        if one.digest:
            return hmac.compare_digest(one.digest, digest(secret))
        return bool(one.secret) and self._passwords.verify(one.secret, secret)

    def confirmed(self, name: str, proof: Proof, age: float) -> Proof | None:  # noqa: ARG002 - as every way
        """The same with the permissions that it has now, as long as it is there."""
        with self._store.read(0) as server:
            one = next(iter(numbered(server, API_KEY, (proof.credential or 0,))), None)
            return None if one is None else _proof(server, one)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """What a key is to be."""

    name: str
    description: str = ""
    roles: tuple[str, ...] = ()
    enabled: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    networks: Sequence[Network] = ()
    expires: datetime | None = None


def add_key(store: Store, wanted: NewApiKey, now: datetime) -> str:
    """A new key; its secret, which is told this once. Raises CredentialError; store.StoreError."""
    if not _NAME.fullmatch(wanted.name):
        raise CredentialError("a key's name is letters, digits and . _ @ - and at most 100 of them")
    unknown = next((one for one in (*wanted.enabled, *wanted.disabled) if one not in PERMISSIONS), None)
    if unknown is not None:
        raise CredentialError(f"there is no permission {unknown!r}")
    if wanted.expires is not None and wanted.expires <= now:
        raise CredentialError("this key would have expired already")
    secret = app_password()
    with store.write(0) as server:
        known = role_sets(server, wanted.roles)
        missing = next((one for one in wanted.roles if one not in BUILT_IN and known(one) is None), None)
        if missing is not None:
            raise CredentialError(f"there is no role {missing!r}")
        keys = api_keys(server)
        there = named(server, wanted.name)
        if there is not None and there.kind is Kind.API_KEY:
            raise CredentialError(f"there is a key {wanted.name} already; remove it first")
        if there is not None:
            raise CredentialError(f"{wanted.name} is the name of a principal of the type {there.kind.value}")
        if len(keys) >= MAX_KEYS:
            raise CredentialError(f"{MAX_KEYS} keys are the most")
        add_api_key(
            server,
            wanted.name,
            digest(secret),
            now,
            {
                "description": wanted.description[:200],
                "roles": list(wanted.roles),
                "enabledPermissions": list(wanted.enabled),
                "disabledPermissions": list(wanted.disabled),
                "networks": [str(one) for one in wanted.networks],
                "expires": None if wanted.expires is None else utc_date(wanted.expires),
            },
        )
    emit(Event.AUTH_API_KEY, name=wanted.name, change="added")
    return secret


def remove_key(store: Store, name: str) -> bool:
    """It ends at once, everywhere; whether there was one. Raises store.StoreError."""
    with store.write(0) as server:
        one = api_key(server, name)
        if one is None:
            return False
        remove_api_key(server, one)
    emit(Event.AUTH_API_KEY, name=name, change="removed")
    return True


def _proof(server: Unit, one: ApiKey) -> Proof:
    # A key that may not be used would be none.
    own = replace(one.role_set, enabled=one.role_set.enabled | {AUTHENTICATE})
    tenant = None if one.tenant is None else tenants_numbered(server, (one.tenant,)).get(one.tenant)
    known = role_sets(server, {*one.roles, *(() if tenant is None else tenant.roles)})
    permissions = permitted(own, known, tenant)
    if one.maker is not None:
        # A key does no more than who made it may do now, and nothing once they are gone.
        permissions &= may(server, one.maker)
    principal = Principal(
        API_KEY.id(one.number),
        one.number,
        one.name,
        (),
        None,
        None,
        kind="api-key",
        description=one.description,
        permissions=permissions,
        tenant=one.tenant,
    )
    return Proof(principal, ProofKind.API_KEY, one.number, None, one.spans, one.ends, methods=())
