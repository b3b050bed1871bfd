"""What a domain needs in DNS, and what DNS has of it (management API section 5)."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from cryptography import x509

from pillarbox.datatypes.server import certificates, dkim_keys
from pillarbox.management.belonging import domain_of_ours
from pillarbox.management.endpoint import Answer, Endpoint, Raw, Request, Stream, Within
from pillarbox.management.shape import Choice, Fields, ListOf, Shape, Text
from pillarbox.settings import Snapshot, catalogue, host_name, secure_place, sts_policy
from pillarbox.wire.dnsrecords import DnsRecord, Server, judged, records, zone
from pillarbox.wire.values import JSON

if TYPE_CHECKING:
    from pillarbox.queue import Resolver

__all__ = ["ENDPOINTS"]

_PATIENCE = 10.0
"""Seconds for all questions together."""
_MOST = 256 * 1024
"""Octets of a file with certificates."""
_SHOWN = 60
"""Records of certificates that are told, of which a server with many names has many."""

_Asked = tuple[str, str]
"""A type and a name."""

_ONE: Mapping[str, Shape] = {"type": Text(16), "name": Text(512), "content": Text(4096)}
_CHECKED: Mapping[str, Shape] = {
    **_ONE,
    "state": Choice(
        ("ok", "missing", "different", "unknown"), "`unknown` where DNS does not answer now; `found` then says why."
    ),
    "found": ListOf(Text(4096), doc="What DNS has of this type and name."),
}


def _records(request: Request) -> Answer:
    return Answer([_told(one) for one in _wanted(request)])


def _zone(request: Request) -> Answer:
    return Answer(Raw(zone(_wanted(request)).encode(), "text/dns"))


def _check(request: Request) -> Answer:
    # Whoever answers calls has few threads, and DNS takes its time: it is waited for where nobody else has to.
    return Answer(Stream(partial(_checks, request.office.settings(), _wanted(request)), "application/json"))


async def _checks(settings: Snapshot, wanted: Sequence[DnsRecord]) -> AsyncIterator[bytes]:
    """The whole answer, once it is known."""
    # With all that speaks to other servers, which nobody else who manages waits for.
    from pillarbox.queue import resolver_of  # noqa: PLC0415

    found = await _asked(resolver_of(settings), wanted)
    yield orjson.dumps({"data": [_checked(one, found) for one in wanted]})


def _wanted(request: Request) -> list[DnsRecord]:
    store, settings = request.office.store, request.office.settings()
    domain = domain_of_ours(request, request.parts["domain"])
    policy = sts_policy(settings)
    server = Server(
        host_name(settings).lower(),
        secure_place(settings),
        None if policy is None else policy.id,
        [*_chains(settings), *_loaded(one.issued.chain for one in certificates(store) if one.issued is not None)],
    )
    found = records(domain.name, dkim_keys(store, domain.name), server)
    certified = [one for one in found if one.type == "TLSA"][_SHOWN:]
    return [one for one in found if one not in certified]


def _chains(settings: Snapshot) -> Iterator[Sequence[x509.Certificate]]:
    """Those of certificates that the operator has; a file that cannot be read is told of elsewhere."""
    for source in settings[catalogue.CERTIFICATES]:
        if isinstance(source.chain, str):
            yield from _loaded([source.chain])
            continue
        try:
            with Path(source.chain).open("rb") as file:
                text = file.read(_MOST).decode("ascii", "replace")
        except OSError:
            continue
        yield from _loaded([text])


def _loaded(texts: Iterable[str]) -> Iterator[Sequence[x509.Certificate]]:
    for text in texts:
        # What is of no use is told where it is shown.
        with suppress(ValueError):
            yield x509.load_pem_x509_certificates(text.encode("ascii", "replace"))


async def _asked(resolver: "Resolver", wanted: Sequence[DnsRecord]) -> Mapping[_Asked, list[str] | str]:
    """What DNS has of each type and name, or why that is not known."""
    tasks = {(one.type, one.name): asyncio.create_task(_one(resolver, one)) for one in wanted}
    _, late = await asyncio.wait(tasks.values(), timeout=_PATIENCE)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return {asked: "DNS does not answer in time" if task in late else task.result() for asked, task in tasks.items()}


async def _one(resolver: "Resolver", wanted: DnsRecord) -> list[str] | str:
    from pillarbox.queue import LookupFailed  # noqa: PLC0415

    try:
        found = await resolver.records(wanted.name, wanted.type)
        if found or wanted.type != "CNAME":
            return found
        there, meant = await _addresses(resolver, wanted.name), await _addresses(resolver, wanted.content)
    except LookupFailed as problem:
        return str(problem)
    # A name with the same addresses leads there as well.
    return [wanted.content] if there and set(there) <= set(meant) else there


async def _addresses(resolver: "Resolver", name: str) -> list[str]:
    return [*await resolver.records(name, "AAAA"), *await resolver.records(name, "A")]


def _checked(wanted: DnsRecord, found: Mapping[_Asked, list[str] | str]) -> JSON:
    there = found[wanted.type, wanted.name]
    if isinstance(there, str):
        return {**_told(wanted), "state": "unknown", "found": [there]}
    return {**_told(wanted), "state": judged(wanted, there), "found": there}


def _told(one: DnsRecord) -> dict[str, JSON]:
    return {"type": one.type, "name": one.name, "content": one.content}


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/dns/records/{domain}",
        "domain-get",
        _records,
        "The records to publish for a domain here; of `TXT`, the content is the whole text.",
        Within.TENANT,
        answer=ListOf(Fields(_ONE, tuple(_ONE))),
        example="/api/dns/records/example.org",
    ),
    Endpoint(
        "GET",
        "/api/dns/zone/{domain}",
        "domain-get",
        _zone,
        "The same as lines of a zone file, with long texts in several strings.",
        Within.TENANT,
        answer=None,
        media_type="text/dns",
        example="/api/dns/zone/example.org",
    ),
    Endpoint(
        "GET",
        "/api/dns/check/{domain}",
        "domain-get",
        _check,
        "The same, and which of them DNS has, asked now; it takes up to ten seconds.",
        Within.TENANT,
        answer=ListOf(Fields(_CHECKED, tuple(_CHECKED))),
        example="/api/dns/check/example.org",
    ),
)
