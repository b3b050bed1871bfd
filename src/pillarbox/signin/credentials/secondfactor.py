"""The second factor: codes by time (RFC 6238), and recovery codes for whoever has lost what makes them."""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pillarbox.access.totp import BadTotp, Totp
from pillarbox.datatypes.server import (
    PASSKEY,
    RECOVERY,
    TOTP,
    Credential,
    SecurityKind,
    TooManyCredentials,
    add_credential,
    change_credential,
    credentials_of,
    note,
    note_use,
    remove_credential,
    security_events,
)
from pillarbox.datatypes.server.credential import MAX_CREDENTIALS
from pillarbox.signin.credentials.secret import digest, recovery_code
from pillarbox.signin.credentials.way import CredentialError, Tried
from pillarbox.store import Store, Unit, Writing
from pillarbox.telemetry import Event, emit
from pillarbox.wire.network import Network, whole
from pillarbox.wire.values import utc_datetime

__all__ = [
    "SecondFactors",
    "begin_totp",
    "confirm_totp",
    "factors_of",
    "import_totp",
    "is_guessed",
    "new_recovery_codes",
    "passes",
    "recovery_codes_left",
    "remove_second_factor",
]

_RECOVERY_CODES = 10
_GUESSES = 10
_WHILE = timedelta(minutes=10)
"""So many wrong codes within so long, from wherever they come, and no code is looked at (RFC 4226 section 7.3)."""
_LASTS = 3600.0
"""Seconds for which a code behind a password lets in whoever used it, from where they did."""
_REPEATED = timedelta(hours=1)
"""For how long the same wrong code behind a password is not noted again."""


