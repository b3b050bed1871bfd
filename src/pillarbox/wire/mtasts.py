"""An MTA-STS policy: which servers take a domain's mail, and that they do so over TLS (RFC 8461)."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

__all__ = ["LONGEST", "BadPolicy", "Mode", "StsPolicy", "announced"]

Mode: TypeAlias = Literal["enforce", "testing", "none"]

LONGEST = 31_557_600
"""Seconds that a policy may be kept for at most (section 3.2)."""
_MOST_NAMES = 100
"""Names of one policy that are looked at."""


class BadPolicy(ValueError):
    """Not what section 3.2 asks of a policy; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class StsPolicy:
    """What senders are to keep to for so many seconds; names of `mx` may begin with `*.` (section 3.2)."""

    mode: Mode
    seconds: int
    mx: tuple[str, ...]

    @classmethod
    def read(cls, octets: bytes) -> "StsPolicy":
        """The policy that somebody serves: of fields that are there twice the first, unknown ones left out.

        Raises BadPolicy.
        """
        lines = (line.partition(":") for line in octets.decode("utf-8", "replace").splitlines() if line.strip())
        fields = [(name, value.strip()) for name, _, value in lines]
        first = dict(reversed(fields))
        if first.get("version") != "STSv1":
            raise BadPolicy("it has no line version: STSv1")
        mode, seconds = first.get("mode"), first.get("max_age", "")
        if mode not in get_args(Mode):
            raise BadPolicy("it has no mode that is enforce, testing or none")
        if re.fullmatch(r"[0-9]{1,10}", seconds) is None:
            raise BadPolicy("it has no max_age in seconds")
        names = tuple(value.lower().rstrip(".") for name, value in fields if name == "mx" and value)[:_MOST_NAMES]
        if not names and mode != "none":
            raise BadPolicy("it names no mx")
        return cls(cast("Mode", mode), min(int(seconds), LONGEST), names)

    def octets(self) -> bytes:
        """The policy as it is served, its lines in a fixed order and ended by CRLF (section 3.2)."""
        lines = ["version: STSv1", f"mode: {self.mode}", f"max_age: {min(self.seconds, LONGEST)}"]
        lines += [f"mx: {name}" for name in sorted(set(self.mx))]
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")

    @property
    def id(self) -> str:
        """What the domain's TXT record names it by: another one exactly when the policy is another (section 3.1)."""
        return hashlib.sha256(self.octets()).hexdigest()[:32]

    def covers(self, host: str) -> bool:
        """Whether a host is among its `mx`, where `*.` stands for one label (section 4.1)."""
        parent = host.partition(".")[2]
        return any(host == name or (bool(parent) and name == f"*.{parent}") for name in self.mx)


def announced(texts: Iterable[str]) -> str | None:
    """The id of the policy that TXT records announce; None where they announce none, or not clearly (section 3.1)."""
    found = [one for one in texts if one.startswith("v=STSv1;")]
    if len(found) != 1:
        return None
    for field in found[0].split(";")[1:]:
        name, _, value = field.strip().partition("=")
        if name == "id":
            return value if re.fullmatch(r"[A-Za-z0-9]{1,32}", value) else None
    return None
