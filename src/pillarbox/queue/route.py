"""Where a recipient's mail goes: the relay, or the mail servers of the domain (RFC 5321 section 5.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import groupby

from pillarbox.access import domain_of
from pillarbox.net import Guard
from pillarbox.net.outbound import Resolve, resolved
from pillarbox.queue.attempt import Place, Tls
from pillarbox.queue.reply import Reply
from pillarbox.queue.resolver import LookupFailed, Names, NoSuchName, Unanswered
from pillarbox.telemetry import Secret

__all__ = ["NoRoute", "Relay", "Routes"]

_MOST = 8
"""Addresses that are tried in one attempt; section 5.1 asks for at least two."""


class NoRoute(Exception):
    """There is nowhere to go, for now or for ever: what the sender is told."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Relay:
    """A server of the operator's choice that takes all mail that is not for accounts here."""

    host: str
    port: int
    tls: Tls
    username: str = ""
    secret: Secret = field(default_factory=lambda: Secret(""))


@dataclass(frozen=True, slots=True)
class Routes:
    """Finds servers. `host` is our own name, `port` that of mail servers, `shuffled` gives equals in any order."""

    names: Names
    guard: Guard
    host: str
    relay: Relay | None
    port: int
    shuffled: Callable[[Sequence[str]], Sequence[str]]
    resolve: Resolve = resolved

    def destination(self, address: str) -> str:
        """What the recipients of one transaction have in common: the relay, or the domain."""
        return f"relay {self.relay.host}" if self.relay is not None else domain_of(address)

    async def places(self, address: str) -> list[Place]:
        """The servers to try for an address, the best first. Raises NoRoute."""
        if self.relay is not None:
            return await self._relay(self.relay)
        domain = domain_of(address)
        if domain.startswith("["):
            return self._literal(domain)
        return await self._domain(domain)

    async def _relay(self, relay: Relay) -> list[Place]:
        try:
            found = await self.resolve(relay.host)
        except (OSError, UnicodeError) as problem:
            raise NoRoute(Reply.told(451, f"4.4.3 {relay.host} cannot be resolved: {problem}")) from problem
        return [
            Place(relay.host, address, relay.port, relay.tls, relay.username, relay.secret) for address in found[:_MOST]
        ]

    def _literal(self, domain: str) -> list[Place]:
        """An address in place of a domain (section 4.1.3)."""
        text = domain[1:-1]
        try:
            address = str(ip_address(text[5:] if text.lower().startswith("ipv6:") else text))
        except ValueError:
            raise NoRoute(Reply(553, f"5.1.2 {domain} is no address")) from None
        return self._guarded([(domain, address)])

    async def _domain(self, domain: str) -> list[Place]:
        try:
            records = await self.names.mx(domain)
        except NoSuchName as problem:
            raise NoRoute(Reply.told(550, f"5.1.2 {problem}")) from problem
        except Unanswered as problem:
            raise NoRoute(Reply.told(451, f"4.4.3 {problem}")) from problem
        if [host for _, host in records] == [""]:
            # RFC 7505 section 4.1 and 4.2.
            raise NoRoute(Reply(556, f"5.1.10 {domain} takes no mail, it says (a null MX)"))
        found: list[tuple[str, str]] = []
        problems: list[LookupFailed] = []
        # Section 5.1: without any such record, the domain is its own mail server.
        for host in self._ordered(records) if records else [domain]:
            try:
                found += [(host, address) for address in await self.names.addresses(host)]
            except LookupFailed as problem:
                problems.append(problem)
            if len(found) >= _MOST:
                break
        if not found:
            if any(isinstance(problem, Unanswered) for problem in problems):
                raise NoRoute(Reply.told(451, f"4.4.3 {problems[0]}"))
            raise NoRoute(Reply(550, f"5.1.2 {domain} has no mail server with an address"))
        return self._guarded(found)

    def _ordered(self, records: Sequence[tuple[int, str]]) -> list[str]:
        """By preference, equals in any order; we and what is no better than us would be a loop."""
        ours = [preference for preference, host in records if host == self.host]
        better = sorted((p, host) for p, host in records if host and (not ours or p < min(ours)))
        if not better:
            raise NoRoute(Reply(554, "5.4.6 its best mail server is this one, which has no such account"))
        tiers = groupby(better, key=lambda one: one[0])
        return [host for _, tier in tiers for host in self.shuffled([host for _, host in tier])]

    def _guarded(self, found: list[tuple[str, str]]) -> list[Place]:
        """Those that the world may send us to."""
        let = [(host, address) for host, address in found if self.guard.lets(address)]
        if not let:
            # Which addresses it stands for here is not told.
            raise NoRoute(Reply(550, f"5.4.4 {found[0][0]} is in a network that mail is not sent to"))
        return [Place(host, address, self.port, Tls.OPPORTUNISTIC) for host, address in let[:_MOST]]
