"""What a process shows to authorities that come by TLS for a name (RFC 8737): `net.Challenges`."""

import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from pillarbox.datatypes.server import ShownChallenge
from pillarbox.net import context_of

__all__ = ["ACME_TLS", "Answers"]

ACME_TLS = "acme-tls/1"
"""What an authority says that it speaks (RFC 8737 section 4)."""


class Answers:
    """The challenges that are shown now, by name; replaced when they change."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._shown: Mapping[str, ShownChallenge] = {}
        self._made: dict[ShownChallenge, ssl.SSLContext] = {}

    def replace(self, shown: Iterable[ShownChallenge]) -> None:
        """From now on these are all there are."""
        self._shown = {one.name: one for one in shown}
        self._made = {one: made for one, made in self._made.items() if self._shown.get(one.name) == one}

    @property
    def is_pending(self) -> bool:
        """Whether there is any."""
        return any(one.expires > self._clock() for one in self._shown.values())

    def challenge(self, server_name: str) -> ssl.SSLContext | None:
        """What is shown for a name; None for names that no authority was asked to come for."""
        shown = self._shown.get(server_name)
        now = self._clock()
        if shown is None or shown.expires <= now:
            return None
        made = self._made.get(shown)
        if made is None:
            # Most processes never need what makes certificates.
            from pillarbox.acme.alpn import challenge_certificate  # noqa: PLC0415

            made = context_of(*challenge_certificate(shown.name, shown.key_authorization, now), alpn=(ACME_TLS,))
            # The authority speaks TLS 1.2 or higher (RFC 8737 section 3).
            made.minimum_version = ssl.TLSVersion.TLSv1_2
            self._made[shown] = made
        return made
