"""LMTP as states and steps, without a socket, a clock or a directory (RFC 2033, RFC 5321, RFC 2920).

What a client may say depends on what was accepted before. The rows are states, the columns what moves on from them; an
empty field is answered 503 and changes nothing (RFC 5321 section 4.1.4).

    ============  ======  ==========  ==========  ====  =======  ============
    state         LHLO    MAIL        RCPT        DATA  RSET     the data end
    ============  ======  ==========  ==========  ====  =======  ============
    STRANGER      READY                                 STRANGER
    READY         READY   SENDER                        READY
    SENDER        READY               RECIPIENTS        READY
    RECIPIENTS    READY               RECIPIENTS  DATA  READY
    DATA                                                         READY
    ENDED
    ============  ======  ==========  ==========  ====  =======  ============

RCPT moves on only if its recipient was accepted, and whoever drives the dialogue says so. NOOP, VRFY, HELP and QUIT may
come at any time; QUIT leads to ENDED, and so do too many errors. The driver asks for one step after the other:

    Answer    send this reply; unless it is held, send everything now
    Look      find the account of a recipient, then call `accept` or `refuse`
    Take      deliver the message, answer for each recipient, then call `taken`
    Wait      nothing left to do with what was fed: read more, call `feed`
    End       close the connection
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

from pillarbox.access import Principal
from pillarbox.delivery import reply
from pillarbox.delivery.command import MAX_LINE, Addressed, addressed, command, is_client_name
from pillarbox.delivery.data import Data, Fault, Room
from pillarbox.delivery.path import Malformed, Path
from pillarbox.delivery.policy import Policy
from pillarbox.delivery.reply import Reply

__all__ = ["Answer", "Dialogue", "End", "Look", "Recipient", "State", "Step", "Take", "Transaction", "Wait"]

MAX_ERRORS = 20
"""Commands that are none, or out of order, before the connection is ended; Postfix takes as many. A message taken in
begins the count anew, and a recipient that does not exist is no error of the client's."""
MAX_COMMANDS = 1000
"""Commands but RCPT without a message taken in. Who probes addresses over one connection needs some hundreds."""

# A web page can make its reader's browser send these, with commands of ours in what follows.
_HTTP = frozenset(("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PRI", "PUT", "TRACE"))
# Known, and not announced (RFC 5321 section 4.2.4).
_NOT_IMPLEMENTED = frozenset(("AUTH", "BDAT", "ETRN", "EXPN", "SAML", "SEND", "SOML", "STARTTLS", "TURN"))


class State(Enum):
    """How far a client has come."""

    STRANGER = auto()
    READY = auto()
    SENDER = auto()
    RECIPIENTS = auto()
    DATA = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient that was accepted: as the client named it, and whose it is."""

    path: Path
    principal: Principal


@dataclass(slots=True)
class Transaction:
    """One message on its way in: by whom, for whom."""

    client: str
    reverse_path: Path
    utf8: bool
    recipients: list[Recipient] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply; a held one may wait for others (RFC 2920 section 3.2)."""

    reply: Reply
    held: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """The recipient that RCPT names."""

    path: Path


@dataclass(frozen=True, slots=True)
class Take:
    """A transaction that is complete, with its message or with what all recipients are told instead."""

    transaction: Transaction
    message: bytearray
    instead: Reply | None


@dataclass(frozen=True, slots=True)
class Wait:
    """More octets are needed; so many have come of the message that is being read."""

    received: int


@dataclass(frozen=True, slots=True)
class End:
    """It is over."""


Step: TypeAlias = Answer | Look | Take | Wait | End


