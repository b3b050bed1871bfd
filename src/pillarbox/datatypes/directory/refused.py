"""Why something of the directory cannot be made, changed or removed.

AccountError            the message says why, and what to do
├── Absent              there is nobody of that name
├── Unknown             something that was named beside is not there
├── Taken               a name or an address is somebody else's
├── Needed              a field has to be given
├── Unfit               a value cannot be that
├── Denied              whoever asks may not do that
└── InUse               something else has to go first
"""

from collections.abc import Sequence

__all__ = ["Absent", "AccountError", "Denied", "InUse", "Needed", "Taken", "Unfit", "Unknown"]

_SHOWN = 80


class AccountError(Exception):
    """An account cannot be made or changed so; the message says why, and what to do."""

    field: str = ""
    """The field that is wrong, where it is one."""
    step: int | None = None
    """Of a change by steps, the one that cannot be done, from 0."""
    others: "Sequence[AccountError]" = ()
    """What else there is against it."""


class Absent(AccountError):
    """There is nobody of that name, or nobody whom the manager may see."""

    def __init__(self, item: str) -> None:
        super().__init__(f"there is no {shown(item)}")
        self.item = shown(item)


class Unknown(AccountError):
    """What a field names is not there, or is nothing that the field can name."""

    def __init__(self, field: str, item: str) -> None:
        what = "role " if field == "roles" else ""
        super().__init__(f"{field}: there is no {what}{shown(item)}")
        self.field, self.item = field, shown(item)


class Taken(AccountError):
    """A value that there can be once is somebody else's."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"{field}: {shown(value)} is taken")
        self.field, self.value = field, shown(value)


class Needed(AccountError):
    """A field has to be given."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field}: this is required")
        self.field = field


class Unfit(AccountError):
    """A value cannot be that; `details` is the reference's word for it (management API sections 4.3 and 4.4)."""

    def __init__(self, reason: str, details: str = "Invalid parameter", field: str = "") -> None:
        super().__init__(reason)
        self.details, self.reason, self.field = details, reason, field


class Denied(AccountError):
    """Whoever asks may not do that."""


class InUse(AccountError):
    """Something else needs it: that has to go first."""

    def __init__(self, reason: str, details: str = "Principal is in use") -> None:
        super().__init__(reason)
        self.details, self.reason = details, reason


def shown(text: str) -> str:
    """As much of what was sent as is told again."""
    return text[:_SHOWN].encode("utf-8", "replace").decode()
