"""What a principal signs in with, as it is sent: hashes, the URL of its codes, app passwords (management API 4.2)."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pillarbox.access import is_known_form
from pillarbox.access.scope import DEFAULT_SCOPE
from pillarbox.access.totp import BadTotp, Totp
from pillarbox.datatypes.directory.principals.errand import Draft, Errand
from pillarbox.datatypes.directory.principals.granting import check_power
from pillarbox.datatypes.directory.refused import Unfit
from pillarbox.datatypes.server import (
    APP_PASSWORD,
    PASSKEY,
    RECOVERY,
    TOTP,
    Credential,
    SecurityKind,
    TooManyCredentials,
    add_credential,
    credentials_of,
    end_grant,
    grants_of,
    remove_credential,
)

__all__ = ["App", "add_secret", "remove_secret", "set_secrets"]

_MOST = 100
_MOST_APPS = 5
"""Of those with a hash from elsewhere, each of which is tried at a sign-in."""
_LONGEST_NAME = 100
_APP = "$app$"
_APP_SECRET = re.compile(r"\$app\$([^$]{1,200})\$(.+)", re.DOTALL)
_URL = "otpauth:"


@dataclass(frozen=True, slots=True)
class App:
    """An app password by its name, and the hash that was kept of it."""

    name: str
    kept: str


def _app_of(text: str) -> App | None:
    """The app password that `$app$name$hash` is. Others write its name in base64, with the time behind it."""
    found = _APP_SECRET.fullmatch(text)
    return None if found is None else App(_name(found[1]), found[2])


def set_secrets(errand: Errand, draft: Draft, secrets: list[str]) -> None:
    """These and no others, but for passkeys. Raises Unfit; Denied."""
    check_power(errand, draft)
    if len(secrets) > _MOST:
        raise Unfit(f"secrets: no more than {_MOST}")
    mains = [one for one in secrets if not one.startswith((_APP, _URL)) and one]
    if len(mains) > 1 or sum(one.startswith(_URL) for one in secrets) > 1:
        raise Unfit("secrets: an account has one password and one second factor")
    _put_main(errand, draft, mains[0] if mains else "")
    for one in _kept(errand, draft, TOTP, APP_PASSWORD):
        if one.kind == APP_PASSWORD or one.secret not in secrets:
            _drop(errand, draft, one)
    for secret in secrets:
        if secret.startswith((_APP, _URL)):
            add_secret(errand, draft, secret)


def add_secret(errand: Errand, draft: Draft, secret: str) -> None:
    """One more; another password takes the place of that which there is. Raises Unfit; Denied."""
    check_power(errand, draft)
    if secret.startswith(_URL):
        _add_totp(errand, draft, secret)
    elif secret.startswith(_APP):
        _add_app(errand, draft, secret)
    elif secret:
        _put_main(errand, draft, secret)


def remove_secret(errand: Errand, draft: Draft, secret: str) -> None:
    """One less: by the beginning of `$app$name` or `otpauth://`, or by the hash; the empty text is the password.

    Raises Denied.
    """
    check_power(errand, draft)
    if secret.startswith(_APP):
        name = _name(secret[len(_APP) :].partition("$")[0])
        for one in _kept(errand, draft, APP_PASSWORD):
            if not name or one.name == name:
                _drop(errand, draft, one)
    elif secret.startswith(_URL):
        for one in _kept(errand, draft, TOTP):
            if one.secret.startswith(secret):
                _drop(errand, draft, one)
    elif secret in ("", draft.document.get("secret")):
        _put_main(errand, draft, "")


def _put_main(errand: Errand, draft: Draft, kept: str) -> None:
    if draft.document.get("directory"):
        if kept:
            raise Unfit("the password of this account is not kept here", "unsupported")
        return
    if kept and not is_known_form(kept):
        # What stands there may be the password itself: it is not told.
        raise Unfit("secrets: this is in no scheme that is known here")
    if kept == draft.document.get("secret", ""):
        return
    draft.document["secret"] = kept
    if draft.was is None:
        return
    errand.note(draft.number, SecurityKind.PASSWORD_CHANGED, {"by": errand.manager.name})
    going = grants_of(errand.server, draft.number)
    for grant in going:
        end_grant(errand.server, grant)
    if going:
        errand.note(draft.number, SecurityKind.GRANT_ENDED, {"count": str(len(going))})


def _add_totp(errand: Errand, draft: Draft, url: str) -> None:
    try:
        Totp.of(url)
    except BadTotp as problem:
        raise Unfit(f"secrets: {problem}") from None
    there = _kept(errand, draft, TOTP)
    if any(one.secret == url for one in there):
        return
    if there:
        raise Unfit("secrets: there is a second factor already; remove it first")
    _add(errand, draft, TOTP, {"secret": url}, SecurityKind.TOTP_ADDED, {})


def _add_app(errand: Errand, draft: Draft, secret: str) -> None:
    app = _app_of(secret)
    if app is None or not is_known_form(app.kept):
        raise Unfit("secrets: an app password is $app$name$hash, the hash in a scheme that is known here")
    if not app.name.strip() or len(app.name) > _LONGEST_NAME or not app.name.isprintable():
        raise Unfit(f"secrets: an app password's name is a text of one line and {_LONGEST_NAME} characters at most")
    there = _kept(errand, draft, APP_PASSWORD)
    if any((one.name, one.secret) == (app.name, app.kept) for one in there):
        return
    if sum(bool(one.secret) for one in there) >= _MOST_APPS:
        raise Unfit(f"secrets: {_MOST_APPS} app passwords from elsewhere are the most")
    properties = {"name": app.name, "secret": app.kept, "scopes": sorted(DEFAULT_SCOPE)}
    _add(errand, draft, APP_PASSWORD, properties, SecurityKind.APP_PASSWORD_ADDED, {"name": app.name})


def _add(
    errand: Errand,
    draft: Draft,
    kind: str,
    properties: Mapping[str, object],
    what: SecurityKind,
    details: dict[str, str],
) -> None:
    try:
        add_credential(errand.server, draft.number, kind, errand.now, properties)
    except TooManyCredentials:
        raise Unfit("secrets: the account has as many credentials as it may") from None
    errand.note(draft.number, what, {**details, "by": errand.manager.name})


def _drop(errand: Errand, draft: Draft, one: Credential) -> None:
    remove_credential(errand.server, one)
    is_app = one.kind == APP_PASSWORD
    what = SecurityKind.APP_PASSWORD_REMOVED if is_app else SecurityKind.TOTP_REMOVED
    details = {"by": errand.manager.name} | ({"name": one.name} if is_app else {})
    errand.note(draft.number, what, details)
    if not is_app:
        # They are for whoever has lost what makes the codes; a passkey may be lost too.
        for code in () if _kept(errand, draft, PASSKEY) else _kept(errand, draft, RECOVERY):
            remove_credential(errand.server, code)


def _kept(errand: Errand, draft: Draft, *kinds: str) -> list[Credential]:
    return [one for one in credentials_of(errand.server, draft.number) if one.kind in kinds]


def _name(text: str) -> str:
    try:
        name, dollar, _ = base64.b64decode(text, validate=True).decode().rpartition("$")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text
    return name if dollar and name and name.isprintable() else text
