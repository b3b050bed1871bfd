"""Certificates where the settings say, read again when their files change, and one that signs itself where none is."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from pillarbox.net import BadCertificate, Certificates, Loaded, Pair, checked
from pillarbox.settings import CertificateSource, Secret, Snapshot, catalogue, host_name
from pillarbox.telemetry import Event, emit

__all__ = ["Keeper", "examined"]

_MOST = 256 * 1024
_EARLY = timedelta(days=30)
"""So long before its end a certificate that signs itself is made anew."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What became of one of the settings' certificates: what is shown, and what its files were like then."""

    source: CertificateSource
    state: tuple[object, ...]
    loaded: Loaded | None


class Keeper:
    """Keeps the certificates of one process as the settings and their files have them.

    Only one of several processes tells what is wrong with them (`is_speaker`).
    """

    def __init__(self, certificates: Certificates, data: Path, *, is_speaker: bool) -> None:
        self._certificates = certificates
        self._data = data
        self._is_speaker = is_speaker
        self._kept: Mapping[str, _Kept] = {}
        self._told: dict[str, str] = {}
        self._names: tuple[str, ...] = ()

    def use(self, settings: Snapshot) -> None:
        """From now on these are the settings. What is wrong with a certificate is told in the log."""
        self._names = (host_name(settings).lower(), "localhost", "127.0.0.1", "::1")
        self._take({one.id: self._read(one) for one in settings[catalogue.CERTIFICATES]})
        if not any(one.loaded for one in self._kept.values()):
            self._sign_itself()

    def look(self) -> None:
        """Reads what has changed. A file that is of no use any more changes nothing."""
        changed = {id_: one.source for id_, one in self._kept.items() if _state(one.source) != one.state}
        if changed:
            self._take({**self._kept, **{id_: self._read(source) for id_, source in changed.items()}})
            if self._is_speaker:
                emit(Event.TLS_CERTIFICATES_LOADED, names=sorted(self._certificates.names))

    def _take(self, kept: Mapping[str, _Kept]) -> None:
        self._kept = kept
        self._certificates.use([one.loaded for one in kept.values() if one.loaded is not None])

    def _read(self, source: CertificateSource) -> _Kept:
        state = _state(source)
        before = self._kept.get(source.id)
        try:
            loaded = checked(_pair(source))
        except BadCertificate as problem:
            self._tell(source.id, str(problem))
            # Better what was good, unless the settings mean another one now.
            is_same = before is not None and before.source == source
            return _Kept(source, state, before.loaded if before and is_same else None)
        if loaded.doubt:
            self._tell(source.id, loaded.doubt)
        else:
            self._told.pop(source.id, None)
        return _Kept(source, state, loaded)

    def _tell(self, id_: str, known: str) -> None:
        if self._is_speaker and self._told.get(id_) != known:
            emit(Event.TLS_CERTIFICATE_UNUSABLE, certificate=id_, known=known)
        self._told[id_] = known

    def _sign_itself(self) -> None:
        """Shows what is in the data folder, made if it is not there, or not good for long, or for other names.

        All processes have the same. Raises OSError.
        """
        # Loaded only where it is needed: who has a certificate does not wait for it.
        from pillarbox.net.selfsigned import self_signed  # noqa: PLC0415

        path = self._data / "self-signed.pem"
        with _alone(path.with_suffix(".lock")):
            found = _usable(path, self._names)
            if found is None:
                _write(path, self_signed(self._names))
                found = _usable(path, self._names)
        if found is not None:
            self._certificates.use([found], "self-signed")


def examined(settings: Snapshot) -> Iterator[tuple[str, Loaded | BadCertificate]]:
    """Each of the settings' certificates, by its id, or why it cannot be shown."""
    for source in settings[catalogue.CERTIFICATES]:
        try:
            yield source.id, checked(_pair(source))
        except BadCertificate as problem:
            yield source.id, problem


def _pair(source: CertificateSource) -> Pair:
    """What is at the places that the settings name. Raises BadCertificate."""
    chain = source.chain if isinstance(source.chain, str) else _content(source.chain)
    key = source.key if isinstance(source.key, Secret) else Secret(_content(source.key))
    return Pair(chain.encode(), key, source.subjects, source.is_default)


def _content(path: PurePosixPath) -> str:
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST + 1)
    except OSError as problem:
        raise BadCertificate(f"{path} cannot be read: {problem.strerror}") from None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = ""
    if len(content) > _MOST or "-----BEGIN " not in text:
        raise BadCertificate(f"{path} has no PEM in it")
    return text


def _state(source: CertificateSource) -> tuple[object, ...]:
    """What changes when a file does."""
    return tuple(_stat(part) for part in (source.chain, source.key) if isinstance(part, PurePosixPath))


def _stat(path: PurePosixPath) -> object:
    try:
        found = Path(path).stat()
    except OSError as problem:
        return problem.errno
    return found.st_mtime_ns, found.st_size, found.st_ino


def _usable(path: Path, names: tuple[str, ...]) -> Loaded | None:
    try:
        text = path.read_text()
        found = checked(Pair(text.encode(), Secret(text)))
    except (OSError, UnicodeDecodeError, BadCertificate):
        return None
    is_lasting = found.ends - datetime.now(UTC) > _EARLY
    return found if is_lasting and not found.doubt and set(names) <= set(found.names) else None


def _write(path: Path, content: bytes) -> None:
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    new.replace(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
