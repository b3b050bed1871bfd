"""One-time codes by time (RFC 6238): their arithmetic. Which of them were used is for the caller to know."""

import base64
import hmac
import secrets
import struct
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlencode, urlsplit

__all__ = ["BadTotp", "Totp"]

SKEW = 1
"""Steps by which the clock of a device may be behind or ahead (RFC 6238 section 5.2)."""
_ALGORITHMS = frozenset({"SHA1", "SHA256", "SHA512"})
_SHORTEST = 10
"""Octets of a secret: 80 bits, as many servers still make them. Ours are as long as RFC 4226 section 4 wants them."""
_OURS = 20
_LONGEST = 1024


class BadTotp(ValueError):
    """This is no URL of a generator of codes; the message says so to people."""


@dataclass(frozen=True, slots=True)
class Totp:
    """A generator of codes; `secret` is base32, `period` in seconds."""

    secret: str
    digits: int = 6
    period: int = 30
    algorithm: str = "SHA1"

    @staticmethod
    def fresh() -> "Totp":
        """A new one, in the only form that all programs which make codes understand."""
        return Totp(base64.b32encode(secrets.token_bytes(_OURS)).decode())

    @staticmethod
    def of(url: str) -> "Totp":
        """The one that an `otpauth://totp/` URL tells of. Raises BadTotp."""
        try:
            parts = urlsplit(url)
            asked = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
            found = Totp(
                asked["secret"].upper().replace(" ", "").rstrip("="),
                int(asked.get("digits", "6")),
                int(asked.get("period", "30")),
                asked.get("algorithm", "SHA1").upper(),
            )
            is_sane = found._is_sane
        except (ValueError, KeyError):
            raise BadTotp("this is no otpauth:// URL with a secret in base32") from None
        if parts.scheme != "otpauth" or parts.netloc != "totp" or len(url) > _LONGEST or not is_sane:
            raise BadTotp("this is no otpauth://totp/ URL of six to eight digits")
        return found

    def url(self, account: str, issuer: str) -> str:
        """What programs that make codes read, as a picture of which it is shown."""
        asked = {"secret": self.secret, "issuer": issuer}
        if (self.digits, self.period, self.algorithm) != (6, 30, "SHA1"):
            asked |= {"digits": str(self.digits), "period": str(self.period), "algorithm": self.algorithm}
        return f"otpauth://totp/{quote(issuer, safe='')}:{quote(account, safe='')}?{urlencode(asked, quote_via=quote)}"

    def at(self, step: int) -> str:
        """The code of a step: so many periods since 1970 (RFC 4226 section 5.3)."""
        made = hmac.digest(self._octets, struct.pack(">Q", step), self.algorithm)
        (number,) = struct.unpack_from(">I", made, made[-1] & 0xF)
        return f"{(number & 0x7FFF_FFFF) % 10**self.digits:0{self.digits}d}"

    def step(self, code: str, now: float, after: int = 0) -> int | None:
        """The step that this is the code of: about now, and later than the last one that was used.

        None for a code that is wrong, of another time, or used; `now` is in seconds since 1970.
        """
        present = int(now // self.period)
        given = code.encode("utf-8", "replace")
        near = range(max(0, present - SKEW), present + SKEW + 1)
        right = [one for one in near if hmac.compare_digest(self.at(one).encode(), given)]
        return next((one for one in right if one > after), None)

    @property
    def _is_sane(self) -> bool:
        is_known = self.algorithm in _ALGORITHMS
        return is_known and 6 <= self.digits <= 8 and 10 <= self.period <= 300 and len(self._octets) >= _SHORTEST

    @property
    def _octets(self) -> bytes:
        return base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))
