"""One attempt at one server: a connection, one transaction, and what came of each recipient (RFC 5321 section 3.3).

    Unreached    nobody has said anything of the recipients; another server of the domain may be tried

aiosmtplib speaks; which extensions are used, how long is waited and what a reply means is decided here.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from ipaddress import ip_address
from typing import cast

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponseException

from pillarbox.queue.reply import Reply
from pillarbox.queue.transaction import Envelope, Patience, Progress, Transaction
from pillarbox.queue.verdict import Verdict
from pillarbox.telemetry import Secret

__all__ = ["Caller", "Place", "Tls", "Unreached", "attempt", "dialled", "greet", "known", "whomever"]


class Tls(Enum):
    """Whether a connection is encrypted, and whether the server has to say who it is."""

    NONE = "none"
    OPPORTUNISTIC = "opportunistic"
    """If it offers STARTTLS, by whatever certificate (RFC 7435): nobody has said whose it should be."""
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True)
class Place:
    """A server: its name, the address that is connected to, and how; with a user's name there are credentials."""

    name: str
    address: str
    port: int
    tls: Tls
    username: str = ""
    secret: Secret = field(default_factory=lambda: Secret(""))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who connects: the name we greet with, and whom we believe that they are who they say."""

    host: str
    trust: ssl.SSLContext
    patience: Patience = field(default_factory=Patience)


class Unreached(Exception):
    """Nothing was asked of the server: what it said instead, or what we say in its place."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class _NoHandshake(Exception):
    """STARTTLS was agreed upon and failed."""


async def attempt(place: Place, envelope: Envelope, octets: bytes, caller: Caller, progress: Progress) -> list[Verdict]:
    """What came of each recipient, in their order. Raises Unreached."""
    try:
        return await _attempt(place, envelope, octets, caller, progress, place.tls)
    except _NoHandshake as problem:
        if place.tls is not Tls.OPPORTUNISTIC:
            raise Unreached(Reply.told(451, f"4.7.5 TLS failed: {problem}")) from problem
        # RFC 7435 section 3: what cannot be encrypted goes as if encryption had not been offered.
        return await _attempt(place, envelope, octets, caller, progress, Tls.NONE)


async def _attempt(
    place: Place, envelope: Envelope, octets: bytes, caller: Caller, progress: Progress, tls: Tls
) -> list[Verdict]:
    transaction: Transaction | None = None
    try:
        whole = caller.patience.whole if envelope.sender else caller.patience.unasked
        async with asyncio.timeout(whole + len(octets) / caller.patience.slowest):
            async with _connected(place, caller, tls) as smtp:
                transaction = Transaction(smtp, place.name, envelope, octets, caller.patience, progress)
                await transaction.run()
    except (SMTPException, OSError, TimeoutError) as problem:
        if transaction is None:
            raise Unreached(Reply.told(451, f"4.4.2 {place.name}: {known(problem)}")) from problem
        # The connection is gone in the midst of it.
        said = f"4.4.2 the connection to {place.name} was lost: {known(problem)}"
        if progress.is_in_doubt:
            said += "; it may have the message, and gets it again (RFC 1047)"
        elif not any(transaction.verdicts):
            # Another server may do better; and who behaves so is not asked for each message.
            raise Unreached(Reply.told(451, said)) from problem
        lost = Verdict(Reply.told(451, said), place.name, is_in_doubt=progress.is_in_doubt)
        return [one or lost for one in transaction.verdicts]
    never = Verdict(Reply(451, "4.3.0 nothing was said of this recipient"), place.name)
    return [one or never for one in transaction.verdicts]


@asynccontextmanager
async def _connected(place: Place, caller: Caller, tls: Tls) -> AsyncIterator[SMTP]:
    """A server that was greeted, over TLS and with credentials where these are wanted. Raises Unreached."""
    patience = caller.patience
    smtp = await _opened(place, caller, tls)
    try:
        try:
            await greet(smtp, patience)
            if tls in (Tls.STARTTLS, Tls.OPPORTUNISTIC):
                await _encrypt(smtp, place, caller, tls)
            if place.username:
                await _log_in(smtp, place, patience)
        except SMTPResponseException as refused:
            raise Unreached(Reply.told(refused.code, refused.message)) from refused
        except (SMTPException, OSError, TimeoutError) as problem:
            raise Unreached(Reply.told(451, f"4.4.2 {place.name}: {known(problem)}")) from problem
        yield smtp
        with suppress(SMTPException, OSError, TimeoutError):
            await smtp.execute_command(b"QUIT", timeout=patience.quit)
    finally:
        transport = smtp.transport
        smtp.close()
        if transport is not None:
            # All is said: nobody is waited for to say goodbye to TLS too. (uvloop's have no base of asyncio's.)
            cast("asyncio.WriteTransport", transport).abort()


