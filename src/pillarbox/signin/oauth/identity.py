"""What a client is told of who let it in: ID tokens and claims (OpenID Connect Core sections 2 and 5)."""

from collections.abc import Sequence
from typing import Any

from pillarbox.access import Principal

__all__ = ["CLAIMS", "CLAIMS_OF_SCOPES", "claims", "id_claims"]

CLAIMS = ("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "amr", "sid")
"""Claims that every ID token has, or those to which they apply."""
CLAIMS_OF_SCOPES = ("name", "preferred_username", "email", "email_verified")
"""Claims that scopes ask for (section 5.4)."""


def claims(principal: Principal, scopes: frozenset[str] | None) -> dict[str, Any]:
    """What the scopes let a client know (section 5.4); None lets it know all."""
    found: dict[str, Any] = {"sub": principal.id}
    if scopes is None or "profile" in scopes:
        if principal.description:
            found["name"] = principal.description
        found["preferred_username"] = principal.name
    if principal.address and (scopes is None or "email" in scopes):
        # The server that gives the address is the one that says so.
        found |= {"email": principal.address, "email_verified": True}
    return found


def id_claims(
    principal: Principal,
    scopes: frozenset[str],
    *,
    issuer: str,
    client: str,
    now: int,
    life: int,
    at: int,
    methods: Sequence[str],
    nonce: str | None = None,
    session: str | None = None,
) -> dict[str, Any]:
    """The claims of an ID token (section 2); `at` is when its owner last proved who they are, in seconds."""
    found: dict[str, Any] = {
        "iss": issuer,
        "aud": client,
        "exp": now + life,
        "iat": now,
        "auth_time": at,
        "amr": list(methods),
        **claims(principal, scopes),
    }
    if nonce is not None:
        found["nonce"] = nonce
    if session is not None:
        found["sid"] = session
    return found
