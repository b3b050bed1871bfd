"""UserInfo: what a client may know of who let it in (OpenID Connect Core section 5.3)."""

from pillarbox.access.scope import OPENID
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.form import put
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import claims

__all__ = ["tell"]

_SCOPE = ((b"www-authenticate", b'Bearer realm="Pillarbox", error="insufficient_scope", scope="openid"'),)


async def tell(_: Setup, exchange: Exchange) -> None:
    """The claims that the token's scopes let through. Raises Problem 403 for a token without `openid`."""
    proof = exchange.entry.proof
    if proof.scope is not None and OPENID not in proof.scope:
        raise Problem(403, "this token is not for knowing who somebody is: it lacks the scope openid", headers=_SCOPE)
    await put(exchange, 200, claims(proof.principal, proof.scope))
