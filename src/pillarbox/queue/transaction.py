"""One transaction of SMTP (RFC 5321 section 3.3): which extensions are used, and what each reply means."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPResponseException, SMTPServerDisconnected

from pillarbox.queue.octets import header_of, stuffed, xtext
from pillarbox.queue.reply import Fate, Reply
from pillarbox.queue.verdict import Verdict

__all__ = ["MOST_RECIPIENTS", "Addressed", "Envelope", "Patience", "Progress", "Transaction"]

_GO_AHEAD = 354

MOST_RECIPIENTS = 100
"""Section 4.5.3.1.8: what every server takes in one transaction."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A recipient and the parameters of RCPT TO, by names in upper case and without their encoding."""

    address: str
    parameters: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Envelope:
    """The sender, empty for none, the parameters of MAIL FROM, and no more than `MOST_RECIPIENTS` recipients."""

    sender: str
    parameters: Mapping[str, str | None]
    recipients: Sequence[Addressed]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. Section 4.5.3.2 says how long a client waits at the least; the data get more time the more they are."""

    connect: float = 30.0
    greeting: float = 300.0
    command: float = 300.0
    data: float = 600.0
    slowest: float = 10_000.0
    """Octets a second."""
    whole: float = 3600.0
    unasked: float = 600.0
    """All of it for a message without a return address, of which nobody would hear that it failed."""
    quit: float = 5.0


@dataclass(slots=True, eq=False)
class Progress:
    """How far a transaction is, for whoever may have to end it.

    `may_begin` is asked with the addresses that were taken, just before the message is given to the server: whether it
    still is to be. `has_begun` from then on, or `is_withdrawn`; `is_in_doubt` while the server may have it without our
    being told.
    """

    may_begin: Callable[[Sequence[str]], Awaitable[bool]]
    has_begun: bool = False
    is_withdrawn: bool = False
    is_in_doubt: bool = False


class Transaction:
    """MAIL, RCPT, DATA: one message to one server.

    `verdicts` are put down as they are known.
    """

    def __init__(
        self,
        smtp: SMTP,
        host: str,
        envelope: Envelope,
        octets: bytes,
        patience: Patience,
        progress: Progress,
    ) -> None:
        self._smtp = smtp
        self._host = host
        self._envelope = envelope
        self._octets = octets
        self._patience = patience
        self._progress = progress
        self.verdicts: list[Verdict | None] = [None] * len(envelope.recipients)
        self._has_dsn = smtp.supports_extension("dsn")

    async def run(self) -> None:
        """Raises aiosmtplib.SMTPException, OSError and TimeoutError where the connection is lost in the midst of it."""
        unfit = self._unfit()
        if unfit is not None:
            self._all(unfit)
            return
        reply = await self._ask(b"MAIL", f"FROM:<{self._envelope.sender}>", self._mail_parameters())
        if reply.fate is not Fate.TAKEN:
            self._all(reply)
            return
        taken = await self._recipients()
        if taken:
            await self._data(taken)

    def _unfit(self) -> Reply | None:
        """Why this server cannot have the message at all, None if it can."""
        smtp, size = self._smtp, len(self._octets)
        if not self._octets.isascii() and not smtp.supports_extension("8bitmime"):
            # RFC 6152 section 3: never to a server that has not said so.
            return Reply(554, "5.6.3 the server takes no octets beyond ASCII")
        if self._needs_utf8 and not smtp.supports_extension("smtputf8"):
            return Reply(553, "5.6.7 the server takes no addresses and fields beyond ASCII")
        most = smtp.esmtp_extensions.get("size", "")
        if most.isascii() and most.isdigit() and 0 < int(most[:20]) < size:
            return Reply(552, f"5.3.4 the message has {size} octets, and the server takes {int(most[:20])}")
        return None

    @property
    def _needs_utf8(self) -> bool:
        addresses = (self._envelope.sender, *(one.address for one in self._envelope.recipients))
        return not (all(map(str.isascii, addresses)) and header_of(self._octets).isascii())

    def _mail_parameters(self) -> list[str]:
        offered = self._smtp.supports_extension
        parameters = []
        if offered("size"):
            parameters.append(f"SIZE={len(self._octets)}")
        if not self._octets.isascii():
            parameters.append("BODY=8BITMIME")
        if self._needs_utf8:
            parameters.append("SMTPUTF8")
        if self._has_dsn:
            parameters += _chosen(self._envelope.parameters, ("RET", "ENVID"))
        return parameters

    async def _recipients(self) -> list[tuple[int, Reply]]:
        """The places of those who were taken, with the replies."""
        taken = []
        for place, one in enumerate(self._envelope.recipients):
            parameters = _chosen(one.parameters, ("NOTIFY", "ORCPT")) if self._has_dsn else []
            reply = await self._ask(b"RCPT", f"TO:<{one.address}>", parameters)
            if reply.code == 552 and reply.status in ("5.0.0", "5.5.3"):
                # Section 4.5.3.1.10: old servers say so where there are too many recipients.
                reply = Reply(452, reply.text)
            if reply.fate is Fate.TAKEN:
                taken.append((place, reply))
            else:
                self.verdicts[place] = Verdict(reply, self._host)
            if not self._smtp.is_connected:
                # A refusal is that of one recipient; what it says to all is 421.
                self._all(reply if reply.fate is Fate.LATER else Reply(451, "4.4.2 the server has left"))
                return []
        return taken

    async def _data(self, taken: list[tuple[int, Reply]]) -> None:
        if not await self._progress.may_begin([self._envelope.recipients[place].address for place, _ in taken]):
            self._progress.is_withdrawn = True
            return
        self._progress.has_begun = self._progress.is_in_doubt = True
        try:
            refused = await self._given()
        except SMTPResponseException as unread:
            refused = Reply.told(unread.code, unread.message)
        for place, reply in taken:
            self.verdicts[place] = Verdict(refused or reply, self._host, has_dsn=self._has_dsn and refused is None)
        self._progress.is_in_doubt = False

    async def _given(self) -> Reply | None:
        """The message is given to the server; what it says instead of taking it, None if it has it."""
        answer = await self._smtp.execute_command(b"DATA", timeout=self._patience.command)
        if answer.code != _GO_AHEAD:
            reply = Reply.told(answer.code, answer.message)
            # Whoever takes what was not given yet has not taken it.
            return Reply(451, "4.5.0 the server did not wait for the message") if reply.fate is Fate.TAKEN else reply
        protocol = self._smtp.protocol
        if protocol is None:
            raise SMTPServerDisconnected("it left before the message")
        # By hand: aiosmtplib looks at each line by itself, and all other work would wait for minutes of that.
        protocol.write(stuffed(self._octets))
        patience = self._patience.data + len(self._octets) / self._patience.slowest
        last = Reply.told(*await protocol.read_response(timeout=patience))
        return None if last.fate is Fate.TAKEN else last

    async def _ask(self, verb: bytes, path: str, parameters: Sequence[str]) -> Reply:
        encoded = [parameter.encode() for parameter in parameters]
        answer = await self._smtp.execute_command(verb, path.encode(), *encoded, timeout=self._patience.command)
        return Reply.told(answer.code, answer.message)

    def _all(self, reply: Reply) -> None:
        for place, known in enumerate(self.verdicts):
            self.verdicts[place] = known or Verdict(reply, self._host)


def _chosen(parameters: Mapping[str, str | None], names: Sequence[str]) -> list[str]:
    """Those of the parameters of DSN (RFC 3461 section 4) that are there, encoded."""
    return [f"{name}={_value(name, value)}" for name in names if (value := parameters.get(name))]


def _value(name: str, value: str) -> str:
    match name:
        case "ENVID":
            return xtext(value)
        case "ORCPT":
            kind, _, address = value.partition(";")
            return f"{kind};{xtext(address)}"
        case _:
            return value
