"""Two-step verification: codes of a program, and recovery codes for whoever has lost it."""

import io

from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.page import changer, now, page, place, put, said, store_of, text
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.credentials import begin_totp, confirm_totp, new_recovery_codes, remove_second_factor

__all__ = ["begin", "confirm", "remove", "renew"]

_CODE = 16


@page
async def begin(setup: Setup, exchange: Exchange) -> None:
    """A secret, its URL, and a picture of that; it does nothing until a code of it is confirmed.

    Raises Problem 400 where there is one already, 401, 403.
    """
    proof = await changer(setup, exchange)
    principal, moment = proof.principal, now(setup)
    await said(exchange)
    issuer = _issuer(principal.name)
    secret, url = await setup.door.through(
        begin_totp, store_of(setup), principal.number, principal.name, issuer, moment
    )
    await put(exchange, 200, {"secret": secret, "url": url, "qr": await setup.door.through(_picture, url)})


@page
async def confirm(setup: Setup, exchange: Exchange) -> None:
    """`{"code"}` in; it counts from now on. Recovery codes out, this once. Raises Problem 400, 401, 403."""
    proof = await changer(setup, exchange)
    code = text(await said(exchange), "code", _CODE)
    account, moment, where = proof.principal.number, now(setup), place(exchange)
    codes = await setup.door.through(confirm_totp, store_of(setup), account, code, moment, where)
    await put(exchange, 200, {"recoveryCodes": codes})


@page
async def remove(setup: Setup, exchange: Exchange) -> None:
    """No more codes are asked for. Raises Problem 401, 403, 404."""
    proof = await changer(setup, exchange)
    account, moment, where = proof.principal.number, now(setup), place(exchange)
    if not await setup.door.through(remove_second_factor, store_of(setup), account, moment, where):
        raise Problem(404, "there is no two-step verification")
    await put(exchange, 200, {"removed": True})


@page
async def renew(setup: Setup, exchange: Exchange) -> None:
    """Other recovery codes in place of those there were. Raises Problem 400, 401, 403."""
    proof = await changer(setup, exchange)
    await said(exchange)
    account, moment, where = proof.principal.number, now(setup), place(exchange)
    codes = await setup.door.through(new_recovery_codes, store_of(setup), account, moment, where)
    await put(exchange, 200, {"recoveryCodes": codes})


def _issuer(address: str) -> str:
    """What programs show beside the account: its domain, by which people tell servers apart."""
    return address.rpartition("@")[2] or "Pillarbox"


def _picture(url: str) -> str:
    """The URL as a QR code (ISO/IEC 18004), in SVG."""
    # Loaded where it is needed, which is seldom.
    import segno  # noqa: PLC0415

    octets = io.BytesIO()
    code = segno.make_qr(url, error="m")
    code.save(octets, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, nl=False)
    return octets.getvalue().decode()
