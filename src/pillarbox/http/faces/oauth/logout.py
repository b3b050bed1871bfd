"""Signing out at a client's wish (OpenID Connect RP-Initiated Logout)."""

from pillarbox.access import redirect
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.form import NO_STORE, form, site
from pillarbox.http.guard.session import authority_of, clear_cookie
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import Authority, OAuthError
from pillarbox.telemetry import Event, emit

__all__ = ["leave"]


async def leave(setup: Setup, exchange: Exchange) -> None:
    """Ends the browser's session that an ID token names, and sends it where its client has registered that it may go.

    Without such a token the owner is to say it themselves, on their account's page: else any link could sign them out
    (section 6). Nobody is ever sent to a place that is not registered (section 3). Raises Problem 400.
    """
    authority = authority_of(setup)
    try:
        given = exchange.query() if exchange.method != "POST" else await form(exchange)
    except OAuthError as error:
        raise Problem(400, error.description) from None
    base = site(setup, exchange).base
    url = f"{base}/account"
    headers = [*NO_STORE]
    hint = given.get("id_token_hint", "")
    left = await setup.door.through(authority.leave, hint, given.get("client_id", "")) if hint else None
    if left is not None:
        client, ended = left
        url = await setup.door.through(_place, authority, client, given, f"{base}/login")
        if ended:
            # Somebody else's token is not to sign out who follows a link with it.
            headers.append(clear_cookie(exchange))
            emit(Event.OAUTH_ENDED, client=client, reason="signed out")
    await exchange.answer(303, (*headers, (b"location", url.encode("ascii"))), b"")


def _place(authority: Authority, identity: str, given: dict[str, str], otherwise: str) -> str:
    """Where the client has registered that browsers may go then, if this is one of those."""
    wanted = given.get("post_logout_redirect_uri", "")
    client = authority.clients.found(identity)
    if client is None or wanted not in client.leaving:
        return otherwise
    state = given.get("state")
    return wanted if not state else redirect.answered(wanted, {"state": state})
