"""Certificates by server name, replaced while connections live on.

A process has one `Certificates`. What is shown is looked up at each handshake anew, so who is connected already notices
nothing of a replacement. Keys pass to OpenSSL through memory alone.
"""

import os
import ssl
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Protocol, cast

from pillarbox.net.protection import ALPN, Protection
from pillarbox.telemetry import Secret
from pillarbox.telemetry.metric import TLS_ENDS

__all__ = ["SELF_SIGNED", "BadCertificate", "Certificates", "Challenges", "Loaded", "Pair", "checked", "context_of"]

SETTINGS = "settings"
SELF_SIGNED = "self-signed"


class BadCertificate(Exception):
    """A certificate or its key is of no use; the message says why, without anything of the key."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A chain in PEM, the server's own certificate first, and its private key in PEM.

    `subjects` are names besides those that stand in the certificate; `is_default` asks that it be shown to who names no
    server, or one that no certificate has.
    """

    chain: bytes
    key: Secret
    subjects: tuple[str, ...] = ()
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pair that can be shown, and what its certificate says of itself.

    `doubt` is what will keep clients from trusting it, though it can be shown.
    """

    pair: Pair = field(repr=False)
    names: tuple[str, ...]
    issuer: str
    ends: datetime
    is_default: bool
    doubt: str | None
    _contexts: dict[Protection, ssl.SSLContext] = field(default_factory=dict, repr=False, compare=False)

    def context(self, protection: Protection) -> ssl.SSLContext:
        """It, as listeners that are so protected show it."""
        found = self._contexts.get(protection)
        if found is None:
            found = protection.context()
            _load(found, self.pair.chain, self.pair.key)
            self._contexts[protection] = found
        return found


class Challenges(Protocol):
    """Who answers tls-alpn-01 (RFC 8737): asked only for clients that offer `acme-tls/1`."""

    @property
    def is_pending(self) -> bool:
        """Whether there is any challenge now; while there is none, nobody looks at what clients offer."""

    def challenge(self, server_name: str) -> ssl.SSLContext | None:
        """What is shown to prove that the name leads here, or None if nobody asked for that."""


class Certificates:
    """The certificates there are, by the names that they are good for."""

    def __init__(self, challenges: Challenges | None = None) -> None:
        self.challenges = challenges
        self._loaded: dict[str, tuple[Loaded, ...]] = {}
        self._by_name: Mapping[str, Loaded] = {}
        self._default: Loaded | None = None
        self._first: dict[Protection, ssl.SSLContext] = {}

    def replace(self, pairs: Iterable[Pair], source: str = SETTINGS) -> None:
        """From the next handshake on these are all there are of one source, as `settings`, `acme` or `self-signed`.

        Raises BadCertificate, and changes nothing, if one of them cannot be used.
        """
        self.use(tuple(checked(pair) for pair in pairs), source)

    def use(self, loaded: Sequence[Loaded], source: str = SETTINGS) -> None:
        """The same with pairs that were `checked`."""
        self._loaded[source] = tuple(loaded)
        # What signs itself is for who has nothing else.
        everything = self._of(lambda name: name != SELF_SIGNED) or self._of(lambda name: name == SELF_SIGNED)
        by_name: dict[str, Loaded] = {}
        for one in everything:
            for name in one.names:
                by_name.setdefault(name, one)
        self._by_name = by_name
        self._default = next((one for one in everything if one.is_default), next(iter(everything), None))
        self._first = {}
        TLS_ENDS.tell({(one.names[0],): one.ends.timestamp() for one in everything if one.names})

    def of(self, server_name: str | None) -> Loaded | None:
        """What is shown to a client that asks for a name: that name's, its wildcard's, the default, or any.

        A wildcard stands for one label (RFC 9525 section 6.3).
        """
        name = (server_name or "").lower().removesuffix(".")
        _, _, rest = name.partition(".")
        return self._by_name.get(name) or (self._by_name.get(f"*.{rest}") if rest else None) or self._default

    @property
    def all(self) -> Sequence[Loaded]:
        """Every certificate there is, those first that are shown where several are good for a name."""
        return self._of(lambda _: True)

    @property
    def names(self) -> Collection[str]:
        """For which there is a certificate."""
        return self._by_name.keys()

    def _of(self, is_meant: Callable[[str], bool]) -> list[Loaded]:
        # Those of the settings before all others.
        sources = sorted(self._loaded, key=lambda name: (name != SETTINGS, name))
        return [one for name in sources if is_meant(name) for one in self._loaded[name]]

    def context(self, protection: Protection) -> ssl.SSLContext:
        """What a connection begins TLS with: the default certificate, until the client says which server it means."""
        made = self._first.get(protection)
        if made is None:
            # Most connections stay with it, and need no other.
            made = protection.context() if self._default is None else self._default.context(protection)
            made.sni_callback = partial(self._show, protection)
            _pass_over_names()
            self._first[protection] = made
        return made

    def _show(
        self, protection: Protection, connection: "ssl.SSLObject | ssl.SSLSocket", name: str | None, _: ssl.SSLContext
    ) -> int | None:
        found = self.of(name)
        if found is None:
            return cast("int", ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
        # With the certificate OpenSSL takes the suites of TLS 1.2 from there, so that it is protected as this one.
        wanted = found.context(protection)
        if wanted is not connection.context:
            connection.context = wanted
        return None


class _Passing:
    """In place of what Python prints of an error that nobody can catch; passes over names that are no ASCII.

    A client may ask for a server by any octets. It is refused before it is asked here which it is, and the handshake
    has failed, as the log may tell; Python would print a traceback for each, past the log.
    """

    def __init__(self, before: Callable[["sys.UnraisableHookArgs"], object]) -> None:
        self._before = before

    def __call__(self, problem: "sys.UnraisableHookArgs") -> None:
        if not (issubclass(problem.exc_type, UnicodeDecodeError) and isinstance(problem.object, bytes)):
            self._before(problem)


def _pass_over_names() -> None:
    if not isinstance(sys.unraisablehook, _Passing):
        sys.unraisablehook = _Passing(sys.unraisablehook)


def checked(pair: Pair, now: datetime | None = None) -> Loaded:
    """A pair that can be shown to clients. Raises BadCertificate."""
    # Loaded with the first certificate: who has no TLS need not wait for it.
    from pillarbox.net.leaf import leaf, matches  # noqa: PLC0415

    try:
        about = leaf(pair.chain)
    except ValueError:
        raise BadCertificate("the certificate is none in PEM") from None
    try:
        is_right = matches(pair.chain, pair.key.reveal().encode())
    except ValueError:
        raise BadCertificate("the private key is none in PEM, or encrypted, or of an unknown kind") from None
    if not is_right:
        raise BadCertificate("the private key is not that of the certificate")
    try:
        context_of(pair.chain, pair.key)
    except (ssl.SSLError, ValueError) as problem:
        reason = getattr(problem, "reason", None) or "it is none"
        raise BadCertificate(f"OpenSSL does not take the certificate: {reason}") from None
    now = now or datetime.now(UTC)
    doubt = None
    if now > about.ends:
        doubt = f"it expired at {about.ends:%Y-%m-%d %H:%M} UTC"
    elif now < about.begins:
        doubt = f"it is not valid before {about.begins:%Y-%m-%d %H:%M} UTC"
    subjects = (name.lower().removesuffix(".") for name in pair.subjects)
    names = tuple(dict.fromkeys((*about.names, *subjects)))
    return Loaded(pair, names, about.issuer, about.ends, pair.is_default, doubt)


def context_of(chain: bytes, key: Secret, alpn: Sequence[str] = ALPN) -> ssl.SSLContext:
    """A context with a certificate of its own, as for a challenge. Raises ssl.SSLError or ValueError."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_alpn_protocols(list(alpn))
    _load(made, chain, key)
    return made


def _load(context: ssl.SSLContext, chain: bytes, key: Secret) -> None:
    # OpenSSL is given them by Python as a file alone. This one is memory.
    descriptor = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as written:
            written.write(chain.rstrip() + b"\n" + key.reveal().encode())
        # A password is never asked for at a terminal.
        context.load_cert_chain(f"/proc/self/fd/{descriptor}", password=lambda: b"")
    finally:
        os.close(descriptor)
