"""A question that this server asks under its own URL, and by whose answer it knows itself.

Only servers on the same store can make the question and the answer, for only they have the secret. Whoever else asks is
told what everybody is told where there is nothing, so it leaks not even whose server it is.
"""

import hmac
import secrets
import time
from collections.abc import Callable

__all__ = ["PROBE", "Recognition"]

PROBE = "/.well-known/pillarbox-check/{question}"
"""Where the server asks itself; for everybody else there is nothing."""

_LIFE = 60
"""Seconds for which a question may be answered; it went over the network, in the clear perhaps."""
_MARK = 32
"""Hexadecimal digits that are compared."""


class Recognition:
    """Makes questions, knows them again, and answers them; with a secret that an installation has for itself."""

    def __init__(self, secret: bytes | None = None, clock: Callable[[], float] = time.time) -> None:
        """Without a secret it is one of its own, and knows nobody else's questions."""
        key = secret or secrets.token_bytes(32)
        # The secret may have another use: what is made with this one says nothing of it.
        self._secret = hmac.digest(key, b"a server asks itself", "sha256")
        self._clock = clock

    def question(self) -> str:
        """A new one, of letters, digits and dots."""
        asked = f"{int(self._clock()):x}.{secrets.token_hex(16)}"
        return f"{asked}.{self._mark('question', asked)}"

    def knows(self, question: str) -> bool:
        """Whether it is one of ours, asked just now."""
        asked, _, mark = question.rpartition(".")
        if not _is_same(mark, self._mark("question", asked)):
            return False
        # What we have signed is as we have written it.
        return abs(self._clock() - int(asked.partition(".")[0], 16)) <= _LIFE

    def answer(self, question: str) -> str:
        """What only this server answers."""
        return self._mark("answer", question)

    def proves(self, question: str, answer: object) -> bool:
        """Whether the answer is this server's."""
        return isinstance(answer, str) and _is_same(answer, self.answer(question))

    def _mark(self, use: str, text: str) -> str:
        return hmac.new(self._secret, _octets(f"{use} {text}"), "sha256").hexdigest()[:_MARK]


def _is_same(given: str, right: str) -> bool:
    return hmac.compare_digest(_octets(given), _octets(right))


def _octets(text: str) -> bytes:
    # Others' JSON may have halves of characters in it.
    return text.encode("utf-8", "surrogatepass")