class Dialogue:
    """One connection's worth of LMTP."""

    def __init__(self, policy: Policy, room: Room) -> None:
        self._policy = policy
        self._room = room
        self._state = State.STRANGER
        self._client = ""
        self._transaction: Transaction | None = None
        self._data: Data | None = None
        self._looking: Path | None = None
        self._input = bytearray()
        self._overlong = False
        self._errors = 0
        self._commands = 0
        self._ready: deque[Step] = deque([Answer(reply.greeting(policy.host))])
        self._obeyed: Mapping[str, Callable[[str], Step]] = {
            "LHLO": self._lhlo,
            "HELO": self._smtp,
            "EHLO": self._smtp,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._begin_data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "VRFY": self._vrfy,
            "HELP": self._help,
            "QUIT": self._quit,
        }

    @property
    def is_idle(self) -> bool:
        """Whether nothing has begun that the client would have to begin again."""
        return self._transaction is None

    def feed(self, octets: bytes) -> None:
        """What the client has sent."""
        self._input += octets

    def step(self) -> Step:
        """What is to be done next."""
        if self._ready:
            return self._ready.popleft()
        if self._state is State.ENDED:
            return End()
        if self._data is not None:
            return self._more(self._data)
        line = self._line()
        if line is None:
            return Wait(0)
        return self._error(reply.TOO_LONG) if self._overlong_ended() else self._obey(line)

    def accept(self, principal: Principal) -> None:
        """The recipient asked for is this account's."""
        transaction, path = self._asked()
        transaction.recipients.append(Recipient(path, principal))
        self._state = State.RECIPIENTS
        self._ready.append(Answer(reply.RECIPIENT_OK.about(path), held=True))

    def refuse(self, told: Reply) -> None:
        """The recipient asked for cannot have the message."""
        _, path = self._asked()
        self._ready.append(Answer(told.about(path), held=True))

    def taken(self) -> None:
        """The message was answered for, one recipient after the other."""
        self._errors = self._commands = 0
        self._reset()

    def drop(self) -> None:
        """Gives up what is begun, as when the connection is lost."""
        self._reset()
        self._state = State.ENDED

    def _line(self) -> bytes | None:
        """The next command line without its CRLF; of one that is too long nothing is kept."""
        end = self._input.find(b"\r\n")
        if end < 0:
            if len(self._input) > MAX_LINE:
                self._overlong = True
                # The last octet may be the CR of the CRLF that ends it.
                del self._input[:-1]
            return None
        line = bytes(self._input[:end])
        del self._input[: end + 2]
        self._overlong = self._overlong or end + 2 > MAX_LINE
        return line

    def _overlong_ended(self) -> bool:
        overlong, self._overlong = self._overlong, False
        return overlong

    def _obey(self, line: bytes) -> Step:
        try:
            said = command(line)
        except Malformed as fault:
            return self._error(_unreadable(line, fault))
        if said.verb in _HTTP:
            return self._end(reply.STRANGER)
        if said.verb != "RCPT":
            self._commands += 1
            if self._commands > MAX_COMMANDS:
                return self._end(reply.TOO_MANY_COMMANDS)
        if said.verb in _NOT_IMPLEMENTED:
            return self._error(reply.NOT_IMPLEMENTED)
        obey = self._obeyed.get(said.verb)
        return self._error(reply.UNKNOWN_COMMAND) if obey is None else obey(said.argument)

    def _lhlo(self, argument: str) -> Step:
        if not is_client_name(argument):
            return self._error(reply.BAD_CLIENT_NAME)
        self._client = argument
        self._state = State.READY
        self._reset()
        return Answer(reply.capabilities(self._policy.host, self._policy.max_size))

    def _smtp(self, _argument: str) -> Step:
        return self._error(reply.SMTP_GREETING)

    def _mail(self, argument: str) -> Step:
        if self._state is State.STRANGER:
            return self._error(reply.out_of_order("LHLO comes first"))
        if self._state is not State.READY:
            return self._error(reply.out_of_order("A sender was given before; RSET begins anew"))
        try:
            said = addressed("FROM:", argument)
        except Malformed:
            return self._error(reply.BAD_SENDER)
        if said.path.text and not said.path.domain:
            return self._error(reply.BAD_SENDER)
        refusal = self._parameters(said)
        if refusal is not None:
            return self._error(refusal)
        self._transaction = Transaction(self._client, said.path, "SMTPUTF8" in said.parameters)
        self._state = State.SENDER
        return Answer(reply.SENDER_OK.about(said.path), held=True)

    def _parameters(self, said: Addressed) -> Reply | None:
        """What is wrong with the parameters of MAIL, if anything is."""
        for name, value in said.parameters.items():
            match name:
                case "SIZE":
                    if value is None or not (value.isascii() and value.isdigit()) or len(value) > 20:
                        return reply.BAD_PARAMETER
                    if int(value) > self._policy.max_size:
                        return reply.TOO_LARGE
                case "BODY":
                    if (value or "").upper() not in ("7BIT", "8BITMIME"):
                        return reply.BAD_PARAMETER
                case "SMTPUTF8":
                    if value is not None:
                        return reply.BAD_PARAMETER
                case _:
                    return reply.UNKNOWN_PARAMETER
        if "SMTPUTF8" not in said.parameters and not said.path.text.isascii():
            return reply.NOT_ASCII_SENDER
        return None

    def _rcpt(self, argument: str) -> Step:
        transaction = self._transaction
        if transaction is None:
            return self._error(reply.out_of_order("MAIL comes first"))
        try:
            said = addressed("TO:", argument)
        except Malformed:
            return self._error(reply.BAD_RECIPIENT)
        # Only postmaster is known without a domain (section 4.5.1).
        if not said.path.domain and said.path.local.lower() != "postmaster":
            return self._error(reply.BAD_RECIPIENT)
        if said.parameters:
            return self._error(reply.UNKNOWN_PARAMETER)
        if not transaction.utf8 and not said.path.text.isascii():
            return self._error(reply.NOT_ASCII_RECIPIENT)
        if len(transaction.recipients) >= self._policy.max_recipients:
            return Answer(reply.TOO_MANY_RECIPIENTS.about(said.path), held=True)
        self._looking = said.path
        return Look(said.path)

    def _asked(self) -> tuple[Transaction, Path]:
        """The transaction, and the recipient that was asked for."""
        transaction, path = self._transaction, self._looking
        if transaction is None or path is None:
            raise RuntimeError("no recipient was asked for")
        self._looking = None
        return transaction, path

    def _begin_data(self, argument: str) -> Step:
        if argument:
            return self._error(reply.NO_ARGUMENT)
        if self._transaction is None:
            return self._error(reply.out_of_order("MAIL comes first"))
        if not self._transaction.recipients:
            return self._error(reply.out_of_order("No recipient was accepted"))
        self._state = State.DATA
        self._data = Data(self._policy.max_size, self._room)
        return Answer(reply.START_DATA)

    def _more(self, data: Data) -> Step:
        """What has come of the message: all of it, or something to wait for."""
        octets = bytes(self._input)
        self._input.clear()
        rest = data.feed(octets)
        if rest is None:
            return Wait(data.received)
        self._input += rest
        transaction = self._transaction
        if transaction is None:
            raise RuntimeError("data without a transaction")
        instead = _INSTEAD[data.fault] if data.fault is not None else None
        return Take(transaction, data.message, instead)

    def _rset(self, argument: str) -> Step:
        if argument:
            return self._error(reply.NO_ARGUMENT)
        self._reset()
        return Answer(reply.OK, held=True)

    def _noop(self, _argument: str) -> Step:
        return Answer(reply.OK)

    def _vrfy(self, argument: str) -> Step:
        return Answer(reply.NOT_VERIFIED) if argument else self._error(reply.NO_ARGUMENT)

    def _help(self, _argument: str) -> Step:
        return Answer(reply.HELP)

    def _quit(self, argument: str) -> Step:
        return self._error(reply.NO_ARGUMENT) if argument else self._end(reply.BYE)

    def _reset(self) -> None:
        """No transaction, as after RSET (section 4.1.1.5)."""
        if self._data is not None:
            self._data.drop()
        self._data = self._transaction = self._looking = None
        if self._state is not State.STRANGER:
            self._state = State.READY

    def _error(self, told: Reply) -> Step:
        # Refusals of what was well said (550 and above) are no errors of the client.
        self._errors += told.code < 550
        if self._errors > MAX_ERRORS:
            self._ready.append(self._end(reply.TOO_MANY_ERRORS))
        return Answer(told)

    def _end(self, told: Reply) -> Step:
        self._state = State.ENDED
        return Answer(told)


def _unreadable(line: bytes, fault: Malformed) -> Reply:
    """What a line with characters that may not be there is told (section 4.1.2)."""
    if fault.position == 0:
        return reply.UNREADABLE
    return {b"MAIL": reply.BAD_SENDER, b"RCPT": reply.BAD_RECIPIENT}.get(line[:4].upper(), reply.NO_ARGUMENT)


_INSTEAD: Mapping[Fault, Reply] = {Fault.TOO_LARGE: reply.TOO_LARGE, Fault.NO_ROOM: reply.NO_ROOM}
