"""AcmeAccount: an account of ours at an authority; AcmeChallenge: what it asks us to show (ours; kept in account 0)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import Document, Equal, Select, Store, Unit
from pillarbox.telemetry import Secret
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import UTCDate, utc_date, utc_datetime

__all__ = [
    "ACME_ACCOUNT",
    "ACME_CHALLENGE",
    "AcmeAccount",
    "AcmeChallenge",
    "AcmeLogin",
    "ChallengeKind",
    "ShownChallenge",
    "acme_account",
    "challenges",
    "forget_acme_account",
    "hide_challenges",
    "http_challenge",
    "keep_acme_account",
    "show_challenge",
]

ChallengeKind: TypeAlias = Literal["http-01", "tls-alpn-01"]


class AcmeAccount(Record):
    """An account at the authority with this directory, bound to this external key or to none ("")."""

    directory: Property[str] = prop(immutable=True)
    kid: Property[str] = prop(immutable=True, default="")
    url: Property[str] = prop(default="")
    contacts: Property[list[str]] = prop(default=[])
    private: Property[str] = prop(immutable=True, secret=True)


ACME_ACCOUNT = DataType(
    record=AcmeAccount,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="o",
    methods=(),
    filters=(equal("directory", AcmeAccount.directory),),
)


class AcmeChallenge(Record):
    """What a server shows when the authority comes for a name (RFC 8555 section 8.1), until then."""

    kind: Property[str] = prop(immutable=True)
    name: Property[str] = prop(immutable=True)
    token: Property[str] = prop(immutable=True)
    key_authorization: Property[str] = prop(immutable=True)
    expires: Property[UTCDate] = prop(immutable=True)


ACME_CHALLENGE = DataType(
    record=AcmeChallenge,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="h",
    methods=(),
    filters=(equal("token", AcmeChallenge.token, sorted=True), equal("kind", AcmeChallenge.kind)),
)


@dataclass(frozen=True, slots=True)
class AcmeLogin:
    """An account at an authority: its private key in PEM, its URL, None until the authority has given it, and whom the
    authority was told that it may write to.
    """

    directory: str
    kid: str
    private: Secret
    url: str | None = None
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownChallenge:
    """What is shown to an authority that comes for a name."""

    kind: ChallengeKind
    name: str
    token: str
    key_authorization: str
    expires: datetime


def acme_account(store: Store, directory: str, kid: str) -> AcmeLogin | None:
    """The account there, if one was made or begun. Raises store.StoreError."""
    with store.read(0) as server:
        found = _account(server, directory, kid)
    if found is None:
        return None
    return AcmeLogin(directory, kid, Secret(found.private), found.url or None, tuple(found.contacts))


def keep_acme_account(store: Store, account: AcmeLogin) -> None:
    """Writes it down, in place of the one that was there. Raises store.StoreError."""
    document: Document = {
        "directory": account.directory,
        "kid": account.kid,
        "url": account.url or "",
        "contacts": list(account.contacts),
        "private": account.private.reveal(),
    }
    with store.write(0) as server:
        there = _account(server, account.directory, account.kid)
        if there is None:
            server.insert(ACME_ACCOUNT.table, server.fresh(), document)
        else:
            server.update(ACME_ACCOUNT.table, there.number, there.document, document)


def forget_acme_account(store: Store, account: AcmeLogin) -> None:
    """The authority does not know the account any more. Raises store.StoreError."""
    with store.write(0) as server:
        there = _account(server, account.directory, account.kid)
        if there is not None:
            server.delete(ACME_ACCOUNT.table, there.number, there.document)


def show_challenge(store: Store, shown: ShownChallenge) -> None:
    """Every worker of every server shows it from the moment it hears of it. Raises store.StoreError."""
    document: Document = {
        "kind": shown.kind,
        "name": shown.name,
        "token": shown.token,
        "keyAuthorization": shown.key_authorization,
        "expires": utc_date(shown.expires),
    }
    with store.write(0) as server:
        for there in _tokens(server, shown.token):
            server.delete(ACME_CHALLENGE.table, there.number, there.document)
        server.insert(ACME_CHALLENGE.table, server.fresh(), document)


def hide_challenges(store: Store, tokens: frozenset[str], now: datetime) -> None:
    """These are over, and all whose time has passed. Raises store.StoreError."""
    with store.read(0) as server:
        over = any(_is_over(one, tokens, now) for one in selected(server, ACME_CHALLENGE))
    if not over:
        return
    with store.write(0) as server:
        for one in selected(server, ACME_CHALLENGE):
            if _is_over(one, tokens, now):
                server.delete(ACME_CHALLENGE.table, one.number, one.document)


def http_challenge(store: Store, token: str, now: datetime) -> str | None:
    """The key authorization of a token that is to be shown over HTTP now. Raises store.StoreError."""
    with store.read(0) as server:
        found = [one for one in _tokens(server, token) if one.kind == "http-01" and utc_datetime(one.expires) > now]
    return found[0].key_authorization if found else None


def challenges(server: Unit, kind: ChallengeKind) -> list[ShownChallenge]:
    """All of this kind that are shown, over or not."""
    return [
        ShownChallenge(kind, one.name, one.token, one.key_authorization, utc_datetime(one.expires))
        for one in selected(server, ACME_CHALLENGE)
        if one.kind == kind
    ]


def _account(server: Unit, directory: str, kid: str) -> AcmeAccount | None:
    same = Select(Equal("directory", unicode_casemap(directory)))
    # The index does not tell letters' case apart, and URLs do.
    found = (one for one in selected(server, ACME_ACCOUNT, same) if (one.directory, one.kid) == (directory, kid))
    return next(found, None)


def _tokens(server: Unit, token: str) -> list[AcmeChallenge]:
    same = Select(Equal("token", unicode_casemap(token)))
    return [one for one in selected(server, ACME_CHALLENGE, same) if one.token == token]


def _is_over(one: AcmeChallenge, tokens: frozenset[str], now: datetime) -> bool:
    return one.token in tokens or utc_datetime(one.expires) <= now
