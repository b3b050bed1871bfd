"""A DNS server of the tests' own, on loopback, that knows what it is told."""

import asyncio
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

__all__ = ["NameServer"]

_PATIENCE = 20.0


class NameServer(asyncio.DatagramProtocol):
    """Answers over UDP in a thread of its own, for as long as the block lasts."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], list[str]] = {}
        self._failing: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    def __enter__(self) -> "NameServer":
        self._thread.start()
        assert self._listening.wait(_PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(_PATIENCE)

    def knows(self, name: str, kind: str, *values: str) -> None:
        """A name has these records from now on."""
        self._records[name, kind] = list(values)

    def has_mx(self, domain: str, hosts: Sequence[tuple[int, str, str]]) -> None:
        """A domain has these mail servers: preference, name and IPv4 address."""
        self.knows(domain, "MX", *(f"{preference} {host}." for preference, host, _ in hosts))
        for _, host, address in hosts:
            self.knows(host, "A", address)

    def fails_for(self, name: str) -> None:
        """Whoever asks for this name is told that it cannot be said now (SERVFAIL)."""
        self._failing.add(name)

    def works_for(self, name: str) -> None:
        """Ends that."""
        self._failing.discard(name)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        transport, _ = await self._loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self.port = transport.get_extra_info("sockname")[1]
        self._listening.set()
        await self._done.wait()
        transport.close()
        await asyncio.sleep(0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = dns.message.from_wire(data)
        (asked,) = question.question
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        known = self._records.get((name, kind))
        if name in self._failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif known is not None:
            answer.answer.append(dns.rrset.from_text(asked.name, 1, "IN", kind, *known))
        elif not any(one == name for one, _ in self._records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)
