"""App passwords: for programs that cannot let people sign in with a browser."""

import re
from datetime import datetime
from typing import Any

from pillarbox.access.scope import DEFAULT_SCOPE
from pillarbox.datatypes.server.credential import CREDENTIAL, MAX_NAME
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.page import changer, now, number_of, page, place, put, said, store_of, text
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.credentials import add_app_password, remove_app_password
from pillarbox.wire.network import Network, network
from pillarbox.wire.values import utc_datetime

__all__ = ["add", "remove"]

_MOST = 20
_TEXT = 200
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@page
async def add(setup: Setup, exchange: Exchange) -> None:
    """`{"name", "scopes", "networks", "expires"}` in, all but the name optional; the password out, this once.

    Raises Problem 400, 401, 403.
    """
    proof = await changer(setup, exchange)
    sent = await said(exchange)
    name = text(sent, "name", MAX_NAME)
    scopes = DEFAULT_SCOPE if sent.get("scopes") is None else frozenset(_texts(sent, "scopes"))
    networks, expires = _networks(sent), _expires(sent)
    moment, where = now(setup), place(exchange)

    def added() -> tuple[int, str]:
        return add_app_password(
            store_of(setup),
            proof.principal.number,
            name,
            moment,
            scopes=scopes,
            networks=networks,
            expires=expires,
            place=where,
        )

    number, password = await setup.door.through(added)
    await put(exchange, 201, {"id": CREDENTIAL.id(number), "password": password})


@page
async def remove(setup: Setup, exchange: Exchange) -> None:
    """It ends at once, everywhere. Raises Problem 401, 403, 404."""
    proof = await changer(setup, exchange)
    number = number_of(exchange, CREDENTIAL.number)
    account, moment, where = proof.principal.number, now(setup), place(exchange)
    if not await setup.door.through(remove_app_password, store_of(setup), account, number, moment, where):
        raise Problem(404, "there is no such app password")
    await put(exchange, 200, {"removed": True})


def _texts(sent: dict[str, Any], name: str) -> list[str]:
    value = sent.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MOST:
        raise Problem(400, f"{name} is a list of {_MOST} strings at most")
    if not all(isinstance(one, str) and len(one) <= _TEXT for one in value):
        raise Problem(400, f"{name} is a list of strings")
    return value


def _networks(sent: dict[str, Any]) -> list[Network]:
    try:
        return [network(one) for one in _texts(sent, "networks")]
    except ValueError:
        raise Problem(400, "networks are addresses, or networks like 192.0.2.0/24") from None


def _expires(sent: dict[str, Any]) -> datetime | None:
    value = sent.get("expires")
    if value is None:
        return None
    try:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ValueError
        return utc_datetime(value)
    except ValueError:
        raise Problem(400, "expires is a time like 2030-01-31T00:00:00Z") from None
