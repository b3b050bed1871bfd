"""The second factor by a code: what follows on a right password."""

from pillarbox.datatypes.server import RECOVERY, TOTP
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.browser import admitted, known_attempt, sign_in
from pillarbox.http.faces.account.page import page, said, self_service, text, wrong
from pillarbox.http.faces.account.proving import check_not_held, is_code
from pillarbox.http.guard.session import authority_of
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup

__all__ = ["OVER", "prove"]

OVER = "this attempt to sign in is over; begin again with the password"
_LONGEST = 64


@page
async def prove(setup: Setup, exchange: Exchange) -> None:
    """`{"attempt", "method": "totp" | "recovery", "code"}` in; they are in.

    Raises Problem 401 for a wrong code, 410 for an attempt that is over, 429.
    """
    sent = await said(exchange)
    attempt, code = text(sent, "attempt", _LONGEST), text(sent, "code", _LONGEST)
    method = sent.get("method")
    if method not in (TOTP, RECOVERY):
        raise Problem(400, "method is totp or recovery")
    attempts, browser = self_service(setup).attempts, known_attempt(exchange)
    if method == TOTP:
        # The attempt goes on, with one of the other factors.
        account = await setup.door.through(attempts.whose, attempt, browser)
        if account is not None:
            await setup.door.through(check_not_held, setup, account)
    taken = await setup.door.through(attempts.take, attempt, browser)
    if taken is None:
        raise Problem(410, OVER)
    principal = admitted(await setup.door.through(authority_of(setup).people.numbered, taken.account))
    try:
        is_right = await is_code(setup, exchange, principal, method, code)
    except Problem:
        # Nobody has looked at it: whoever is held up begins where they were, and not with the password.
        await setup.door.through(attempts.put_back, attempt, browser, taken)
        raise
    if is_right:
        await sign_in(setup, exchange, principal, ("pwd", "otp", "mfa"))
        return
    left = await setup.door.through(attempts.again, attempt, browser, taken)
    if left <= 0:
        raise Problem(410, f"too many codes were wrong: {OVER}")
    raise wrong(f"the code is wrong, or was used before; {left} more may be tried")
