"""What DNS says of a domain: its mail servers and their addresses (RFC 5321 section 5.1).

LookupFailed
├── NoSuchName    there is none, says who must know
└── Unanswered    nobody could say now
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.resolver

__all__ = ["LookupFailed", "Names", "NoSuchName", "Resolver", "Unanswered"]

_LIFETIME = 20.0
"""Seconds that one question may take, over all servers and repetitions."""
_SYSTEM = "/etc/resolv.conf"
_MOST = 50
"""Records of one answer that are looked at."""
_LONGEST = 4096
"""Characters of a record that are told."""


class LookupFailed(Exception):
    """There is no answer; the message says why, and may be told to the sender."""


class NoSuchName(LookupFailed):
    """The name is not in DNS."""


class Unanswered(LookupFailed):
    """No server has answered, or none that could."""


class Names(Protocol):
    """Who knows names."""

    async def mx(self, domain: str) -> Sequence[tuple[int, str]]:
        """Preferences and hosts, "" for the host of a null MX (RFC 7505); none if there are no such records.

        Raises NoSuchName, Unanswered.
        """

    async def addresses(self, host: str) -> Sequence[str]:
        """IPv6 and IPv4 addresses; none if there are none. Raises NoSuchName, Unanswered."""


class Resolver:
    """Asks the servers that are given as addresses and ports, or those that the system asks."""

    def __init__(self, servers: Sequence[tuple[str, int]] = (), system: str = _SYSTEM) -> None:
        """`system` is the file that says which these are."""
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        if servers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
        else:
            # A system that names none has nobody to ask: then mail waits, and says so, until we begin anew.
            with suppress(dns.resolver.NoResolverConfiguration, ValueError):
                self._resolver.read_resolv_conf(system)
        self._resolver.cache = dns.resolver.LRUCache(10_000)

    async def mx(self, domain: str) -> list[tuple[int, str]]:
        """As Names has it."""
        found = await self._asked(domain, "MX")
        return [(int(one.preference), _text(one.exchange)) for one in found]

    async def addresses(self, host: str) -> list[str]:
        """As Names has it."""
        found = [str(one.address) for kind in ("AAAA", "A") for one in await self._asked(host, kind)]
        return list(dict.fromkeys(found))

    async def records(self, name: str, kind: str) -> list[str]:
        """The records of a name as a zone file has them, in order, texts whole and without quotes.

        Raises Unanswered.
        """
        try:
            found = await self._asked(name, kind)
        except NoSuchName:
            return []
        if kind == "TXT":
            return sorted(b"".join(one.strings).decode("utf-8", "replace")[:_LONGEST] for one in found)
        return sorted(one.to_text()[:_LONGEST] for one in found)

    async def _asked(self, name: str, kind: str) -> list[Any]:
        try:
            absolute = dns.name.from_text(name, dns.name.root)
            answer = await self._resolver.resolve(
                absolute, kind, search=False, lifetime=_LIFETIME, raise_on_no_answer=False
            )
        except (dns.resolver.NXDOMAIN, dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
            raise NoSuchName(f"there is no name {name} in DNS") from None
        except (dns.exception.DNSException, OSError) as problem:
            raise Unanswered(f"DNS does not say now what {kind} records {name} has: {type(problem).__name__}") from None
        return list(answer.rrset or ())[:_MOST]


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower().removesuffix(".")