class SecondFactors:
    """What the main password asks (`mainpassword.Factors`)."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def of(self, account: int) -> Credential | None:
        """What makes the codes of an account, if its owner has confirmed any; else a passkey, which there are none for.

        Raises store.Unavailable.
        """
        with self._store.read(0) as server:
            return _totp(server, account) or _passkey(server, account)

    def lasting(self, account: int, code: str, tried: Tried) -> tuple[float, tuple[Network, ...]] | None:
        """Until when, and from where, a sign-in by Basic with this code is good. None for a code that is wrong or used.

        Basic sends the same credentials with each request, over whatever connections and to whichever process. So the
        code itself is good once, and the sign-in that it made is known again, for an hour, by the network it came from.
        """
        now = self._clock()
        place = None if tried.address is None else whole(str(tried.address))
        with self._store.write(0) as server:
            one = _totp(server, account)
            if one is None or _is_guessed(server, account, _moment(now)):
                return None
            began = _began(one, code, "local" if place is None else str(place), now)
            if began is None:
                step = Totp.of(one.secret).step(code, now, one.step)
                if step is None:
                    _note_wrong(server, account, code, _moment(now), tried.place)
                    return None
                began = now
                note_use(server, one, _moment(now), "local" if place is None else str(place), step)
        return began + _LASTS, () if place is None else (place,)


def factors_of(store: Store, account: int) -> frozenset[str]:
    """Of which kinds an account has second factors; of none if its password is enough. Raises store.StoreError."""
    with store.read(0) as server:
        kinds = {one.kind for one in credentials_of(server, account) if one.is_confirmed}
    found = kinds & {TOTP, PASSKEY}
    return frozenset(found | (kinds & {RECOVERY}) if found else ())


def passes(store: Store, account: int, method: str, code: str, now: datetime, place: str = "") -> bool:
    """Whether this is a code of the account's, `totp` or `recovery`; it is none any more. Raises store.StoreError.

    After ten wrong ones of `totp` within ten minutes none of these is, until they are over; nobody guesses the others.
    """
    with store.write(0) as server:
        if method == TOTP and _is_guessed(server, account, now):
            return False
        is_good = _is_used_now(server, account, method, code, now, place)
        if not is_good:
            note(server, account, SecurityKind.SIGN_IN_FAILED, now, place, {"method": method})
    return is_good


def is_guessed(store: Store, account: int, now: datetime) -> bool:
    """Whether no code is looked at just now, since so many were wrong. Raises store.StoreError."""
    with store.read(0) as server:
        return _is_guessed(server, account, now)


def begin_totp(store: Store, account: int, address: str, issuer: str, now: datetime) -> tuple[str, str]:
    """A secret for a program that makes codes, and its URL. It counts once a code of it was confirmed.

    What was begun before and not confirmed is forgotten. Raises CredentialError where there is one already;
    store.StoreError.
    """
    totp = Totp.fresh()
    with store.write(0) as server:
        if _totp(server, account) is not None:
            raise CredentialError("there is a second factor already; remove it first")
        for one in credentials_of(server, account, TOTP):
            remove_credential(server, one)
        _add(server, account, TOTP, now, {"secret": totp.url(address, issuer), "isConfirmed": False})
    return totp.secret, totp.url(address, issuer)


def confirm_totp(store: Store, account: int, code: str, now: datetime, place: str = "") -> list[str]:
    """What was begun counts from now on; the recovery codes, told this once.

    Raises CredentialError; store.StoreError.
    """
    with store.write(0) as server:
        begun = next((one for one in credentials_of(server, account, TOTP) if not one.is_confirmed), None)
        if begun is None:
            raise CredentialError("no second factor waits to be confirmed")
        step = Totp.of(begun.secret).step(code, now.timestamp())
        if step is None:
            raise CredentialError("this is not the code; look whether the clock of the device is right")
        change_credential(server, begun, {"isConfirmed": True, "step": step})
        note(server, account, SecurityKind.TOTP_ADDED, now, place)
        codes = _recovery_codes(server, account, now, place)
    emit(Event.AUTH_CREDENTIAL, account=account, kind=TOTP, change="added", client=place)
    return codes


def import_totp(store: Store, account: int, url: str, now: datetime) -> None:
    """One from elsewhere, by its `otpauth://` URL, which counts at once. Raises CredentialError; store.StoreError."""
    try:
        Totp.of(url)
    except BadTotp as problem:
        raise CredentialError(str(problem)) from None
    with store.write(0) as server:
        if _totp(server, account) is not None:
            raise CredentialError("there is a second factor already")
        _add(server, account, TOTP, now, {"secret": url})
        note(server, account, SecurityKind.TOTP_ADDED, now)


def new_recovery_codes(store: Store, account: int, now: datetime, place: str = "") -> list[str]:
    """Others in place of those there were, told this once. Raises CredentialError; store.StoreError."""
    with store.write(0) as server:
        if _totp(server, account) is None and _passkey(server, account) is None:
            raise CredentialError("recovery codes are for accounts with a second factor, and there is none")
        return _recovery_codes(server, account, now, place)


def recovery_codes_left(store: Store, account: int) -> int:
    """How many are not used. Raises store.StoreError."""
    with store.read(0) as server:
        return sum(len(one.details["codes"]) for one in credentials_of(server, account, RECOVERY))


def remove_second_factor(store: Store, account: int, now: datetime, place: str = "") -> bool:
    """No more codes are asked for; the recovery codes go too. Whether there was any. Raises store.StoreError.

    Passkeys stay.
    """
    with store.write(0) as server:
        totp = credentials_of(server, account, TOTP)
        going = [*totp, *(() if _passkey(server, account) else credentials_of(server, account, RECOVERY))]
        for one in going:
            remove_credential(server, one)
        if totp:
            note(server, account, SecurityKind.TOTP_REMOVED, now, place)
    if totp:
        emit(Event.AUTH_CREDENTIAL, account=account, kind=TOTP, change="removed", client=place)
    return bool(totp)


def _is_guessed(server: Unit, account: int, now: datetime) -> bool:
    """Whether codes are being guessed, by somebody who knows the password."""
    failed = [one for one in security_events(server, account) if one.kind == SecurityKind.SIGN_IN_FAILED.value]
    wrong = [one for one in failed if one.details.get("method") == TOTP]
    return len(wrong) >= _GUESSES and now - utc_datetime(wrong[_GUESSES - 1].at) < _WHILE


def _note_wrong(server: Writing, account: int, code: str, now: datetime, place: str) -> None:
    """A wrong code came behind a right password, from somebody who guesses.

    Or from a program of the owner's, which sends what once was right for as long as it is left alone: that is not to
    keep the owner out.
    """
    mark = hashlib.blake2b(f"{account}:{code}".encode(), digest_size=8, person=b"wrong code").hexdigest()
    if any(
        one.details.get("code") == mark and now - utc_datetime(one.at) < _REPEATED
        for one in security_events(server, account)
    ):
        return
    note(server, account, SecurityKind.SIGN_IN_FAILED, now, place, {"method": TOTP, "code": mark})


def _began(one: Credential, code: str, place: str, now: float) -> float | None:
    """When the sign-in began that this code made from the same place, if it is not over."""
    if one.used is None or one.used_from != place or not one.step:
        return None
    began = utc_datetime(one.used).timestamp()
    return began if now - began < _LASTS and Totp.of(one.secret).at(one.step) == code else None


def _is_used_now(server: Writing, account: int, method: str, code: str, now: datetime, place: str) -> bool:
    if method == RECOVERY:
        return _is_recovered(server, account, code, now, place)
    one = _totp(server, account)
    step = None if one is None or method != TOTP else Totp.of(one.secret).step(code, now.timestamp(), one.step)
    if one is None or step is None:
        return False
    note_use(server, one, now, place, step)
    return True


def _is_recovered(server: Writing, account: int, code: str, now: datetime, place: str) -> bool:
    kept = digest(code)
    for one in credentials_of(server, account, RECOVERY):
        codes: list[str] = one.details["codes"]
        if kept in codes:
            left = [each for each in codes if each != kept]
            change_credential(server, one, {"details": {"codes": left}})
            note(server, account, SecurityKind.RECOVERY_CODE_USED, now, place, {"left": str(len(left))})
            return True
    return False


def _recovery_codes(server: Writing, account: int, now: datetime, place: str) -> list[str]:
    for one in credentials_of(server, account, RECOVERY):
        remove_credential(server, one)
    codes = [recovery_code() for _ in range(_RECOVERY_CODES)]
    _add(server, account, RECOVERY, now, {"details": {"codes": [digest(one) for one in codes]}})
    note(server, account, SecurityKind.RECOVERY_CODES_MADE, now, place)
    return codes


def _add(server: Writing, account: int, kind: str, now: datetime, properties: dict[str, object]) -> None:
    try:
        add_credential(server, account, kind, now, properties)
    except TooManyCredentials:
        raise CredentialError(f"an account has {MAX_CREDENTIALS} credentials at most; remove one first") from None


def _totp(server: Unit, account: int) -> Credential | None:
    return next((one for one in credentials_of(server, account, TOTP) if one.is_confirmed), None)


def _passkey(server: Unit, account: int) -> Credential | None:
    return next((one for one in credentials_of(server, account, PASSKEY) if one.is_confirmed), None)


def _moment(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC)
