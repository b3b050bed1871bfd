"""Another password."""

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.page import changer, now, page, place, put, said, self_service, store_of, text, wrong
from pillarbox.http.faces.account.proving import PASSWORD, whose
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.credentials import change_password, end_signed_in
from pillarbox.store import Writing

__all__ = ["change"]


@page
async def change(setup: Setup, exchange: Exchange) -> None:
    """`{"current", "new", "keepOthers"}` in. All else that is signed in ends, unless it is to be kept.

    Raises Problem 400, 401 for a wrong password, 403, 429.
    """
    proof = await changer(setup, exchange)
    principal, moment, where = proof.principal, now(setup), place(exchange)
    sent = await said(exchange)
    current, new = text(sent, "current", PASSWORD), text(sent, "new", PASSWORD)
    keeps = sent.get("keepOthers", False)
    if not isinstance(keeps, bool):
        raise Problem(400, "keepOthers is true or false")
    found = await whose(setup, exchange, principal.name, current)
    if found.number != principal.number:
        raise wrong("this is somebody else's password")

    def end_others(server: Writing) -> None:
        end_signed_in(server, principal.number, proof.credential, moment, where)

    await setup.door.for_password(
        change_password,
        store_of(setup),
        self_service(setup).passwords,
        principal.number,
        current,
        new,
        moment,
        where,
        None if keeps else end_others,
    )
    await put(exchange, 200, {"changed": True})
