"""Certificate: what is kept of one that is had by ACME, and how far its next one is (ours; kept in account 0)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from pillarbox.objects import DataType, Property, Record, equal, prop
from pillarbox.store import Document, Equal, Select, Store, Unit, Writing
from pillarbox.telemetry import Secret
from pillarbox.wire.collation import unicode_casemap
from pillarbox.wire.values import UnsignedInt, UTCDate, utc_date, utc_datetime

__all__ = [
    "CERTIFICATE",
    "Certificate",
    "IssuedCertificate",
    "KeptCertificate",
    "certificate",
    "certificates",
    "hasten",
    "keep_certificate",
]


class Certificate(Record):
    """A certificate and its private key, in PEM, by the id that the settings have for it.

    `chain` begins with the certificate itself and is empty until there is one. `spread`, in millionths, is chance's
    part in when it is renewed. `tries` and `failure` tell of attempts at the next one that failed since the last that
    did not, `sought` what the last of them was for; before `next_attempt` there is none for the same, unless
    `is_hurried`.
    """

    authority: Property[str] = prop(immutable=True)
    directory: Property[str] = prop(default="")
    names: Property[list[str]] = prop(default=[])
    chain: Property[str] = prop(default="")
    private: Property[str] = prop(default="", secret=True)
    issuer: Property[str] = prop(default="")
    begins: Property[UTCDate | None] = prop(default=None)
    ends: Property[UTCDate | None] = prop(default=None)
    spread: Property[UnsignedInt] = prop(default=UnsignedInt(0))
    tries: Property[UnsignedInt] = prop(default=UnsignedInt(0))
    failure: Property[str] = prop(default="")
    sought: Property[str] = prop(default="")
    next_attempt: Property[UTCDate | None] = prop(default=None)
    is_hurried: Property[bool] = prop(default=False)


CERTIFICATE = DataType(
    record=Certificate,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="x",
    methods=(),
    filters=(equal("authority", Certificate.authority),),
)


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate that an authority gave: the chain and the private key in PEM, its names, who gave it, its time."""

    directory: str
    names: tuple[str, ...]
    chain: str
    private: Secret
    issuer: str
    begins: datetime
    ends: datetime
    spread: float
    """Between 0 and 1, so that not all that were had at once are renewed at once."""


@dataclass(frozen=True, slots=True)
class KeptCertificate:
    """What is kept under an id of the settings: the certificate, if there is one, and the attempts at the next."""

    authority: str
    issued: IssuedCertificate | None = None
    tries: int = 0
    failure: str = ""
    sought: str = ""
    next_attempt: datetime | None = None
    is_hurried: bool = False
    number: int | None = field(default=None, repr=False, compare=False)
    """The object's, None for what is not kept yet."""

    def succeeded(self, issued: IssuedCertificate) -> "KeptCertificate":
        """The same with a new certificate."""
        return KeptCertificate(self.authority, issued, number=self.number)

    def failed(self, failure: str, sought: str, tries: int, next_attempt: datetime) -> "KeptCertificate":
        """The same after an attempt that failed, of so many in a row."""
        return replace(
            self,
            tries=tries,
            failure=failure[:_LONGEST_FAILURE],
            sought=sought,
            next_attempt=next_attempt,
            is_hurried=False,
        )


_LONGEST_FAILURE = 1000
_MILLION = 1_000_000


def certificates(store: Store) -> list[KeptCertificate]:
    """All that are kept, in order of their ids. Raises store.StoreError."""
    with store.read(0) as server:
        found = list(_kept(server, server.numbers(CERTIFICATE.table, 2**31)))
    return sorted(found, key=lambda one: one.authority)


def certificate(store: Store, authority: str) -> KeptCertificate:
    """What is kept under an id; nothing yet, where there is none. Raises store.StoreError."""
    with store.read(0) as server:
        return _found(server, authority) or KeptCertificate(authority)


def keep_certificate(store: Store, kept: KeptCertificate) -> None:
    """Writes it down in place of what was kept under its id, and whoever serves it hears. Raises store.StoreError."""
    with store.write(0) as server:
        _put(server, _found(server, kept.authority), kept)


def hasten(store: Store, authority: str) -> None:
    """The next attempt is to be made now, whatever was waited for. Raises store.StoreError."""
    with store.write(0) as server:
        # As it is now: a server that runs may just have put a new certificate there.
        there = _found(server, authority)
        _put(server, there, replace(there or KeptCertificate(authority), is_hurried=True))


def _put(server: Writing, there: KeptCertificate | None, kept: KeptCertificate) -> None:
    if there is None or there.number is None:
        server.insert(CERTIFICATE.table, server.fresh(), _document(kept))
    else:
        server.update(CERTIFICATE.table, there.number, _document(there), _document(kept))


def _found(server: Unit, authority: str) -> KeptCertificate | None:
    same = Select(Equal("authority", unicode_casemap(authority)))
    numbers = server.page(CERTIFICATE.table, same, 0, 2**31)
    # The index does not tell letters' case apart, and ids do.
    return next((one for one in _kept(server, numbers) if one.authority == authority), None)


def _kept(server: Unit, numbers: list[int]) -> Iterator[KeptCertificate]:
    for stored in server.get(CERTIFICATE.table, numbers):
        document: dict[str, Any] = orjson.loads(stored.document)
        upcoming = document["nextAttempt"]
        yield KeptCertificate(
            document["authority"],
            _issued(document),
            document["tries"],
            document["failure"],
            document["sought"],
            None if upcoming is None else utc_datetime(upcoming),
            document["isHurried"],
            stored.number,
        )


def _issued(document: dict[str, Any]) -> IssuedCertificate | None:
    if not document["chain"]:
        return None
    return IssuedCertificate(
        document["directory"],
        tuple(document["names"]),
        document["chain"],
        Secret(document["private"]),
        document["issuer"],
        utc_datetime(document["begins"]),
        utc_datetime(document["ends"]),
        document["spread"] / _MILLION,
    )


def _document(kept: KeptCertificate) -> Document:
    issued = kept.issued
    return {
        "authority": kept.authority,
        "directory": issued.directory if issued else "",
        "names": list(issued.names) if issued else [],
        "chain": issued.chain if issued else "",
        "private": issued.private.reveal() if issued else "",
        "issuer": issued.issuer if issued else "",
        "begins": utc_date(issued.begins) if issued else None,
        "ends": utc_date(issued.ends) if issued else None,
        "spread": round(issued.spread * _MILLION) if issued else 0,
        "tries": kept.tries,
        "failure": kept.failure,
        "sought": kept.sought,
        "nextAttempt": None if kept.next_attempt is None else utc_date(kept.next_attempt),
        "isHurried": kept.is_hurried,
    }
