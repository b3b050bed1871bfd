"""`/api/account/auth`: the same for programs of before (management API section 18).

A list is looked through before anything of it is done. Errors are those of the management API: a problem document with
a status of its own, and what those programs look for inside (section 2.3).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from pillarbox.access import Proof, ProofKind, is_known_form
from pillarbox.access.scope import DEFAULT_SCOPE
from pillarbox.http.exchange import Exchange
from pillarbox.http.faces.account.page import now, place, self_service, store_of
from pillarbox.http.faces.jmap import base_url
from pillarbox.http.guard.session import check_asker
from pillarbox.http.problem import Problem
from pillarbox.http.setup import Setup
from pillarbox.signin.credentials import (
    CredentialError,
    app_passwords,
    check_chosen,
    factors_of,
    import_app_password,
    import_totp,
    put_password,
    remove_app_password,
    remove_second_factor,
)
from pillarbox.wire.json import NotJSON, parse

__all__ = ["change", "tell"]

_MOST = 64 * 1024
_MOST_CHANGES = 100
_HEADERS = ((b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store"))
_KEPT = re.compile(r"\$[a-z0-9-]+\$.+|\{[A-Za-z0-9]+\}.+", re.DOTALL)
"""What begins as a scheme does, if it is one that is known, is a hash; it is kept as it is."""
_BASIC_ONLY = "Password changes only allowed using Basic auth"
_FALLBACK = "Fallback administrator accounts do not support 2FA or AppPasswords"


class _Other(Exception):
    """The message is told, in an error of the kind `other`: whoever asks may not do that."""


class _Unsupported(Exception):
    """The same, of the kind `unsupported`."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who changes what is theirs, and from where."""

    setup: Setup
    proof: Proof
    place: str

    @property
    def account(self) -> int:
        return self.proof.principal.number


async def tell(setup: Setup, exchange: Exchange) -> None:
    """Whether codes are asked for, and the names of the app passwords."""
    number, store = exchange.entry.principal.number, store_of(setup)
    if exchange.entry.proof.kind is ProofKind.FALLBACK:
        await _put(exchange, {"data": {"otpEnabled": False, "appPasswords": []}})
        return
    factors = await setup.door.through(factors_of, store, number)
    names = [one.name for one in await setup.door.through(app_passwords, store, number)]
    await _put(exchange, {"data": {"otpEnabled": bool(factors), "appPasswords": names}})


async def change(setup: Setup, exchange: Exchange) -> None:
    """A list of changes in, of which all are understood before one is made.

    Raises Problem 400, 403, 413, 415, 422.
    """
    check_asker(exchange, base_url(setup, exchange))
    octets = await exchange.body(_MOST, Problem(413, f"no more than {_MOST} octets"))
    try:
        asked = parse(octets)
    except NotJSON as problem:
        raise Problem(400, str(problem)) from None
    if not isinstance(asked, list) or not 0 < len(asked) <= _MOST_CHANGES:
        raise Problem(400, f"the body is a list of one to {_MOST_CHANGES} changes")
    asking = _Asking(setup, exchange.entry.proof, place(exchange))
    try:
        changes = [_read(asking, one) for one in asked]
        for one in changes:
            # Some of them hash.
            await setup.door.for_password(one)
    except (CredentialError, _Other) as problem:
        status, told = 403 if isinstance(problem, _Other) else 400, str(problem)
        raise Problem(status, told, more={"error": "other", "details": told, "reason": None}) from None
    except _Unsupported as problem:
        raise Problem(422, str(problem), more={"error": "unsupported", "details": str(problem)}) from None
    await _put(exchange, {"data": None})


def _read(asking: _Asking, asked: object) -> Callable[[], object]:
    """One change, to be made. Raises Problem 400; _Other, _Unsupported."""
    store, account, moment = store_of(asking.setup), asking.account, now(asking.setup)
    made: Callable[[], object]
    if not isinstance(asked, dict):
        raise Problem(400, "a change is an object")
    match asked:
        case {"type": "setPassword", "password": str(password)} if password:
            made = partial(_set_password, asking, password)
        case {"type": "enableOtpAuth", "url": str(url)}:
            made = partial(import_totp, store, account, url, moment)
        case {"type": "disableOtpAuth"}:
            made = partial(remove_second_factor, store, account, moment, asking.place)
        case {"type": "addAppPassword", "name": str(name), "password": str(password)} if password:
            made = partial(_add_app_password, asking, name, password)
        case {"type": "removeAppPassword"} if isinstance(asked.get("name"), str | None):
            made = partial(_remove_app_passwords, asking, asked.get("name"))
        case _:
            raise Problem(400, "a change has a type of the five that there are, and what belongs to it")
    _check(asking, asked)
    return made


def _check(asking: _Asking, asked: dict[str, Any]) -> None:
    """Raises _Other, _Unsupported where this is not for whoever asks."""
    kind, is_by = asked["type"], asking.proof.kind
    if is_by is ProofKind.FALLBACK:
        if kind == "setPassword":
            raise _Unsupported("the password of the fallback administrator stands in the settings")
        raise _Other(_FALLBACK)
    if kind in ("setPassword", "enableOtpAuth", "disableOtpAuth"):
        # Nor by an app password, which Basic takes too: it could make itself more than it is.
        if is_by is not ProofKind.PASSWORD:
            raise _Other(_BASIC_ONLY)
    elif is_by is ProofKind.MASTER:
        raise _Other("the master user changes nothing of how others sign in")
    elif kind == "addAppPassword" and not (asking.proof.scope is None or asking.proof.scope >= DEFAULT_SCOPE):
        raise _Other("an app password would let through more than these credentials do")
    if kind == "setPassword" and asking.proof.principal.directory:
        raise _Unsupported("the password of this account is kept in another directory")


def _set_password(asking: _Asking, password: str) -> None:
    kept = _kept(asking, password)
    put_password(store_of(asking.setup), asking.account, kept, now(asking.setup), asking.place)


def _add_app_password(asking: _Asking, name: str, password: str) -> None:
    kept = _kept(asking, password)
    import_app_password(store_of(asking.setup), asking.account, name, kept, now(asking.setup))


def _remove_app_passwords(asking: _Asking, name: str | None) -> None:
    store = store_of(asking.setup)
    for one in app_passwords(store, asking.account):
        if name is None or one.name == name:
            remove_app_password(store, asking.account, one.number, now(asking.setup), asking.place)


def _kept(asking: _Asking, password: str) -> str:
    # What only looks like a hash would let nobody in, its owner neither.
    is_kept = _KEPT.fullmatch(password) is not None and is_known_form(password)
    if is_kept:
        return password
    check_chosen(password)
    return self_service(asking.setup).passwords.hash(password)


async def _put(exchange: Exchange, value: object) -> None:
    await exchange.answer(200, _HEADERS, orjson.dumps(value))
