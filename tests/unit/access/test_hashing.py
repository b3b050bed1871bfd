"""Passwords that were hashed elsewhere."""

import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type

from pillarbox.access import Passwords, is_known_form

PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def _argon2(kind: Type) -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=kind).hash("correct horse")


KEPT = {
    "argon2i": _argon2(Type.I),
    "argon2d": _argon2(Type.D),
    "argon2id": _argon2(Type.ID),
    "tagged argon2": "{ARGON2}" + _argon2(Type.I),
    "tagged argon2i": "{ARGON2I}" + _argon2(Type.I),
    "tagged argon2id": "{ARGON2ID}" + _argon2(Type.ID),
    "sha512-crypt": "$6$rounds=1000$uz7K2bzKzNTFJkps$va4JfuAj44B4bwRi0eONZU0hKoKlHQYVH1OFv.J9xsWcHOIIpKz/Fe/iHhWHh1fs49gnyhaTxyQcWLqglkDZw.",  # noqa: E501
    "sha256-crypt": "$5$rounds=1000$V3UTzx4Wyi5Vtor4$2tDeOTs.cc.4gBU489BEVnVcmNoFmb0rHEod0W78eF/",
    "sha512-crypt of openssl": "$6$pillarbox$lpvvtu.zTNqUDTLY2.phnGxTSDbGKpmqtpzS1n2St8xFZXZu5bfn/rsqRSz3ckKI4dILIU9lLAW7RG5LCw2I9/",  # noqa: E501
    "md5-crypt of openssl": "$1$pillar$OQpaT53iJTBPSCKVeCcE81",
    "sha1-crypt": "$sha1$100$IIxCmVDk$.BTX5NhlMRMWmp1QCYtuK5M4BiZS",
    "bsdi": "_9...5PxMTCglGUjk7tQ",
    "bcrypt": "$2b$04$C74DbtUvrtVlOOD3FbTKLuU1I5m1ftmVXBzOWC3gtZdtUGKw2ZOCq",
    "bcrypt of PHP": "$2y$04$C74DbtUvrtVlOOD3FbTKLuU1I5m1ftmVXBzOWC3gtZdtUGKw2ZOCq",
    "scrypt": "$scrypt$ln=4,r=8,p=1$jlGKsTYmhNAaQwihVGrtvQ$qqlHcYgJJZ0RlUEO0kslersROiPzyJT9se2pliTdDvM",
    "pbkdf2": "$pbkdf2-sha256$10$T4nx3jsnxDhnTEmJkRIiJA$Qpf07zIuk9ynt.bvrjbc3nkMkAjs2PXhp/IvA6IK2xU",
    "pbkdf2 of PHC": "$pbkdf2-sha512$i=12,l=64$c2FsdHlzYWx0$8xilPX8bOK4BqB8zuV8Mv7Lg5d5SiHBPgIiFeGQ9Koq8MmFmLEyQqTkrhIVO3h+D0gSKqI7uwKrdSVKiMbj4Ww",  # noqa: E501
    "tagged pbkdf2": "{PBKDF2}$pbkdf2-sha256$10$T4nx3jsnxDhnTEmJkRIiJA$Qpf07zIuk9ynt.bvrjbc3nkMkAjs2PXhp/IvA6IK2xU",
    "SHA": "{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=",
    "SHA256": "{SHA256}QQTTb42iwlQ0n4WDZ5Pr4CngyVcGOjTJHC6SAxh7VjE=",
    "SHA512": "{SHA512}VraY3v7bWkNbY0r+MyC7rz/c2SC2xQOkRvx7endrKY1HnRumqLYXgI6wv1ec6aldZoNHvKtxSQhayTyyeZUZew==",
    "MD5": "{MD5}PLTnMmMfR+brlh80VUt83g==",
    "SSHA": "{SSHA}K0MZxWoMPVRxegoJBeg1/wEGvbpzYWx0MTIzNA==",
    "SSHA256": "{SSHA256}LBWHKVk8AqLFDGjNCFn++x9EnLelCHLkEmBsFi2U3AJzYWx0MTIzNA==",
    "SSHA512": "{SSHA512}foa0o5b0ZNtnD4d7mkHNhvOYnvv07lgQLIiqhLd1FEa5XsTVUbPtF47ABIGbnQq2Ah1uFh4t800l1g7N4YIQh3NhbHQxMjM0",  # noqa: E501
    "des": "{CRYPT}534sKQAB4.uI.",
    "crypt": "{crypt}$5$rounds=1000$V3UTzx4Wyi5Vtor4$2tDeOTs.cc.4gBU489BEVnVcmNoFmb0rHEod0W78eF/",
    "plain": "{PLAIN}correct horse",
    "clear": "{clear}correct horse",
}


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_a_password_is_verified_by_the_scheme_it_came_with(kept: str) -> None:
    """The stored forms of the internal directory: each as OpenSSL, crypt(3) or its own library writes it."""
    assert PASSWORDS.verify(kept, "correct horse")
    assert not PASSWORDS.verify(kept, "Correct horse")
    assert not PASSWORDS.verify(kept, "")


