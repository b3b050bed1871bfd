"""What `pillarbox doctor` says of certificates."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from pillarbox.app import house
from pillarbox.app.expiring import expiring
from pillarbox.app.house import House
from pillarbox.datatypes.server import IssuedCertificate, KeptCertificate, keep_certificate
from pillarbox.settings import snapshot
from pillarbox.telemetry import Secret
from pillarbox.upkeep import Trouble

NOW = datetime.now(UTC)
DIRECTORY = "https://acme-v02.api.letsencrypt.org/directory"


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    settings, _ = snapshot({})
    with house(settings, tmp_path / "var") as made:
        yield made


@pytest.fixture
def found(built: House) -> Callable[[dict[str, str]], list[Trouble]]:
    """What is wrong with these settings."""

    def look(pairs: dict[str, str]) -> list[Trouble]:
        settings, problems = snapshot(pairs)
        assert problems == []
        return list(expiring(settings, built.store, NOW))

    return look


def written(until: datetime) -> dict[str, str]:
    made = trustme.CA().issue_cert("mail.example.org", not_after=until.replace(tzinfo=None))
    chain = b"".join(blob.bytes() for blob in made.cert_chain_pems).decode()
    return {"certificate.main.cert": chain, "certificate.main.private-key": made.private_key_pem.bytes().decode()}


@pytest.mark.parametrize(
    ("days", "weight", "said"),
    [(30, None, ""), (13, "remark", "put a new one in its place"), (-1, "trouble", "it expired")],
)
def test_one_of_the_settings(
    found: Callable[[dict[str, str]], list[Trouble]], days: int, weight: str | None, said: str
) -> None:
    told = found(written(NOW + timedelta(days=days)))

    assert [(one.place, one.weight) for one in told] == ([] if weight is None else [("certificate.main", weight)])
    assert all(said in one.problem for one in told)


def test_one_that_cannot_be_shown_is_a_trouble(found: Callable[[dict[str, str]], list[Trouble]]) -> None:
    pairs = written(NOW + timedelta(days=30))
    pairs["certificate.main.private-key"] = written(NOW + timedelta(days=30))["certificate.main.private-key"]

    (one,) = found(pairs)

    assert (one.place, one.weight) == ("certificate.main", "trouble")
    assert "BEGIN" not in one.problem


@pytest.mark.parametrize(
    ("days", "failure", "weight", "said"),
    [
        (None, "nobody came", "remark", "there is no certificate yet; the last attempt failed: nobody came; the next"),
        (31, "", None, ""),
        # Due, and the server has run meanwhile or not.
        (29.5, "", None, ""),
        (25, "", "remark", "and is not renewed"),
        (29, "nobody came", "remark", "is not renewed; the last attempt failed: nobody came; the next is at "),
        (-1, "nobody came", "trouble", "it expired"),
    ],
)
def test_one_that_is_had_by_acme(
    built: House,
    found: Callable[[dict[str, str]], list[Trouble]],
    days: float | None,
    failure: str,
    weight: str | None,
    said: str,
) -> None:
    """Issue 5 point 4: expiry, the last error and the next attempt are told."""
    issued = None
    if days is not None:
        ends = NOW + timedelta(days=days)
        issued = IssuedCertificate(
            DIRECTORY, ("mail.example.org",), "chain", Secret("key"), "CN=CA", ends - timedelta(days=90), ends, 0.0
        )
    keep_certificate(built.store, KeptCertificate("home", issued, 1, failure))

    told = found({"acme.home.domains": "mail.example.org", "acme.home.contact": "postmaster@example.org"})

    assert [(one.place, one.weight) for one in told] == ([] if weight is None else [("acme.home", weight)])
    assert all(said in one.problem for one in told)
