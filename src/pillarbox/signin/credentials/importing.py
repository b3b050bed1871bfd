"""The secrets of an account as another server kept them: hashes, the URL of its codes, app passwords."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pillarbox.access import PERSON, is_known_form
from pillarbox.access.totp import BadTotp, Totp
from pillarbox.datatypes.server import ACCOUNT, SecurityKind, note, numbered
from pillarbox.signin.credentials.apppassword import import_app_password
from pillarbox.signin.credentials.secondfactor import import_totp
from pillarbox.signin.credentials.way import CredentialError
from pillarbox.store import Store

__all__ = ["Imported", "import_secrets"]

_MOST = 100
_APP = re.compile(r"\$app\$([^$]{1,200})\$(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came along."""

    has_password: bool
    has_totp: bool
    app_passwords: int


def import_secrets(store: Store, account: int, secrets: Sequence[str], now: datetime) -> Imported:
    """Each is `$app$name$hash`, an `otpauth://` URL, or the hash of the main password, of which there is one.

    Nothing is taken where one of them is none of these. Raises CredentialError; store.StoreError.
    """
    if len(secrets) > _MOST:
        raise CredentialError(f"{_MOST} secrets are the most")
    apps: list[tuple[str, str]] = []
    urls: list[str] = []
    mains: list[str] = []
    for at, secret in enumerate(secrets, 1):
        if secret.startswith("otpauth://"):
            urls.append(secret)
            continue
        app = _APP.fullmatch(secret)
        kept = secret if app is None else app[2]
        if not is_known_form(kept):
            # What stands there may be the password itself: it is not told.
            raise CredentialError(f"secret {at} is in no scheme that is known here")
        if app is None:
            mains.append(kept)
        else:
            apps.append((_name(app[1]), kept))
    _check(urls, mains)
    for url in urls:
        import_totp(store, account, url, now)
    for name, kept in apps:
        import_app_password(store, account, name, kept, now)
    for kept in mains:
        _set(store, account, kept, now)
    return Imported(bool(mains), bool(urls), len(apps))


def _check(urls: Sequence[str], mains: Sequence[str]) -> None:
    if len(urls) > 1 or len(mains) > 1:
        raise CredentialError("an account has one password and one second factor; leave out the others")
    try:
        for url in urls:
            Totp.of(url)
    except BadTotp as problem:
        raise CredentialError(str(problem)) from None


def _name(text: str) -> str:
    """What it is called: others write it in base64, with the time behind it."""
    try:
        name, dollar, _ = base64.b64decode(text, validate=True).decode().rpartition("$")
    except (binascii.Error, UnicodeDecodeError):
        return text
    return name if dollar and name and name.isprintable() else text


def _set(store: Store, account: int, kept: str, now: datetime) -> None:
    with store.write(0) as server:
        for one in numbered(server, ACCOUNT, (account,)):
            if one.kind != PERSON or one.directory:
                raise CredentialError("the password of this account is not kept here")
            server.update(ACCOUNT.table, account, one.document, {**one.document, "secret": kept})
            note(server, account, SecurityKind.PASSWORD_CHANGED, now, "", {"by": "import"})
