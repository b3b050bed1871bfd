"""What a session may do and a message may be: the settings of delivery, as one value."""

from dataclasses import dataclass, field

from pillarbox.datatypes.mail import Wording
from pillarbox.settings import Snapshot, catalogue, host_name

__all__ = ["Policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that a session runs under, from its first line to its last."""

    host: str
    """Our name, in the greeting and in Received."""
    timeout: float
    """Seconds without a command, or without progress in the data."""
    max_recipients: int
    max_size: int
    """Octets of a message."""
    max_received: int
    """Received fields of a message; more are a loop."""
    sub_addressing: bool
    quota: int | None
    """Octets an account may hold, unless it has a quota of its own."""
    vacation_period: float = 7 * 86_400
    """Seconds in which nobody is sent the same vacation response again."""
    wording: Wording = field(default_factory=Wording)
    """That of vacation responses."""

    keeps_journal: bool = True
    """Whether accounts remember what came in."""

    @classmethod
    def of(cls, settings: Snapshot) -> "Policy":
        """The policy that follows from the settings."""
        return cls(
            host=host_name(settings),
            timeout=settings[catalogue.SESSION_TIMEOUT].seconds,
            max_recipients=settings[catalogue.MAX_RECIPIENTS],
            max_size=settings[catalogue.MAX_SIZE_MESSAGE],
            max_received=settings[catalogue.MAX_RECEIVED_HEADERS],
            sub_addressing=settings[catalogue.SUB_ADDRESSING],
            quota=settings[catalogue.ACCOUNT_QUOTA],
            vacation_period=settings[catalogue.VACATION_PERIOD].seconds,
            wording=Wording(settings[catalogue.VACATION_PREFIX], settings[catalogue.VACATION_SUBJECT]),
            keeps_journal=settings[catalogue.JOURNAL_KEEP] is not None,
        )
