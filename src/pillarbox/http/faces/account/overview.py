"""All that is known of how somebody signs in, for the page about it."""

from typing import Any

from pillarbox.access import Proof
from pillarbox.datatypes.server import (
    APP_PASSWORD,
    GRANT,
    PASSKEY,
    RECOVERY,
    TOTP,
    Credential,
    Grant,
    SecurityKind,
    credentials_of,
    grants_of,
    security_events,
)
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.page import now, page, person, put, shown, store_of
from pillarbox.http.setup import Setup

__all__ = ["tell"]

_EVENTS = 100


@page
async def tell(setup: Setup, exchange: Exchange) -> None:
    """The password, second factors, app passwords, what is signed in, what has happened. Raises Problem 401, 403."""
    proof = await person(setup, exchange)
    await put(exchange, 200, await setup.door.through(_told, setup, proof))


def _told(setup: Setup, proof: Proof) -> dict[str, Any]:
    principal = proof.principal
    with store_of(setup).read(0) as server:
        credentials = credentials_of(server, principal.number)
        grants = [one for one in grants_of(server, principal.number) if not one.is_over(now(setup))]
        events = security_events(server, principal.number)
    changed = next((one.at for one in events if one.kind == SecurityKind.PASSWORD_CHANGED.value), None)
    return {
        "address": principal.name,
        "name": principal.description or principal.name,
        "password": {"changeable": bool(principal.secret) and not principal.directory, "changed": changed},
        "totp": any(one.is_confirmed for one in credentials if one.kind == TOTP),
        "recoveryCodesLeft": sum(len(one.details["codes"]) for one in credentials if one.kind == RECOVERY),
        "passkeys": [shown(one) for one in credentials if one.kind == PASSKEY],
        "appPasswords": [_app_password(one) for one in credentials if one.kind == APP_PASSWORD],
        "grants": [_grant(one, proof.credential) for one in grants],
        "events": [
            {"kind": one.kind, "at": one.at, "address": one.address, "details": one.details} for one in events[:_EVENTS]
        ],
    }


def _app_password(one: Credential) -> dict[str, Any]:
    return {**shown(one), "scopes": one.scopes, "networks": one.networks, "expires": one.expires}


def _grant(one: Grant, ours: int | None) -> dict[str, Any]:
    return {
        "id": GRANT.id(one.number),
        "client": one.name or one.client,
        "kind": one.kind,
        "scopes": one.scopes or [],
        "created": one.created,
        "lastUsed": one.used,
        "address": one.address,
        "isThis": one.number == ours,
    }