@pytest.mark.parametrize(
    "kept",
    [
        "correct horse",
        "$y$j9T$abc$def",
        "{SCRAM-SHA-1}4096,abc",
        "{sha}aaaa",
        "{SHA}not base64",
        "{SHA}",
        "{PLAIN",
        "$2b$31$Hn3awgBIVSWX3XQV6N4Sfe00uC00gb8HscVSU8bjHp3MLUTNtn.Au",
        "$2b$",
        "$6$rounds=900000000$salt$x",
        "$6$",
        "$1$",
        "_",
        "$scrypt$ln=31,r=8,p=1$TSnFuNcawzjnHONca02p1Q$qc9M",
        "$pbkdf2-sha256$99999999$Rejd$vfx8",
        "$pbkdf2-md5$1$Rejd$vfx8",
        "$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$",
        "{CRYPT}",
        "{CRYPT}x",
        "{PLAIN}",
        "{clear}",
        "x" * 5000,
        "",
    ],
    ids=lambda kept: kept[:24],
)
def test_what_is_not_known_or_asks_for_too_much_lets_nobody_in(kept: str) -> None:
    """Ours: a form that is not understood is never compared as it stands; work is bounded."""
    for password in ("correct horse", kept, "", "x"):
        assert not PASSWORDS.verify(kept, password)


@pytest.mark.parametrize(
    "kept",
    [
        PasswordHasher(time_cost=1, memory_cost=8 * 65, parallelism=65).hash("correct horse"),
        "$6$rounds=1000001$pillarbox$8eE2M8N2HZG06rcDFT7rVJn.Il.eHlTkabspZfJfMKC4hdXhBG64chA1ahUb12VgQCulhB4Ds4lWNmGGwbPxa1",
        "$scrypt$ln=16,r=33,p=1$MuY8p9Q6p7TWes85x/hf6w$wPizpcZzKAOX8KXYOKWYwMI6dtz6HtmLdUidvND6tq4",
    ],
    ids=["lanes", "rounds", "memory"],
)
def test_a_hash_that_stops_others_is_not_looked_at(kept: str) -> None:
    """Ours: people bring hashes of their own, and anybody may try a password against them."""
    assert not PASSWORDS.verify(kept, "correct horse")


@pytest.mark.parametrize("password", ["a\0b", "\ud800", "x" * 1000], ids=["nul", "surrogate", "long"])
@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_no_password_is_a_bug(kept: str, password: str) -> None:
    """Ours: libraries refuse some of them with errors of their own."""
    assert not PASSWORDS.verify(kept, password)


def test_only_our_own_way_of_today_is_not_dated() -> None:
    """Ours (adr/0046): all others are hashed anew at the next sign-in."""
    assert [name for name, kept in KEPT.items() if not PASSWORDS.is_dated(kept)] == ["argon2id"]
    assert Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).is_dated(KEPT["argon2id"])


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_what_can_be_verified_is_known_by_its_form(kept: str) -> None:
    """Ours: so that whoever brings hashes along hears of those that are none."""
    assert is_known_form(kept)


@pytest.mark.parametrize(
    "text", ["", "secret", "$y$j9T$abc$def", "{SCRAM-SHA-1}x", "$argon3$x", "{PLAIN}" + "x" * 3000]
)
def test_what_is_in_no_scheme_is_known_as_well(text: str) -> None:
    """Ours."""
    assert not is_known_form(text)
