"""Attempts to sign in that are half done: after the password and before the second factor, or before a passkey.

An attempt after a right password is kept among the codes that processes share, so that its tries are counted. What
anybody may ask for is not kept: it says itself, sealed, what it is good for. Both are good in the browser alone that
began them, which shows a secret of its own.
"""

import hmac
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, unique
from typing import Any

from pillarbox.access.token import TokenKey
from pillarbox.store import Codes

__all__ = ["LIFE", "MOST_TRIES", "Attempt", "Attempts", "Purpose"]

LIFE = 300.0
"""Seconds until an attempt must have come to its end."""
MOST_TRIES = 5
"""Codes that may be tried in one attempt."""

_SAID = struct.Struct(">BQQ16s")
_LONGEST = 256


@unique
class Purpose(IntEnum):
    """What a challenge is for; one is never taken for the other."""

    SIGN_IN = 1
    ADD = 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whose password was right, how many codes were tried since, and until when others may be."""

    account: int
    tries: int
    until: float


class Attempts:
    """Those of all browsers. `clock` gives seconds since 1970. What is asked of others raises store.Unavailable."""

    def __init__(self, shared: Codes, key: TokenKey, clock: Callable[[], float]) -> None:
        self._shared = shared
        self._key = key
        self._clock = clock

    def begin(self, account: int, browser: str) -> str:
        """The password of this account was right: by what the rest of the attempt is named."""
        text = secrets.token_urlsafe(24)
        self._keep(text, browser, Attempt(account, 0, self._clock() + LIFE))
        return text

    def take(self, text: str, browser: str) -> Attempt | None:
        """An attempt, which only `again` makes good again; None for one that is over, or another browser's."""
        if len(text) > _LONGEST:
            return None
        octets = self._shared.redeem(self._name(text, browser), self._clock())
        if octets is None:
            return None
        kept: dict[str, Any] = json.loads(octets)
        return Attempt(kept["account"], kept["tries"], kept["until"])

    def again(self, text: str, browser: str, attempt: Attempt) -> int:
        """A code was wrong; how many more may be tried."""
        left = MOST_TRIES - attempt.tries - 1
        if left > 0:
            self._keep(text, browser, Attempt(attempt.account, attempt.tries + 1, attempt.until))
        return left

    def put_back(self, text: str, browser: str, attempt: Attempt) -> None:
        """It goes on as it was."""
        self._keep(text, browser, attempt)

    def whose(self, text: str, browser: str) -> int | None:
        """Whose attempt it is, which goes on as it was."""
        attempt = self.take(text, browser)
        if attempt is None:
            return None
        self.put_back(text, browser, attempt)
        return attempt.account

    def challenge(self, purpose: Purpose, browser: str, account: int = 0) -> str:
        """The beginning of something with a passkey, for an account or for whosever it turns out to be."""
        ends = int(self._clock() + LIFE)
        said = _SAID.pack(purpose, account, ends, secrets.token_bytes(16))
        return urlsafe_b64encode(said + self._seal(said, browser)).rstrip(b"=").decode()

    def octets(self, text: str) -> bytes:
        """What the passkey signs for it."""
        return self._key.digest(f"webauthn:{text}")

    def opened(self, text: str, purpose: Purpose, browser: str) -> int | None:
        """For which account a challenge is, 0 for any; None if it is over, another browser's, or none of ours."""
        try:
            octets = urlsafe_b64decode(text[:_LONGEST] + "=" * (-len(text[:_LONGEST]) % 4))
        except (Error, ValueError):
            return None
        said, seal = octets[: _SAID.size], octets[_SAID.size :]
        if len(said) != _SAID.size or not hmac.compare_digest(seal, self._seal(said, browser)):
            return None
        meant, account, ends, _ = _SAID.unpack(said)
        return account if meant == purpose and self._clock() < ends else None

    def is_first(self, text: str) -> bool:
        """Whether nobody has come to the end with this challenge before."""
        now = self._clock()
        return self._shared.keep(b"spent:" + self._key.digest(text), b"", now + 2 * LIFE, now)

    def _keep(self, text: str, browser: str, attempt: Attempt) -> None:
        octets = json.dumps({"account": attempt.account, "tries": attempt.tries, "until": attempt.until}).encode()
        self._shared.keep(self._name(text, browser), octets, attempt.until, self._clock())

    def _name(self, text: str, browser: str) -> bytes:
        # Who shows another browser's secret finds nothing, and does not end what they have not begun.
        return b"attempt:" + self._key.digest(f"attempt:{len(text)}:{text}:{browser}")

    def _seal(self, said: bytes, browser: str) -> bytes:
        return self._key.digest(f"challenge:{said.hex()}:{browser}")
