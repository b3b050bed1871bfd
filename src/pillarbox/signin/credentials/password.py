"""Another main password, for an account of this server's own directory."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from pillarbox.access import Principal
from pillarbox.datatypes.server import ACCOUNT, Account, SecurityKind, end_grant, grants_of, note, numbered
from pillarbox.signin.credentials.hasher import Hasher
from pillarbox.signin.credentials.way import MAX_PASSWORD, CredentialError
from pillarbox.store import Store, StoreError, Unit, Writing
from pillarbox.telemetry import Event, emit

__all__ = ["change_password", "check_chosen", "end_signed_in", "put_password", "renewed"]

MIN_PASSWORD = 8
_AS_A_CODE = re.compile(r"\$\d{6,8}\Z", re.ASCII)


def change_password(
    store: Store,
    passwords: Hasher,
    account: int,
    old: str,
    new: str,
    now: datetime,
    place: str = "",
    also: Callable[[Writing], object] | None = None,
) -> None:
    """The owner gives it another one; the old one ends at once. Slow: it hashes twice.

    App passwords, passkeys and grants stay, but for what `also` ends in the same unit. Raises CredentialError;
    store.StoreError.
    """
    with store.read(0) as server:
        one = _own(server, account)
    if not passwords.verify(one.secret, old):
        raise CredentialError("the present password is another one")
    check_chosen(new)
    hashed = passwords.hash(new)
    with store.write(0) as server:
        there = _own(server, account)
        if there.secret != one.secret:
            raise CredentialError("the password was changed meanwhile")
        _put(server, there, hashed)
        note(server, account, SecurityKind.PASSWORD_CHANGED, now, place)
        if also is not None:
            also(server)
    emit(Event.AUTH_CREDENTIAL, account=account, kind="password", change="changed", client=place)


def put_password(store: Store, account: int, kept: str, now: datetime, place: str = "") -> None:
    """Another one by its hash, in any of the schemes: its owner has shown the old one, or an administrator does it.

    All that is signed in ends. Raises CredentialError; store.StoreError.
    """
    if len(kept) > 2 * MAX_PASSWORD:
        raise CredentialError("this is no hash of a password")
    with store.write(0) as server:
        _put(server, _own(server, account), kept)
        note(server, account, SecurityKind.PASSWORD_CHANGED, now, place)
        end_signed_in(server, account, None, now, place)
    emit(Event.AUTH_CREDENTIAL, account=account, kind="password", change="changed", client=place)


def end_signed_in(server: Writing, account: int, but: int | None, now: datetime, place: str = "") -> None:
    """Browsers and apps that are let in are so no more, but for one grant; whoever listens hears."""
    going = [one for one in grants_of(server, account) if one.number != but]
    for one in going:
        end_grant(server, one)
    if going:
        note(server, account, SecurityKind.GRANT_ENDED, now, place, {"count": str(len(going))})


def renewed(store: Store, principal: Principal, hashed: str) -> Principal:
    """Whoever signed in, with a new hash of the same password in place of that which was verified.

    Where that cannot be written now, with the one that they have: nobody is kept out for it.
    """
    try:
        with store.write(0) as server:
            for one in numbered(server, ACCOUNT, (principal.number,)):
                if one.secret == principal.secret:
                    _put(server, one, hashed)
                    return replace(principal, secret=hashed)
    except StoreError as problem:
        emit(Event.STORE_FAILED, known=problem.known)
    return principal


def check_chosen(new: str) -> None:
    """Raises CredentialError unless this may be a password that somebody chooses."""
    try:
        new.encode()
    except UnicodeEncodeError:
        raise CredentialError("the new password is no text in UTF-8; clients could not send it") from None
    if not MIN_PASSWORD <= len(new) <= MAX_PASSWORD:
        raise CredentialError(f"a password has {MIN_PASSWORD} characters at least, and {MAX_PASSWORD} at most")
    if _AS_A_CODE.search(new):
        # With a second factor it would be taken for a shorter one and a code: its owner could sign in no more.
        raise CredentialError("a password does not end with $ and six to eight digits, as with a code behind it")


def _own(server: Unit, account: int) -> Account:
    one = next(iter(numbered(server, ACCOUNT, (account,))), None)
    if one is None or one.directory or not one.secret:
        raise CredentialError("the password of this account is not kept here")
    return one


def _put(server: Writing, one: Account, hashed: str) -> None:
    server.update(ACCOUNT.table, one.number, one.document, {**one.document, "secret": hashed})
