"""What an authority sees that comes by TLS (RFC 8737)."""

import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509

from pillarbox.acme import Answers
from pillarbox.datatypes.server import ShownChallenge

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOWN = ShownChallenge("tls-alpn-01", "mail.home.example", "token", "token.thumbprint", NOW + timedelta(minutes=15))


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def seen(context: ssl.SSLContext, protocol: str = "acme-tls/1") -> tuple[x509.Certificate, str | None]:
    """What a client that offers a protocol is shown, and what is spoken then."""
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname = False
    asking.verify_mode = ssl.CERT_NONE
    asking.set_alpn_protocols([protocol])
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = asking.wrap_bio(back, there, server_hostname="mail.home.example")
    server = context.wrap_bio(there, back, server_side=True)
    for _ in range(3):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    shown = client.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown), client.selected_alpn_protocol()


def test_an_authority_sees_the_digest_of_what_it_asked_for() -> None:
    """RFC 8737 section 3: one name, and acmeIdentifier, critical, with the SHA-256 of the key authorization."""
    answers = Answers(Watch())
    answers.replace([SHOWN])

    context = answers.challenge("mail.home.example")
    assert context is not None
    shown, spoken = seen(context)

    assert spoken == "acme-tls/1"
    names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.DNSName("mail.home.example")]
    found = shown.extensions.get_extension_for_oid(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31"))
    assert found.critical
    assert isinstance(found.value, x509.UnrecognizedExtension)
    assert found.value.value == b"\x04\x20" + sha256(b"token.thumbprint").digest()


def test_other_names_are_not_answered() -> None:
    """RFC 8737 section 3: only while and for what the authority was told to come."""
    answers = Answers(Watch())
    answers.replace([SHOWN])

    assert answers.challenge("other.home.example") is None


def test_while_nothing_is_asked_nobody_looks() -> None:
    """Ours: what a client offers is read before the handshake only if it can matter."""
    answers = Answers(Watch())

    assert not answers.is_pending


def test_what_is_over_is_not_shown() -> None:
    """Ours: one that was left behind ends by itself."""
    watch = Watch()
    answers = Answers(watch)
    answers.replace([SHOWN])

    assert answers.is_pending

    watch.now += timedelta(minutes=15)

    assert answers.challenge("mail.home.example") is None


def test_it_is_made_once() -> None:
    """Ours: who asks again and again is not worth a key each time."""
    answers = Answers(Watch())
    answers.replace([SHOWN])
    first = answers.challenge("mail.home.example")

    answers.replace([SHOWN])
    assert answers.challenge("mail.home.example") is first

    answers.replace([])
    assert answers.challenge("mail.home.example") is None
