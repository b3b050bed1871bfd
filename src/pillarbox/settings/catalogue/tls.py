"""How TLS is spoken: `server.tls.*`, and the same of one listener."""

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pillarbox.settings.catalogue.family import Family, general_and_own
from pillarbox.settings.declare import ListSetting, Setting
from pillarbox.settings.kind import BOOLEAN, BadValue, Kind, choice, quoted
from pillarbox.settings.quantity import DURATION, Duration
from pillarbox.settings.source import Source

__all__ = ["TLS", "TLS_EVERYWHERE", "Tls", "TlsVersion", "tls"]

T = TypeVar("T")

TlsVersion = Literal["TLSv1.2", "TLSv1.3"]

_MINUTE = Duration(60_000)

_SPELLINGS: dict[str, TlsVersion] = {
    "TLSv1.2": "TLSv1.2",
    "0x0303": "TLSv1.2",
    "TLSv1.3": "TLSv1.3",
    "0x0304": "TLSv1.3",
}
_ALWAYS = ("TLS13_AES_256_GCM_SHA384", "TLS13_AES_128_GCM_SHA256", "TLS13_CHACHA20_POLY1305_SHA256")
_CIPHERS = tuple(
    f"TLS_ECDHE_{signed}_WITH_{cipher}"
    for signed in ("ECDSA", "RSA")
    for cipher in ("AES_256_GCM_SHA384", "AES_128_GCM_SHA256", "CHACHA20_POLY1305_SHA256")
)


@dataclass(frozen=True, slots=True)
class Tls:
    """TLS from the first octet: what is left out of it, whose order of ciphers counts, and how long a handshake has."""

    disabled_versions: tuple[TlsVersion, ...] = ()
    disabled_ciphers: tuple[str, ...] = ()
    is_our_order: bool = True
    timeout: Duration = _MINUTE


def _version(text: str) -> TlsVersion:
    found = _SPELLINGS.get(text)
    if found is None:
        raise BadValue(f"{quoted(text)} is no version that is spoken; write TLSv1.2 or TLSv1.3")
    return found


_VERSION: Kind[TlsVersion] = Kind("`TLSv1.2` | `TLSv1.3`", _version, str)
_CIPHER: Kind[str] = choice((*_ALWAYS, *_CIPHERS))


def _both_lists(name: str, kind: Kind[T], doc: str) -> tuple[ListSetting[T], ListSetting[T]]:
    everywhere = ListSetting(
        f"server.tls.{name}", kind, (), f"{doc} Unless a listener says otherwise.", default_said="none"
    )
    return everywhere, ListSetting(
        f"server.listener.<id>.tls.{name}", kind, (), doc, default_said=f"as `{everywhere.key}`"
    )


_ENABLED, _ENABLE = general_and_own(
    "tls.enable", BOOLEAN, True, "Whether there is TLS at all; `tls.implicit` asks for it."
)
_ALL_IMPLICIT, _IMPLICIT = general_and_own(
    "tls.implicit", BOOLEAN, False, "TLS from the first octet: for HTTP, this makes `https`."
)
_TIMEOUTS, _TIMEOUT = general_and_own(
    "tls.timeout", DURATION, _MINUTE, "How long a client has until the handshake is done; then it is cut off."
)
_VERSIONS, _OWN_VERSIONS = _both_lists(
    "disable-protocols", _VERSION, "Versions of TLS that are not spoken; `0x0303` and `0x0304` mean the same."
)
_ALL_CIPHERS, _OWN_CIPHERS = _both_lists(
    "disable-ciphers",
    _CIPHER,
    "Suites that are not spoken. Those of TLS 1.3 can be named, and are spoken all the same.",
)
_ORDERS, _ORDER = general_and_own(
    "tls.ignore-client-order", BOOLEAN, True, "Whether our order of suites counts, and not the client's."
)

TLS_EVERYWHERE = Family(
    "server.tls",
    (_ENABLED, _ALL_IMPLICIT, _TIMEOUTS, _VERSIONS, _ALL_CIPHERS, _ORDERS),
    "How all listeners speak TLS.",
)
TLS: tuple[Setting[Any] | ListSetting[Any], ...] = (
    _ENABLE,
    _IMPLICIT,
    _TIMEOUT,
    _OWN_VERSIONS,
    _OWN_CIPHERS,
    _ORDER,
)
"""How one does."""


def tls(identity: str, source: Source) -> tuple[bool, Tls | None]:
    """Whether what is asked can be had, and how a listener speaks TLS, None if it does not.

    What cannot be had must not be served in the clear instead: passwords must not travel so where somebody thinks that
    they do not.
    """
    versions = _of_both(_OWN_VERSIONS.of(identity), _VERSIONS, source)
    ciphers = _of_both(_OWN_CIPHERS.of(identity), _ALL_CIPHERS, source)
    spoken = Tls(versions[1], ciphers[1], _ORDER.of(identity).read(source), _TIMEOUT.of(identity).read(source))
    implicit = _IMPLICIT.of(identity)
    is_asked, is_readable = _asked(implicit, source)
    is_enabled = _ENABLE.of(identity).read(source)
    if not is_readable:
        source.wrong(implicit.key, "build", "it is not known whether TLS is meant; the listener is left out")
        return False, None
    if not is_asked:
        return True, None
    if not is_enabled:
        source.wrong(implicit.key, "build", f"TLS is asked for, and {_ENABLE.of(identity).key} turns it off")
        return False, None
    return True, _possible(spoken, versions[0], ciphers[0], source)


def _asked(implicit: Setting[bool], source: Source) -> tuple[bool, bool]:
    """Whether TLS is asked for, and whether that could be read."""
    for setting in (implicit, _ALL_IMPLICIT):
        if source.has(setting.key):
            read = source.value(setting.key, setting.kind, None)
            return bool(read), read is not None
    return False, True


def _possible(asked: Tls, versions: str, ciphers: str, source: Source) -> Tls:
    """What can be done of what is asked."""
    kept = asked.disabled_versions
    if len(set(kept)) == len(set(_SPELLINGS.values())):
        source.wrong(versions, "build", "a version has to be spoken, so that both are")
        kept = ()
    if any(name in _ALWAYS for name in asked.disabled_ciphers):
        source.wrong(ciphers, "build", "suites of TLS 1.3 cannot be left out; disable TLSv1.3 to be without them")
    left_out = tuple(name for name in asked.disabled_ciphers if name in _CIPHERS)
    if set(left_out) >= set(_CIPHERS):
        # Without a suite of its own TLS 1.2 cannot be spoken.
        if "TLSv1.3" in kept:
            source.wrong(ciphers, "build", "a suite has to be spoken, so that all are")
            left_out = ()
        else:
            kept = ("TLSv1.2",)
            left_out = ()
    return Tls(kept, left_out, asked.is_our_order, asked.timeout)


def _of_both(own: ListSetting[T], everywhere: ListSetting[T], source: Source) -> tuple[str, tuple[T, ...]]:
    """The key that is in force, and what stands there."""
    setting = own if source.has(own.key) else everywhere
    return setting.key, setting.read(source)