async def _opened(place: Place, caller: Caller, tls: Tls) -> SMTP:
    patience = caller.patience
    try:
        async with asyncio.timeout(patience.connect):
            connected = await dialled(place.address, place.port)
    except (OSError, TimeoutError) as problem:
        raise Unreached(_unreached(place, problem)) from problem
    try:
        smtp = SMTP(
            hostname=place.name,
            sock=connected,
            local_hostname=caller.host,
            use_tls=tls is Tls.IMPLICIT,
            start_tls=False,
            tls_context=caller.trust,
            timeout=patience.greeting,
        )
        await smtp.connect()
    except SMTPResponseException as refused:
        connected.close()
        raise Unreached(Reply.told(refused.code, refused.message)) from refused
    except (SMTPException, OSError, TimeoutError) as problem:
        connected.close()
        raise Unreached(_unreached(place, problem)) from problem
    except BaseException:
        connected.close()
        raise
    return smtp


def _unreached(place: Place, problem: BaseException) -> Reply:
    return Reply.told(451, f"4.4.1 {place.name} ({place.address}) cannot be reached: {known(problem)}")


async def dialled(address: str, port: int) -> socket.socket:
    """A connection to an address. Raises OSError."""
    connecting = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connecting, (address, port))
    except BaseException:
        connecting.close()
        raise
    return connecting


async def greet(smtp: SMTP, patience: Patience) -> None:
    """EHLO, or HELO where that is not known (section 3.2)."""
    try:
        await smtp.ehlo(timeout=patience.command)
    except SMTPHeloError as problem:
        if problem.code // 100 != 5:
            raise
        await smtp.helo(timeout=patience.command)


async def _encrypt(smtp: SMTP, place: Place, caller: Caller, tls: Tls) -> None:
    """STARTTLS (RFC 3207), and EHLO again: what was said before may have been said by anybody (section 4.2)."""
    if not smtp.supports_extension("starttls"):
        if tls is Tls.STARTTLS:
            raise Unreached(Reply(451, f"4.7.10 {place.name} offers no STARTTLS, which is required"))
        return
    context = whomever() if tls is Tls.OPPORTUNISTIC else caller.trust
    try:
        await smtp.starttls(server_hostname=place.name, tls_context=context, timeout=caller.patience.command)
    except (SMTPException, OSError, TimeoutError, UnicodeError) as problem:
        # DNS may say names that TLS does not know as any: then it is a UnicodeError.
        raise _NoHandshake(known(problem)) from problem
    await greet(smtp, caller.patience)


async def _log_in(smtp: SMTP, place: Place, patience: Patience) -> None:
    """AUTH (RFC 4954), never but to who has shown a good certificate (section 14), or is on this machine.

    A refusal is the operator's to mend, so mail waits.
    """
    if place.tls not in (Tls.STARTTLS, Tls.IMPLICIT) and not ip_address(place.address.partition("%")[0]).is_loopback:
        raise Unreached(Reply(451, f"4.7.11 credentials are not sent to {place.name} without a certificate"))
    try:
        await smtp.login(place.username, place.secret.reveal(), timeout=patience.command)
    except SMTPException as problem:
        code = f" ({problem.code})" if isinstance(problem, SMTPResponseException) else ""
        raise Unreached(Reply(451, f"4.7.8 {place.name} does not take our credentials{code}")) from None


@cache
def whomever() -> ssl.SSLContext:
    """TLS with whomever, by whatever certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def known(problem: BaseException) -> str:
    """What is told of a problem with a connection."""
    return str(problem) or ("it took too long" if isinstance(problem, TimeoutError) else type(problem).__name__)
