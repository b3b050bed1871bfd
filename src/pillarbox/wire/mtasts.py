"""An MTA-STS policy: which servers take a domain's mail, and that they do so over TLS (RFC 8461)."""

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["LONGEST", "Mode", "StsPolicy"]

Mode: TypeAlias = Literal["enforce", "testing", "none"]

LONGEST = 31_557_600
"""Seconds that a policy may be kept for at most (section 3.2)."""


@dataclass(frozen=True, slots=True)
class StsPolicy:
    """What senders are to keep to for so many seconds; names of `mx` may begin with `*.` (section 3.2)."""

    mode: Mode
    seconds: int
    mx: tuple[str, ...]

    def octets(self) -> bytes:
        """The policy as it is served, its lines in a fixed order and ended by CRLF (section 3.2)."""
        lines = ["version: STSv1", f"mode: {self.mode}", f"max_age: {min(self.seconds, LONGEST)}"]
        lines += [f"mx: {name}" for name in sorted(set(self.mx))]
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")

    @property
    def id(self) -> str:
        """What the domain's TXT record names it by: another one exactly when the policy is another (section 3.1)."""
        return hashlib.sha256(self.octets()).hexdigest()[:32]
