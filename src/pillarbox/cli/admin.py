"""`pillarbox admin`: the way in when there is no other."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pillarbox.access import ADMIN, PERMISSIONS, domain_of
from pillarbox.app import folders
from pillarbox.cli.shared import ConfigOption, DataOption, console, fail, opened, text
from pillarbox.datatypes.server import add_dkim_key, is_domain
from pillarbox.signin.credentials import CredentialError, app_password, open_administrator
from pillarbox.wire.dkim import first_keys

__all__ = ["admin"]

_VAR = Path("var")


def admin(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="As in admin@example.org.", callback=text)],
    config: ConfigOption = None,
    data: DataOption = _VAR,
) -> None:
    """Make or open an administrator's account, and print its new password: this once.

    Whoever has the data folder may always do this, while serving too: no setting forbids it, no directory outside is
    asked. The account's second factors and passkeys are gone after it, and nothing is disabled for it any more.
    """
    password = app_password()
    with opened(config, data) as built:
        hashed = built.passwords.hash(password)
        known = built.directory.find(address)
        if known is None:
            domain, now = domain_of(address), datetime.now(UTC)
            is_new = not is_domain(built.store, domain)
            known = built.directory.add(address, hashed, folders(built.settings), roles=(ADMIN,), by=PERMISSIONS)
            for key in first_keys(domain, now) if is_new else ():
                add_dkim_key(built.store, domain, key, now)
        else:
            try:
                open_administrator(built.store, known.number, hashed, datetime.now(UTC))
            except CredentialError as problem:
                fail(f"{address}: {problem}")
    console.print(password, highlight=False)
    console.print(f"That is the password of {known.name}, an administrator; it is not shown again.", highlight=False)
