"""Revocation: a client gives back what it was let do (RFC 7009)."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.oauth.form import NO_STORE, Credentials, answers, client_of, credentials, form
from pillarbox.http.guard.session import authority_of
from pillarbox.http.setup import Setup
from pillarbox.signin.oauth import Authority, OAuthError

__all__ = ["end"]


@answers
async def end(setup: Setup, exchange: Exchange) -> None:
    """A token in; it and all of its grant are of no use any more. One that was none is answered alike (section 2.2)."""
    authority = authority_of(setup)
    given = await form(exchange)
    if "token" not in given:
        raise OAuthError("invalid_request", "token is missing")
    await setup.door.through(_ended, authority, credentials(exchange, given), given["token"])
    await exchange.answer(200, NO_STORE, b"")


def _ended(authority: Authority, found: Credentials | None, token: str) -> None:
    authority.revoke(client_of(authority, found), token)
