"""Certificates that the operator has: `certificate.<id>.*`."""

from pathlib import PurePosixPath

import pytest

from pillarbox.settings import CertificateSource, Problem, catalogue, snapshot
from pillarbox.telemetry import Secret

PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"


def certificates(pairs: dict[str, str]) -> tuple[tuple[CertificateSource, ...], list[Problem]]:
    settings, problems = snapshot({f"certificate.main.{key}": text for key, text in pairs.items()})
    return settings[catalogue.CERTIFICATES], problems


def test_one_is_written_in_the_settings_or_named_as_files() -> None:
    """The settings reference, certificates; that files may be named is ours."""
    subjects = {"subjects.0": "a.example.org", "subjects.1": "*.b.example.org", "default": "true"}
    assert certificates({"cert": PEM, "private-key": KEY, **subjects}) == (
        (CertificateSource("main", PEM, Secret(KEY), ("a.example.org", "*.b.example.org"), True),),
        [],
    )

    chain, key = PurePosixPath("/etc/tls/chain.pem"), PurePosixPath("/etc/tls/key.pem")
    assert certificates({"cert": str(chain), "private-key": f"file://{key}"}) == (
        (CertificateSource("main", chain, key, (), False),),
        [],
    )


@pytest.mark.parametrize(
    ("pairs", "key"),
    [
        ({"cert": PEM}, "certificate.main.private-key"),
        ({"private-key": KEY}, "certificate.main.cert"),
        ({"cert": PEM, "private-key": "key.pem"}, "certificate.main.private-key"),
    ],
)
def test_one_without_a_part_is_left_out_and_told(pairs: dict[str, str], key: str) -> None:
    """Ours."""
    found, problems = certificates(pairs)

    assert found == ()
    assert [one.key for one in problems] == [key]


def test_a_key_that_lost_its_first_line_is_not_told() -> None:
    """Ours: what is wrong with a secret is told without it."""
    _, problems = certificates({"cert": PEM, "private-key": "MIIEvQIBADANBgkqhkiG\nMIIEvQIBADANBgkqhkiG"})

    assert len(problems) == 1
    assert "MIIE" not in problems[0].text
