"""Consent: that somebody has let a client have scopes, so that they need not be asked again (ours; in account 0)."""

from datetime import datetime

from pillarbox.datatypes.server.grant import handle
from pillarbox.datatypes.server.reading import selected
from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import AllOf, Document, Equal, Select, Unit, Writing
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_date

__all__ = [
    "CONSENT",
    "Consent",
    "consented",
    "forget_consent",
    "forget_consents",
    "forget_consents_to",
    "remember_consent",
]


class Consent(Record):
    """An account, a client, and the scopes that it may have without a question."""

    account: Property[UnsignedInt] = prop(immutable=True)
    client: Property[str] = prop(immutable=True)
    handle: Property[str] = prop(immutable=True)
    scopes: Property[list[str]] = prop(default=[])
    given: Property[UTCDate] = prop()


CONSENT = DataType(
    record=Consent,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="cu",
    methods=(),
    filters=(
        equal("account", Consent.account, sorted=True),
        equal("handle", Consent.handle),
    ),
)


def consented(server: Unit, account: int, client: str) -> frozenset[str]:
    """The scopes that the account lets this client have without a question."""
    return frozenset(scope for one in _of(server, account, client) for scope in one.scopes)


def remember_consent(server: Writing, account: int, client: str, scopes: frozenset[str], now: datetime) -> None:
    """These scopes too are given without a question from now on."""
    there = next(iter(_of(server, account, client)), None)
    known = frozenset(there.scopes) if there is not None else frozenset[str]()
    document: Document = {
        "account": account,
        "client": client,
        "handle": handle(client),
        "scopes": sorted(known | scopes),
        "given": utc_date(now),
    }
    if there is None:
        server.insert(CONSENT.table, server.fresh(), document)
    elif not scopes <= known:
        server.amend(CONSENT.table, there.number, there.document, document)


def forget_consent(server: Writing, account: int, client: str) -> None:
    """The account is asked again about this client."""
    for one in _of(server, account, client):
        server.delete(CONSENT.table, one.number, one.document)


def forget_consents(server: Writing, account: int) -> None:
    """The account is asked again about all."""
    for one in selected(server, CONSENT, Select(Equal("account", account))):
        server.delete(CONSENT.table, one.number, one.document)


def forget_consents_to(server: Writing, client: str) -> None:
    """All who let this client in are asked again about it."""
    found = selected(server, CONSENT, Select(Equal("handle", unicode_casemap(handle(client)))))
    for one in found:
        if one.client == client:
            server.delete(CONSENT.table, one.number, one.document)


def _of(server: Unit, account: int, client: str) -> list[Consent]:
    wanted = AllOf((Equal("account", account), Equal("handle", unicode_casemap(handle(client)))))
    return [one for one in selected(server, CONSENT, Select(wanted)) if one.client == client]
