"""API keys as an administrator makes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network

from pillarbox.access import OWNER
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.directory.principals import KEY_DIGEST, Kind, destroy, make
from pillarbox.signin.credentials import app_password, secret_digest
from pillarbox.store import Store
from pillarbox.wire.values import utc_date

__all__ = ["NewApiKey", "add_key", "remove_key"]


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """What a key is to be."""

    name: str
    roles: Sequence[str] = ()
    enabled: Sequence[str] = ()
    disabled: Sequence[str] = ()
    networks: Sequence[IPv4Network | IPv6Network] = ()
    expires: datetime | None = None


def add_key(store: Store, wanted: NewApiKey, now: datetime) -> str:
    """A new key; its secret. Raises AccountError."""
    secret = app_password()
    with InternalDirectory(store).errand(OWNER, now) as errand:
        make(
            errand,
            Kind.API_KEY,
            {
                "name": wanted.name,
                "secrets": KEY_DIGEST + secret_digest(secret),
                "roles": [*wanted.roles],
                "enabledPermissions": [*wanted.enabled],
                "disabledPermissions": [*wanted.disabled],
                "networks": [str(one) for one in wanted.networks],
                "expires": None if wanted.expires is None else utc_date(wanted.expires),
            },
        )
    return secret


def remove_key(store: Store, name: str, now: datetime) -> None:
    """It ends at once, everywhere."""
    with InternalDirectory(store).errand(OWNER, now) as errand:
        destroy(errand, name)
