"""Certificates that the operator has: `certificate.<id>.*`."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from pillarbox.settings.declare import Group, ListSetting, Required, Section, Setting
from pillarbox.settings.kind import BOOLEAN, HOST_NAME, BadValue, Kind
from pillarbox.settings.source import Source
from pillarbox.telemetry import Secret

__all__ = ["CERTIFICATES", "CERTIFYING", "CertificateSource"]

_BEGIN = "-----BEGIN "
_MOST = 256 * 1024
"""Characters of a chain or a key; chains have a few thousand."""


@dataclass(frozen=True, slots=True)
class CertificateSource:
    """Where a certificate comes from: chain and key, each as PEM or as the path of a file that has it."""

    id: str
    chain: str | PurePosixPath
    key: Secret | PurePosixPath
    subjects: tuple[str, ...]
    is_default: bool


def _pem(text: str) -> str | PurePosixPath:
    if _BEGIN in text:
        if len(text) > _MOST:
            raise BadValue(f"this is too long; chains and keys have at most {_MOST} characters")
        return text
    path = PurePosixPath(text.removeprefix("file://"))
    # What stands there may be a key that lost its first line: it is not shown.
    if not path.is_absolute() or "\n" in text or "\0" in text or len(text) > 4096:
        raise BadValue("this is neither PEM (`-----BEGIN …`) nor the absolute path of a file that has it")
    return path


def _secret_pem(text: str) -> Secret | PurePosixPath:
    found = _pem(text)
    return found if isinstance(found, PurePosixPath) else Secret(found)


_CERT = Required(
    "certificate.<id>.cert",
    Kind("PEM or path", _pem, str),
    "The chain in PEM, the server's own certificate first; or the absolute path of a file with it, which is read again "
    "when it changes.",
)
_KEY = Required(
    "certificate.<id>.private-key",
    Kind("secret PEM or path", _secret_pem, str),
    "The private key in PEM (PKCS#8, PKCS#1 or SEC1), without a password; or the absolute path of a file with it.",
)


def _subject(text: str) -> str:
    star = "*." if text.startswith("*.") else ""
    return star + HOST_NAME.parse(text.removeprefix(star))


_SUBJECTS = ListSetting(
    "certificate.<id>.subjects",
    Kind("host name", _subject, str),
    (),
    "Names that it is shown for, besides its own; `*.example.org` stands for one label before it.",
    default_said="none",
)
_DEFAULT = Setting(
    "certificate.<id>.default",
    BOOLEAN,
    False,
    "Whether it is shown to who names no server, or one that no certificate has.",
)


def _certificate(identity: str, source: Source) -> CertificateSource | None:
    chain = _CERT.of(identity).read(source)
    key = _KEY.of(identity).read(source)
    subjects = _SUBJECTS.of(identity).read(source)
    is_default = _DEFAULT.of(identity).read(source)
    return CertificateSource(identity, chain, key, subjects, is_default) if chain and key else None


CERTIFICATES: Section[CertificateSource] = Section(
    "certificate",
    fields=(_CERT, _KEY, _SUBJECTS, _DEFAULT),
    build=_certificate,
    doc="Certificates.",
)

CERTIFYING = Group(
    "Certificates",
    "What listeners with TLS show. A client is shown the certificate for the name it asks for, else the one for that "
    "name with `*` as its first label, else the default, else any. Without any, one is made that signs itself.",
    (CERTIFICATES,),
)
