"""What an authority gave is looked at before anybody serves it."""

from collections.abc import Sequence

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from pillarbox.acme.parcel import new_key, opened
from pillarbox.acme.refused import Refused
from pillarbox.telemetry import Secret

NAMES = ("mail.home.example", "autoconfig.home.example")


def given(*names: str) -> tuple[str, Secret]:
    """A chain for these names, and the private key of its first certificate."""
    made = trustme.CA().issue_cert(*names)
    chain = "".join(one.bytes().decode() for one in made.cert_chain_pems)
    key = load_pem_private_key(made.private_key_pem.bytes(), None)
    return chain, Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def told(chain: str, key: Secret, names: Sequence[str] = NAMES) -> str:
    """Why it is refused."""
    with pytest.raises(Refused) as refused:
        opened("https://ca.example/dir", chain, key, names, 0.5)
    assert key.reveal() not in refused.value.told
    return refused.value.told


def test_what_was_ordered_is_taken() -> None:
    """RFC 8555 section 7.4.2."""
    chain, key = given(*NAMES)

    issued = opened("https://ca.example/dir", chain, key, NAMES, 0.5)

    assert (issued.names, issued.private, issued.spread) == (NAMES, key, 0.5)
    assert issued.chain.count("BEGIN CERTIFICATE") == chain.count("BEGIN CERTIFICATE")
    assert issued.begins < issued.ends
    assert "trustme" in issued.issuer


def test_one_for_another_key_is_refused() -> None:
    """Ours: nobody could speak TLS with it."""
    chain, _ = given(*NAMES)

    assert told(chain, new_key()) == "the certificate that it gave is for another key"


def test_one_for_other_names_is_refused() -> None:
    """Ours: clients would trust it for others than those that it is wanted for."""
    chain, key = given("mail.home.example")

    assert told(chain, key) == "the certificate that it gave is not for autoconfig.home.example"


def test_nothing_but_certificates_is_taken() -> None:
    """RFC 8555 section 11.4: a key among them would take the place of ours."""
    chain, key = given(*NAMES)

    assert told(chain + new_key().reveal(), key) == "what it gave has more in it than certificates"


@pytest.mark.parametrize("chain", ["", "<html>", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(chain: str) -> None:
    """RFC 8555 section 9.1."""
    assert told(chain, new_key()) == "what it gave is no certificate"


def test_a_chain_has_an_end() -> None:
    """Ours: each handshake would carry it."""
    chain, key = given(*NAMES)

    assert told(chain * 21, key) == "what it gave is too long a chain"


def test_every_key_is_another() -> None:
    """RFC 8555 section 11.1: no account's key is in a certificate, nor are two keys alike."""
    assert new_key() != new_key()
