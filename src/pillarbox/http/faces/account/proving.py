"""Passwords and codes as pages send them: counted as those of every other face are."""

from pillarbox.access import Principal, ProofKind
from pillarbox.datatypes.server import TOTP
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.page import now, place, self_service, store_of, wrong
from pillarbox.http.guard.client import Client
from pillarbox.http.guard.session import authority_of
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.credentials import SecondFactorMissing, is_guessed, passes
from pillarbox.telemetry import Event, emit

__all__ = ["PASSWORD", "check_not_held", "is_code", "whose"]

PASSWORD = 1024
"""Characters of the longest password."""

_APPOINTED = (
    "whoever is named in the settings has no page here, no second factor and no app passwords: they come in by name "
    "and password alone"
)


async def whose(setup: Setup, exchange: Exchange, name: str, password: str) -> Principal:
    """Whose main password this is. Raises Problem 401, 403, 429; store.Unavailable."""
    client = exchange.client
    if setup.tally is not None:
        await setup.tally.let(client, name)
    found = await setup.door.for_password(_verified, setup, client, name, password)
    if found is None:
        emit(Event.AUTH_FAILED, scheme="page", client=client.address, reason="unknown name or wrong password")
        raise wrong("the name or the password is wrong")
    return found


def check_not_held(setup: Setup, account: int) -> None:
    """Raises Problem 429 where so many codes were wrong that somebody guesses who has the password. Blocks."""
    if is_guessed(store_of(setup), account, now(setup)):
        raise Problem(
            429,
            "too many codes for this account were wrong; use a recovery code or a passkey, or wait ten minutes. If it "
            "was not you, somebody has your password: change it",
            headers=((b"retry-after", b"600"),),
        )


async def is_code(setup: Setup, exchange: Exchange, principal: Principal, method: str, code: str) -> bool:
    """Whether this is a code of theirs, which is none any more; a wrong one is counted. Raises Problem 429."""
    if setup.tally is not None:
        await setup.tally.let(exchange.client, principal.name)
    return await setup.door.through(_passed, setup, exchange, principal, method, code)


def _passed(setup: Setup, exchange: Exchange, principal: Principal, method: str, code: str) -> bool:
    if method == TOTP:
        check_not_held(setup, principal.number)
    if passes(store_of(setup), principal.number, method, code, now(setup), place(exchange)):
        return True
    if setup.tally is not None:
        setup.tally.failed(exchange.client, principal.name, code)
    emit(Event.AUTH_FAILED, scheme="page", client=exchange.client.address, reason=f"wrong code ({method})")
    return False


def _verified(setup: Setup, client: Client, name: str, password: str) -> Principal | None:
    """Whose it is; a wrong password is counted before the next in line is looked at."""
    authority_of(setup)
    if setup.tally is not None:
        setup.tally.hold_up(client, name)
    try:
        proof = self_service(setup).check.verified(name, password, client.ip)
    except SecondFactorMissing as missing:
        return missing.principal
    if proof is None:
        if setup.tally is not None:
            setup.tally.failed(client, name, password)
        return None
    match proof.kind:
        case ProofKind.PASSWORD:
            return proof.principal
        case ProofKind.APP_PASSWORD:
            raise Problem(403, "this is an app password, which is for one program; sign in with your own")
        case _:
            raise Problem(403, _APPOINTED)
