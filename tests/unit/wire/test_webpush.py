"""Web Push, encrypted (RFC 8291) and signed (RFC 8292); what is encrypted, an independent library decrypts."""

import hashlib
import json
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from pillarbox.wire.webpush import (
    MAX_PLAIN,
    BadKeys,
    KeyPair,
    Recipient,
    authorization,
    base64url,
    encrypted,
    from_base64url,
    recipient,
)

# RFC 8291 section 5 and its appendix A.
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
PUSHED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)

# RFC 8292 section 2.4.
TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6"
    "Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9Ok"
    "SSHzvoD1oA"
)
TOKEN_KEY = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"


def pair(text: str) -> KeyPair:
    return KeyPair(hashlib.sha512(text.encode()).digest())


def test_the_example_is_encrypted_as_the_rfc_has_it() -> None:
    """RFC 8291 section 5."""
    to = recipient({"p256dh": BROWSER_PUBLIC, "auth": SECRET})
    sender = KeyPair(from_base64url(SENDER_PRIVATE))

    pushed = encrypted(b"When I grow up, I want to be a watermelon", to, from_base64url(SALT), sender)

    assert base64url(sender.public) == SENDER_PUBLIC
    assert base64url(pushed) == PUSHED


@given(st.binary(max_size=5000))
def test_what_is_encrypted_is_decrypted_by_another(plain: bytes) -> None:
    """RFC 8291 section 3, of any length: the other is http-ece."""
    browser = ec.generate_private_key(ec.SECP256R1())
    to = Recipient(KeyPair(browser.private_numbers().private_value.to_bytes(32)).public, b"s" * 16)

    pushed = encrypted(plain, to, b"salt" * 4, pair("sender"))

    assert http_ece.decrypt(pushed, private_key=browser, auth_secret=b"s" * 16, version="aes128gcm") == plain


@pytest.mark.parametrize("length", [0, 1, MAX_PLAIN, MAX_PLAIN + 1, 10_000])
def test_there_is_a_single_record_larger_than_what_is_in_it(length: int) -> None:
    """RFC 8291 section 4: rs is greater than the plaintext, its delimiter and the tag."""
    pushed = encrypted(b"x" * length, Recipient(pair("browser").public, b"s" * 16), b"salt" * 4, pair("sender"))

    assert int.from_bytes(pushed[16:20]) > length + 1 + 16


def test_what_every_push_service_takes_is_no_larger_than_4096_octets() -> None:
    """RFC 8291 section 4."""
    to = Recipient(pair("browser").public, b"s" * 16)

    assert len(encrypted(b"x" * MAX_PLAIN, to, b"salt" * 4, pair("sender"))) == 4096


def test_the_senders_key_is_in_the_head() -> None:
    """RFC 8291 section 4: 65 octets, the whole of keyid."""
    pushed = encrypted(b"", Recipient(pair("browser").public, b"s" * 16), b"salt" * 4, pair("sender"))

    assert pushed[20:86] == b"\x41" + pair("sender").public


@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_keys_may_be_padded_or_not(padding: str) -> None:
    """RFC 4648 section 5, as browsers and libraries write it."""
    assert recipient({"p256dh": BROWSER_PUBLIC + padding, "auth": SECRET}) == recipient(
        {"p256dh": BROWSER_PUBLIC, "auth": SECRET + padding}
    )


OFF_THE_CURVE = base64url(b"\x04" + b"\x01" * 64)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"p256dh": BROWSER_PUBLIC},
        {"auth": SECRET},
        {"p256dh": BROWSER_PUBLIC, "auth": SECRET, "more": ""},
        {"p256dh": None, "auth": SECRET},
        {"p256dh": BROWSER_PUBLIC, "auth": 7},
        {"p256dh": BROWSER_PUBLIC, "auth": ""},
        {"p256dh": BROWSER_PUBLIC, "auth": SECRET + "AA"},
        {"p256dh": BROWSER_PUBLIC[:-1], "auth": SECRET},
        {"p256dh": BROWSER_PUBLIC.replace("_", "/"), "auth": SECRET},
        {"p256dh": BROWSER_PUBLIC, "auth": "B" + SECRET[1:] + "\n"},
        {"p256dh": OFF_THE_CURVE, "auth": SECRET},
        {"p256dh": base64url(b"\x02" + b"\x01" * 64), "auth": SECRET},
        {"p256dh": base64url(b"\x00"), "auth": SECRET},
        {"p256dh": "A" * 100_000, "auth": SECRET},
    ],
)
def test_what_are_no_keys_is_told(keys: dict[str, Any]) -> None:
    """RFC 8620 section 7.2, "keys"; RFC 8291 section 2.1: a point of P-256, and 16 octets."""
    with pytest.raises(BadKeys, match="must"):
        recipient(keys)


@given(st.binary(max_size=100))
def test_base64url_there_and_back(octets: bytes) -> None:
    """RFC 4648 section 5."""
    assert from_base64url(base64url(octets)) == octets


def test_a_key_pair_is_made_again_of_its_private_key() -> None:
    """Ours: so it is kept."""
    made = pair("any")

    assert KeyPair(made.private).public == made.public


def verified(token: str, key: str) -> dict[str, Any]:
    """A token's claims, if that key signed it (RFC 7515 section 5.2)."""
    head, body, signature = token.split(".")
    octets = from_base64url(signature)
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(key)).verify(
        utils.encode_dss_signature(int.from_bytes(octets[:32]), int.from_bytes(octets[32:])),
        f"{head}.{body}".encode(),
        ec.ECDSA(SHA256()),
    )
    assert json.loads(from_base64url(head)) == {"typ": "JWT", "alg": "ES256"}
    claims: dict[str, Any] = json.loads(from_base64url(body))
    return claims


def test_the_rfcs_own_token_is_verified_here() -> None:
    """RFC 8292 section 2.4: so that the test below proves something."""
    assert verified(TOKEN, TOKEN_KEY)["aud"] == "https://push.example.net"


def test_a_push_is_signed() -> None:
    """RFC 8292 sections 2 and 3: who it is for, until when, and from whom; with the key that it is verified by."""
    written = authorization(pair("ours"), "https://push.example.net", 1453523768, "mailto:push@example.com")

    scheme, token, key = written.split(" ")
    assert scheme == "vapid"
    assert from_base64url(key.removeprefix("k=")) == pair("ours").public
    assert verified(token.removeprefix("t=").removesuffix(","), key.removeprefix("k=")) == {
        "aud": "https://push.example.net",
        "exp": 1453523768,
        "sub": "mailto:push@example.com",
    }
    assert token.startswith("t=" + TOKEN.rpartition(".")[0] + ".")
