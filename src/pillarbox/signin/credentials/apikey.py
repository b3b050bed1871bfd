"""API keys: what programs that manage the server prove who they are by, on the routes that take them alone."""

import hmac
from dataclasses import replace

from pillarbox.access import Principal, Proof, ProofKind
from pillarbox.access.permission import AUTHENTICATE
from pillarbox.datatypes.directory import may, permitted
from pillarbox.datatypes.server import (
    API_KEY,
    ApiKey,
    api_key,
    numbered,
    role_sets,
    tenants_numbered,
)
from pillarbox.signin.credentials.hasher import Verifier
from pillarbox.signin.credentials.secret import digest
from pillarbox.signin.credentials.way import Tried
from pillarbox.store import Store, Unit

__all__ = ["ApiKeys"]


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
