"""Settings of mail that is taken in: what a session may send, and how much an account may hold."""

from pillarbox.settings.declare import Group, Setting
from pillarbox.settings.kind import BOOLEAN, COUNT, STRING, optional
from pillarbox.settings.quantity import BYTES, DURATION, Bytes, Duration

__all__ = [
    "ACCOUNT_QUOTA",
    "DELIVERY",
    "MAX_RECEIVED_HEADERS",
    "MAX_RECIPIENTS",
    "MAX_SIZE_MESSAGE",
    "SESSION_TIMEOUT",
    "SUB_ADDRESSING",
    "VACATION_PERIOD",
    "VACATION_PREFIX",
    "VACATION_SUBJECT",
]

SESSION_TIMEOUT = Setting(
    "session.timeout",
    DURATION,
    # RFC 5321 section 4.5.3.2.7: a server waits at least five minutes for the next command.
    Duration(300_000),
    "How long to wait for the peer before the connection is closed.",
)
MAX_RECIPIENTS = Setting(
    "session.rcpt.max-recipients",
    # RFC 5321 section 4.5.3.1.8: no fewer than 100 are to be accepted; who sets less is obeyed.
    COUNT,
    100,
    "How many recipients one message may have; the sender is asked to send to the rest again.",
)
SUB_ADDRESSING = Setting(
    "session.rcpt.sub-addressing",
    BOOLEAN,
    True,
    "Whether `user+anything@domain` is delivered to `user@domain`.",
)
MAX_SIZE_MESSAGE = Setting(
    "session.data.limits.size",
    BYTES,
    Bytes(104_857_600),
    "The largest message that is taken in.",
)
MAX_RECEIVED_HEADERS = Setting(
    "session.data.limits.received-headers",
    COUNT,
    100,
    "How many `Received` headers a message may have; with more it is taken to go in circles, and refused.",
)
ACCOUNT_QUOTA = Setting(
    "account.quota",
    optional(BYTES),
    None,
    "How much mail an account may hold, unless the account has a limit of its own. Off: any amount.",
)
VACATION_PERIOD = Setting(
    "sieve.untrusted.default-expiry.vacation",
    DURATION,
    # RFC 3834 section 2 recommends seven days.
    Duration(7 * 86_400_000),
    "For how long nobody is sent the same vacation response again.",
)
VACATION_SUBJECT = Setting(
    "sieve.untrusted.vacation.default-subject",
    STRING,
    "Automated reply",
    "The subject of a vacation response to a message without one, unless its user wrote another.",
)
VACATION_PREFIX = Setting(
    "sieve.untrusted.vacation.subject-prefix",
    STRING,
    "Auto: ",
    "What stands before the subject of the message in that of a vacation response, unless its user wrote another.",
)

DELIVERY = Group(
    "Incoming mail",
    "What one session and one message may be, and what an account may hold.",
    (
        SESSION_TIMEOUT,
        MAX_RECIPIENTS,
        SUB_ADDRESSING,
        MAX_SIZE_MESSAGE,
        MAX_RECEIVED_HEADERS,
        ACCOUNT_QUOTA,
        VACATION_PERIOD,
        VACATION_SUBJECT,
        VACATION_PREFIX,
    ),
)
