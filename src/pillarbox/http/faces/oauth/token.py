"""The token endpoint: where clients come for what they were allowed (RFC 6749 section 3.2)."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.form import Credentials, answers, came, client_of, credentials, form, put, site
from pillarbox.http.guard.session import authority_of
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import Answer, Authority, Came, OAuthError, Site, resources

__all__ = ["give"]


@answers
async def give(setup: Setup, exchange: Exchange) -> None:
    """A code, a device's code or a refresh token in; tokens out."""
    authority = authority_of(setup)
    given = await form(exchange)
    where = site(setup, exchange)
    if "resource" in given:
        resources([given["resource"]], where)
    found = credentials(exchange, given)
    answer = await setup.door.through(_given, authority, found, given, where, came(exchange))
    tokens = answer.tokens
    told: dict[str, object] = {
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "scope": " ".join(sorted(tokens.scopes)),
    }
    if tokens.refresh is not None:
        told["refresh_token"] = tokens.refresh
    if answer.id_token is not None:
        told["id_token"] = answer.id_token
    await put(exchange, 200, told)


def _given(authority: Authority, found: Credentials | None, given: dict[str, str], where: Site, came_: Came) -> Answer:
    if found is None and given.get("grant_type", "").lower() == "refresh_token":
        # Clients were let in that did not say who they are here (the reference, section 3).
        owner = authority.owner_of(given.get("refresh_token", ""))
        if owner is None:
            raise OAuthError("invalid_grant", "the token is no good, or not any more; ask its owner again")
        found = Credentials(owner, None, None)
    return authority.token(client_of(authority, found), given, where, came_)
