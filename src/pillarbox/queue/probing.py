"""Is mail for somebody taken, and if not, why? The way to their servers, each step told as it is made (section 17).

It ends before a message would be given: nothing is sent. What is looked at is what the management API's reference looks
at, but for DANE, which this server does not keep to either; and a certificate is not judged, as in sending.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias, TypeVar, cast

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from pillarbox.access import domain_of
from pillarbox.net import Guard
from pillarbox.net.outbound import Answer, OutboundError, Refused
from pillarbox.queue.attempt import dialled, greet, known, whomever
from pillarbox.queue.reply import Fate, Reply
from pillarbox.queue.resolver import LookupFailed, Resolver
from pillarbox.queue.transaction import Patience
from pillarbox.wire.mtasts import BadPolicy, StsPolicy, announced
from pillarbox.wire.tlsreports import report_places
from pillarbox.wire.values import JSON

__all__ = ["Fetch", "Probe", "Stage"]

Stage: TypeAlias = Mapping[str, JSON]
"""A step that begins, or how it ended: `type` says which, `elapsed` is in milliseconds, `reason` why it failed."""
Fetch: TypeAlias = Callable[[str], Awaitable[Answer]]
"""Gives what is at a URL. Raises net.outbound.OutboundError."""

T = TypeVar("T")

_WHOLE = 120.0
"""Seconds for everything."""
_MOST_HOSTS = 5
_MOST_ADDRESSES = 2
"""Addresses of one host that are tried, until one answers."""


class _Failed(Exception):
    """A step failed, and it was told why."""


class _Nothing(Exception):
    """There is nothing of the kind that a step looks for; the type of the stage that says so."""


@dataclass(frozen=True)
class Probe:
    """Tries the way to a domain's servers; `host` is our own name, and each step gets so many seconds.

    `tell` is called with each stage. Whatever other ways there are in the settings, as a relay, DNS says where to.
    """

    names: Resolver
    guard: Guard
    fetch: Fetch
    host: str
    port: int
    seconds: float
    tell: Callable[[Stage], None]

    async def run(self, target: str) -> None:
        """Tells all about the way to an address, or to any at a domain; `completed` is the last stage."""
        with suppress(_Failed, TimeoutError):
            async with asyncio.timeout(_WHOLE):
                await self._run(target)
        self.tell({"type": "completed"})

    async def _run(self, target: str) -> None:
        domain = domain_of(target)
        address = target if "@" in target else None
        exchanges = await self._step("mxLookup", self._exchanges(domain), _told_exchanges, domain=domain)
        policy = None
        with suppress(_Failed):
            _, policy = await self._step("mtaStsFetch", self._policy(domain), _told_policy)
        with suppress(_Failed):
            await self._step("tlsRptLookup", self._report_places(domain), _told_places)
        for _, host in exchanges[:_MOST_HOSTS]:
            with suppress(_Failed):
                await self._host(host, policy, address)

    async def _step(self, name: str, doing: Awaitable[T], told: Callable[[T], Stage] | None = None, **about: JSON) -> T:
        """What came of a step. Raises _Failed."""
        self.tell({"type": f"{name}Start", **about})
        clock = asyncio.get_running_loop().time
        began = clock()

        def end(kind: str, **more: JSON) -> None:
            self.tell({"type": kind, **more, "elapsed": round((clock() - began) * 1000)})

        try:
            async with asyncio.timeout(self.seconds):
                result = await doing
        except _Nothing as nothing:
            end(str(nothing))
            raise _Failed from nothing
        except (LookupFailed, OutboundError, BadPolicy, SMTPException, OSError, UnicodeError) as problem:
            end(f"{name}Error", reason=_reason(problem))
            raise _Failed from problem
        end(f"{name}Success", **(told(result) if told is not None else {}))
        return result

    async def _exchanges(self, domain: str) -> list[tuple[int, str]]:
        records = await self.names.mx(domain)
        if [host for _, host in records] == [""]:
            # RFC 7505 section 4.1.
            raise LookupFailed(f"{domain} takes no mail, it says (a null MX)")
        # RFC 5321 section 5.1: without any such record, the domain is its own mail server.
        return sorted(one for one in records if one[1]) or [(0, domain)]

    async def _policy(self, domain: str) -> tuple[str, StsPolicy]:
        identity = announced(await self.names.records(f"_mta-sts.{domain}", "TXT"))
        if identity is None:
            raise _Nothing("mtaStsNotFound")
        answer = await self.fetch(f"https://mta-sts.{domain}/.well-known/mta-sts.txt")
        if answer.status != 200:
            raise BadPolicy(f"the server of the policy answers with status {answer.status}")
        if answer.fields.get("content-type", "").partition(";")[0].strip().lower() != "text/plain":
            raise BadPolicy("what the server of the policy gives is no text/plain")
        return identity, StsPolicy.read(answer.octets)

    async def _report_places(self, domain: str) -> list[str]:
        places = report_places(await self.names.records(f"_smtp._tls.{domain}", "TXT"))
        if not places:
            raise _Nothing("tlsRptNotFound")
        return places

    async def _host(self, host: str, policy: StsPolicy | None, address: str | None) -> None:
        self.tell({"type": "deliveryAttemptStart", "hostname": host})
        if policy is not None and policy.mode != "none":
            if policy.covers(host):
                self.tell({"type": "mtaStsVerifySuccess"})
            else:
                self.tell({"type": "mtaStsVerifyError", "reason": f"the policy ({policy.mode}) does not name {host}"})
                if policy.mode == "enforce":
                    return
        found = await self._step("ipLookup", self._addresses(host), lambda those: {"remote_ips": list(those)})
        for one in found[:_MOST_ADDRESSES]:
            try:
                connected = await self._step("connection", self._connected(one), remote_ip=one)
            except _Failed:
                continue
            await self._converse(host, connected, address)
            return

    async def _addresses(self, host: str) -> list[str]:
        found = await self.names.addresses(host)
        if not found:
            raise LookupFailed(f"{host} has no address")
        return found

    async def _connected(self, address: str) -> socket.socket:
        if not self.guard.lets(address):
            raise OSError("it is in a network that mail is not sent to")
        return await dialled(address, self.port)

    async def _converse(self, host: str, connected: socket.socket, address: str | None) -> None:
        patience = Patience(command=self.seconds)
        smtp = SMTP(
            hostname=host,
            sock=connected,
            local_hostname=self.host,
            use_tls=False,
            start_tls=False,
            timeout=self.seconds,
        )
        try:
            await self._step("readGreeting", smtp.connect())
            await self._step("ehlo", greet(smtp, patience))
            with suppress(_Failed):
                await self._step("startTls", self._encrypted(smtp, host, patience))
            if not smtp.is_connected:
                # A handshake that was begun and failed leaves nothing to speak on.
                return
            await self._step("mailFrom", self._asked(smtp, b"MAIL", "FROM:<>", address))
            if address is not None:
                await self._step("rcptTo", self._asked(smtp, b"RCPT", f"TO:<{address}>", None))
            await self._quit(smtp)
        finally:
            transport = smtp.transport
            smtp.close()
            connected.close()
            if transport is not None:
                cast("asyncio.WriteTransport", transport).abort()

    async def _encrypted(self, smtp: SMTP, host: str, patience: Patience) -> None:
        if not smtp.supports_extension("starttls"):
            raise SMTPException("the server offers no STARTTLS")
        await smtp.starttls(server_hostname=host, tls_context=whomever(), timeout=self.seconds)
        await greet(smtp, patience)

    async def _asked(self, smtp: SMTP, verb: bytes, words: str, utf8_for: str | None) -> None:
        if utf8_for is not None and not utf8_for.isascii():
            if not smtp.supports_extension("smtputf8"):
                raise SMTPException("the server takes no addresses beyond ASCII")
            words += " SMTPUTF8"
        answer = await smtp.execute_command(verb, words.encode(), timeout=self.seconds)
        reply = Reply.told(answer.code, answer.message)
        if reply.fate is not Fate.TAKEN:
            raise SMTPResponseException(reply.code, reply.text)

    async def _quit(self, smtp: SMTP) -> None:
        self.tell({"type": "quitStart"})
        clock = asyncio.get_running_loop().time
        began = clock()
        with suppress(SMTPException, OSError, TimeoutError):
            await smtp.execute_command(b"QUIT", timeout=min(self.seconds, Patience().quit))
        self.tell({"type": "quitCompleted", "elapsed": round((clock() - began) * 1000)})


def _reason(problem: BaseException) -> str:
    match problem:
        case SMTPResponseException():
            return str(Reply.told(problem.code, problem.message))
        case Refused():
            # What a name stands for here is for the log alone.
            return "it is in a network that nothing is sent to"
    return Reply.told(451, known(problem)).text


def _told_exchanges(found: Sequence[tuple[int, str]]) -> Stage:
    tiers = groupby(found, key=lambda one: one[0])
    return {"mxs": [{"exchanges": [host for _, host in those], "preference": at} for at, those in tiers]}


def _told_policy(found: tuple[str, StsPolicy]) -> Stage:
    identity, policy = found
    return {"policy": {"id": identity, "mode": policy.mode, "mx": list(policy.mx), "max_age": policy.seconds}}


def _told_places(found: Sequence[str]) -> Stage:
    return {
        "rua": [
            {"type": "mail", "email": one[len("mailto:") :]}
            if one.lower().startswith("mailto:")
            else {"type": "http", "url": one}
            for one in found
        ]
    }
