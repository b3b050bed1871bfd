"""Passkeys of accounts: added, used and removed. What they sign is checked by the `RelyingParty`."""

import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pillarbox.datatypes.server import (
    ACCOUNT,
    PASSKEY,
    RECOVERY,
    TOTP,
    Credential,
    SecurityKind,
    TooManyCredentials,
    add_credential,
    credential_by_digest,
    credentials_of,
    note,
    note_use,
    numbered,
    remove_credential,
)
from pillarbox.datatypes.server.credential import CREDENTIAL, MAX_CREDENTIALS, MAX_NAME, credential
from pillarbox.signin.browser.relyingparty import BadPasskey, NewPasskey, RelyingParty, Shown, base64url, passkey_digest
from pillarbox.signin.credentials import CredentialError
from pillarbox.store import Store, Unit
from pillarbox.telemetry import Event, emit

__all__ = [
    "KnownPasskey",
    "LastWay",
    "add_passkey",
    "found_passkey",
    "passkeys",
    "remove_passkey",
    "use_passkey",
    "user",
]


class KnownPasskey(CredentialError):
    """It is one of those that are there already."""


class LastWay(CredentialError):
    """Without it nobody could sign in to the account."""


def passkeys(store: Store, account: int) -> list[Credential]:
    """An account's, in the order in which they were made. Raises store.StoreError."""
    with store.read(0) as server:
        return credentials_of(server, account, PASSKEY)


def user(known: list[Credential]) -> bytes:
    """By what an account is known to its passkeys, of which these are there; it tells nothing else of it."""
    return _octets(known[0].details["user"]) if known else secrets.token_bytes(32)


def add_passkey(
    store: Store, account: int, name: str, made: NewPasskey, handle: bytes, now: datetime, place: str = ""
) -> int:
    """One more; its number. Raises CredentialError; store.StoreError."""
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise CredentialError(f"the name is a text of one line and {MAX_NAME} characters at most")
    digest = passkey_digest(made.id)
    properties: dict[str, Any] = {
        "name": name,
        "digest": digest,
        "step": made.count,
        "details": {
            "id": base64url(made.id),
            "key": base64url(made.key),
            "user": base64url(handle),
            "transports": list(made.transports),
            "isSynced": made.is_synced,
        },
    }
    with store.write(0) as server:
        if credential_by_digest(server, digest) is not None:
            raise KnownPasskey("this passkey is known already")
        try:
            one = add_credential(server, account, PASSKEY, now, properties)
        except TooManyCredentials:
            raise CredentialError(f"an account has {MAX_CREDENTIALS} credentials at most; remove one first") from None
        note(server, account, SecurityKind.PASSKEY_ADDED, now, place, {"name": name})
    emit(Event.AUTH_CREDENTIAL, account=account, kind=PASSKEY, change="added", client=place)
    return one.number


def found_passkey(store: Store, sent: Mapping[str, Any]) -> Credential | None:
    """The passkey that a browser says was used. Raises store.StoreError."""
    id_ = sent.get("rawId", sent.get("id"))
    if not isinstance(id_, str):
        return None
    try:
        digest = passkey_digest(_octets(id_))
    except ValueError:
        return None
    with store.read(0) as server:
        one = credential_by_digest(server, digest)
    return one if one is not None and one.kind == PASSKEY else None


def use_passkey(
    store: Store,
    party: RelyingParty,
    one: Credential,
    sent: Mapping[str, Any],
    challenge: bytes,
    now: datetime,
    place: str = "",
) -> Shown:
    """It has signed the challenge, and that is written down. Raises BadPasskey; store.StoreError.

    One whose uses are fewer than before is another one with the same key: its use is told to the owner.
    """
    handle = sent["response"].get("userHandle") if isinstance(sent.get("response"), dict) else None
    if handle is not None and handle != one.details["user"]:
        raise BadPasskey("it is for another account")
    shown = party.shown(sent, challenge, _octets(one.details["key"]))
    with store.write(0) as server:
        there = next((each for each in numbered(server, CREDENTIAL, (one.number,))), None)
        if there is None:
            raise BadPasskey("it was removed")
        is_copied = bool(shown.count or there.step) and shown.count <= there.step
        if is_copied:
            details = {"method": PASSKEY, "name": there.name, "reason": "it was used before with this count"}
            note(server, there.account, SecurityKind.SIGN_IN_FAILED, now, place, details)
        else:
            note_use(server, there, now, place, shown.count)
    if is_copied:
        raise BadPasskey("its count of uses went back: somebody may have a copy of it")
    return shown


def remove_passkey(store: Store, account: int, number: int, now: datetime, place: str = "") -> list[str] | None:
    """It ends at once, everywhere: the ways in that remain; None if there was none. Raises LastWay; store.StoreError.

    Recovery codes go with the last second factor.
    """
    with store.write(0) as server:
        one = credential(server, account, number)
        if one is None or one.kind != PASSKEY:
            return None
        others = [each for each in credentials_of(server, account) if each.number != number and each.is_confirmed]
        kinds = {each.kind for each in others}
        has_password = _has_password(server, account)
        if not has_password and PASSKEY not in kinds:
            raise LastWay("this passkey is the last way to sign in to this account; add another one first")
        remove_credential(server, one)
        if not kinds & {PASSKEY, TOTP}:
            for each in others:
                if each.kind == RECOVERY:
                    remove_credential(server, each)
                    kinds.discard(RECOVERY)
        note(server, account, SecurityKind.PASSKEY_REMOVED, now, place, {"name": one.name})
    emit(Event.AUTH_CREDENTIAL, account=account, kind=PASSKEY, change="removed", client=place)
    return [*(["password"] if has_password else []), *sorted(kinds & {PASSKEY, TOTP, RECOVERY})]


def _has_password(server: Unit, account: int) -> bool:
    """Whether there is a main password, kept here or in a directory outside."""
    return any(one.secret or one.directory for one in numbered(server, ACCOUNT, (account,)))


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
