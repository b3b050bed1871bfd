"""The parameters that a client may give with the addresses of an envelope (RFC 8621 section 7, "parameters").

They are those of the extensions that `submissionExtensions` names: FUTURERELEASE (RFC 4865), SIZE (RFC 1870) and DSN
(RFC 3461). Names mean the same in any case of letters; values come without the xtext encoding that SMTP needs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pillarbox.objects import UTC_DATE, Limits
from pillarbox.wire.values import JSON, utc_datetime

__all__ = ["BadParameter", "MailParameters", "mail_parameters", "recipient_parameters"]

_INTERVAL = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_SIZE = re.compile(r"[0-9]{1,20}", re.ASCII)
_PRINTABLE = re.compile(r"[ -~]+")
_PRINTABLE_UNICODE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ADDRESS_TYPE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,63}")
_LONGEST_ENVELOPE_ID = 100
_LONGEST_ORIGINAL = 500


class BadParameter(Exception):
    """A parameter that is unknown or malformed; the message says which, and what is wrong."""


@dataclass(frozen=True, slots=True)
class MailParameters:
    """What the parameters of mailFrom say.

    `release` is when the message is to be released, None for at once; `size` the octets that it is said to have.
    `onward` are the parameters that go out with the message, by name in upper case.
    """

    release: datetime | None = None
    size: int | None = None
    onward: Mapping[str, str | None] = field(default_factory=dict)


def mail_parameters(given: Mapping[str, JSON], limits: Limits, now: datetime) -> MailParameters:
    """Those of mailFrom: HOLDFOR or HOLDUNTIL, SIZE, RET and ENVID. Raises BadParameter."""
    named = _named(given)
    if "HOLDFOR" in named and "HOLDUNTIL" in named:
        raise BadParameter("HOLDFOR and HOLDUNTIL cannot be given both")
    release: datetime | None = None
    size: int | None = None
    onward: dict[str, str | None] = {}
    for name, value in named.items():
        match name:
            case "HOLDFOR":
                release = _held_for(value, limits, now)
            case "HOLDUNTIL":
                release = _held_until(value, limits, now)
            case "SIZE":
                size = int(_matching(name, value, _SIZE))
            case "RET":
                onward[name] = _one_of(name, value, ("FULL", "HDRS"))
            case "ENVID":
                onward[name] = _matching(name, value, _PRINTABLE)
                if len(value or "") > _LONGEST_ENVELOPE_ID:
                    raise BadParameter(f"ENVID must not be longer than {_LONGEST_ENVELOPE_ID} characters")
            case _:
                raise BadParameter(f"there is no parameter {name[:64]!r} of mailFrom")
    return MailParameters(release, size, onward)


def recipient_parameters(given: Mapping[str, JSON]) -> dict[str, str | None]:
    """Those of an address of rcptTo that go out with it, by upper-case name: NOTIFY and ORCPT. Raises BadParameter."""
    onward: dict[str, str | None] = {}
    for name, value in _named(given).items():
        match name:
            case "NOTIFY":
                onward[name] = _notify(value)
            case "ORCPT":
                onward[name] = _original(value)
            case _:
                raise BadParameter(f"there is no parameter {name[:64]!r} of rcptTo")
    return onward


def _named(given: Mapping[str, JSON]) -> dict[str, str | None]:
    named: dict[str, str | None] = {}
    for name, value in given.items():
        # A letter beyond ASCII may have one within it as its upper case.
        known = name.upper() if name.isascii() else name
        if known in named:
            raise BadParameter(f"{known[:64]} is given twice")
        if value is not None and not isinstance(value, str):
            raise BadParameter(f"{known[:64]} must be String|null")
        named[known] = value
    return named


def _held_for(value: str | None, limits: Limits, now: datetime) -> datetime:
    seconds = int(_matching("HOLDFOR", value, _INTERVAL))
    if seconds > limits.delayed_send:
        raise BadParameter(f"HOLDFOR must not be more than {limits.delayed_send} seconds")
    return now + timedelta(seconds=seconds)


def _held_until(value: str | None, limits: Limits, now: datetime) -> datetime:
    if not limits.delayed_send:
        raise BadParameter("HOLDUNTIL: messages cannot be held")
    if not UTC_DATE.holds(value):
        raise BadParameter("HOLDUNTIL must be UTCDate")
    until = utc_datetime(str(value)).astimezone(UTC)
    if until > now + timedelta(seconds=limits.delayed_send):
        raise BadParameter(f"HOLDUNTIL must not be more than {limits.delayed_send} seconds from now")
    return until


def _matching(name: str, value: str | None, form: re.Pattern[str]) -> str:
    if value is None or form.fullmatch(value) is None:
        raise BadParameter(f"{name} is malformed")
    return value


def _one_of(name: str, value: str | None, known: tuple[str, ...]) -> str:
    if value is None or value.upper() not in known:
        raise BadParameter(f"{name} must be {' or '.join(known)}")
    return value.upper()


def _notify(value: str | None) -> str:
    """RFC 3461 section 4.1: NEVER by itself, or some of the others."""
    wanted = (value or "").upper().split(",")
    if wanted != ["NEVER"] and (not set(wanted) <= {"SUCCESS", "FAILURE", "DELAY"} or len(set(wanted)) != len(wanted)):
        raise BadParameter("NOTIFY must be NEVER, or some of SUCCESS, FAILURE and DELAY with commas between them")
    return ",".join(wanted)


def _original(value: str | None) -> str:
    """RFC 3461 section 4.2: a type, a semicolon and an address; of type utf-8 in any script (RFC 6533 section 3)."""
    kind, semicolon, address = (value or "").partition(";")
    form = _PRINTABLE_UNICODE if kind.lower() == "utf-8" else _PRINTABLE
    if not semicolon or _ADDRESS_TYPE.fullmatch(kind) is None or form.fullmatch(address) is None:
        raise BadParameter("ORCPT must be an address type, a semicolon and an address")
    if len(str(value)) > _LONGEST_ORIGINAL:
        raise BadParameter(f"ORCPT must not be longer than {_LONGEST_ORIGINAL} characters")
    return str(value)
