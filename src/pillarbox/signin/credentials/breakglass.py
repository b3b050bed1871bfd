"""An administrator made by whoever has the data folder at hand, when nobody else can get in."""

from datetime import datetime

from pillarbox.access import ADMIN, PERSON, USER
from pillarbox.datatypes.server import ACCOUNT, Account, SecurityKind, credentials_of, note, numbered, remove_credential
from pillarbox.datatypes.server.credential import PASSKEY, RECOVERY, TOTP
from pillarbox.signin.credentials.password import end_signed_in
from pillarbox.signin.credentials.way import CredentialError
from pillarbox.store import Store

__all__ = ["open_administrator"]

_FACTORS = frozenset({TOTP, RECOVERY, PASSKEY})


def open_administrator(store: Store, account: int, hashed: str, now: datetime) -> None:
    """The account is an administrator's with this password, and nothing else is asked for.

    No other role is left to it, and nothing is disabled; second factors and passkeys are gone, and no directory outside
    is asked. Whoever is signed in is so no more; app passwords stay. Raises CredentialError; store.StoreError.
    """
    with store.write(0) as server:
        one: Account | None = next(iter(numbered(server, ACCOUNT, (account,))), None)
        if one is None or one.kind != PERSON:
            raise CredentialError("only a person's account can be an administrator's")
        changes = {
            "secret": hashed,
            "directory": "",
            # None but these: another one may take away what they give.
            "roles": [USER, ADMIN],
            "disabledPermissions": [],
        }
        server.update(ACCOUNT.table, one.number, one.document, {**one.document, **changes})
        for each in credentials_of(server, account):
            if each.kind in _FACTORS:
                remove_credential(server, each)
        note(server, account, SecurityKind.PASSWORD_CHANGED, now, "", {"by": "pillarbox admin"})
        end_signed_in(server, account, None, now)
