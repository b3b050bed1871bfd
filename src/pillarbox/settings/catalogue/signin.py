"""Settings of who comes in by the settings alone: `authentication.*`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pillarbox.settings.declare import Described, Group, Setting
from pillarbox.settings.kind import HOST_NAME, NAME, SECRET, Kind, optional
from pillarbox.settings.source import Source
from pillarbox.telemetry import Secret

__all__ = ["FALLBACK_SECRET", "FALLBACK_USER", "MASTER_SECRET", "MASTER_USER", "PASSKEY_DOMAIN", "SIGN_IN"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Half(Generic[T]):
    """A setting that is of no use without another."""

    setting: Setting[T]
    other: str

    @property
    def key(self) -> str:
        """As of any setting."""
        return self.setting.key

    @property
    def doc(self) -> str:
        """As of any setting."""
        return self.setting.doc

    def read(self, source: Source) -> T:
        """The value in force; it is told where the other is missing."""
        if source.has(self.key) and not source.has(self.other):
            source.wrong(self.other, "missing", f"{self.key} is of no use without it")
        return self.setting.read(source)

    def described(self) -> Iterator[Described]:
        """As of any setting."""
        yield from self.setting.described()


_NOBODY: Kind[str | None] = optional(NAME)
_NONE: Kind[Secret | None] = optional(SECRET)
_SCHEMES = "in any of the schemes that `administrators/sign-in.md` lists, or as it is"

FALLBACK_USER: _Half[str | None] = _Half(
    Setting(
        "authentication.fallback-admin.user",
        _NOBODY,
        None,
        "The name of an administrator who is in by these settings alone, also while the store or a directory is away. "
        "They have no mail, no second factor and no app passwords.",
    ),
    "authentication.fallback-admin.secret",
)
FALLBACK_SECRET: _Half[Secret | None] = _Half(
    Setting(
        "authentication.fallback-admin.secret",
        _NONE,
        None,
        f"Their password, {_SCHEMES}; without it there is no such administrator.",
    ),
    "authentication.fallback-admin.user",
)
MASTER_USER: _Half[str | None] = _Half(
    Setting(
        "authentication.master.user",
        _NOBODY,
        None,
        "The name of somebody who may sign in to every account, as `<account>%<name>`. Second factors are not asked "
        "for, and the account's events tell of it.",
    ),
    "authentication.master.secret",
)
MASTER_SECRET: _Half[Secret | None] = _Half(
    Setting(
        "authentication.master.secret",
        _NONE,
        None,
        f"Their password, {_SCHEMES}; without it there is no master user.",
    ),
    "authentication.master.user",
)
PASSKEY_DOMAIN: Setting[str | None] = Setting(
    "authentication.passkey.domain",
    optional(HOST_NAME),
    None,
    "The domain that passkeys are made for, where it is not the host of the server's public URL but a domain above it, "
    "as `example.org` for `mail.example.org`. Passkeys of another one are of no use any more: do not change it.",
)

SIGN_IN = Group(
    "Signing in",
    "Who comes in by the settings alone. `administrators/sign-in.md` tells the rest.",
    (FALLBACK_USER, FALLBACK_SECRET, MASTER_USER, MASTER_SECRET, PASSKEY_DOMAIN),
)
