"""`pillarbox certificate`: what is shown of certificates that are had by ACME."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command

from pillarbox.app import house
from pillarbox.datatypes.server import IssuedCertificate, KeptCertificate, certificate, keep_certificate
from pillarbox.settings import Secret, snapshot

NOW = datetime.now(UTC).replace(microsecond=0)
SETTINGS = """
[acme.first]
contact = "postmaster@home.example"
domains = "mail.home.example"
[acme.second]
contact = "postmaster@home.example"
domains = ["b.home.example"]
"""
ISSUED = IssuedCertificate(
    "https://acme-v02.api.letsencrypt.org/directory",
    ("mail.home.example",),
    "chain",
    Secret("the private key"),
    "CN=R3",
    NOW - timedelta(days=1),
    NOW + timedelta(days=89),
    0.0,
)


@pytest.fixture
def kept(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """One certificate is there, one could not be had, one is not wanted any more."""
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "pillarbox.toml").write_text(SETTINGS)
    with house(snapshot({})[0], tmp_path / "var") as built:
        keep_certificate(built.store, KeptCertificate("first", ISSUED))
        keep_certificate(built.store, KeptCertificate("second").failed("dns: none", "", 3, NOW + timedelta(hours=1)))
        keep_certificate(built.store, KeptCertificate("third", ISSUED))
    return command


def test_each_is_shown_with_when_it_ends_and_what_failed(kept: Command) -> None:
    """Issue 5 point 4: expiry and the last error are told."""
    ended = kept("certificate", "list")

    first, second, third = [line for line in ended.out.splitlines() if line.split()[0] in ("first", "second", "third")]
    assert "mail.home.example" in first
    assert "CN=R3" in first
    assert ISSUED.ends.strftime("%Y-%m-%d") in first
    assert "none yet" in second
    assert "dns: none" in second
    assert "not in the settings" in third
    assert "private" not in ended.out


def test_programs_are_told_the_same(kept: Command) -> None:
    """Ours."""
    told = json.loads(kept("certificate", "list", "--json").out)

    assert [(one["id"], one["isWanted"], one["tries"], one["failure"]) for one in told] == [
        ("first", True, 0, None),
        ("second", True, 3, "dns: none"),
        ("third", False, 0, None),
    ]
    assert told[0]["nextAttempt"] == (NOW + timedelta(days=59)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told[2]["nextAttempt"] is None


def test_one_can_be_wanted_now(kept: Command, tmp_path: Path) -> None:
    """Ours: the server, or the next one that is started, hears of it."""
    assert kept("certificate", "renew", "first").out == "To be ordered now: first.\n"

    with house(snapshot({})[0], tmp_path / "var") as built:
        assert certificate(built.store, "first").is_hurried
        assert not certificate(built.store, "second").is_hurried


@pytest.mark.parametrize("id_", ["third", "nothing", ""])
def test_only_what_the_settings_want_is_ordered(kept: Command, id_: str) -> None:
    """Ours."""
    ended = kept("certificate", "renew", id_)

    assert ended.status == 1
    assert f"the settings have no acme.{id_} that is complete; they have: first, second" in ended.err


def test_nothing_is_told_of_nothing(command: Command, tmp_path: Path) -> None:
    """Ours."""
    with house(snapshot({})[0], tmp_path / "var"):
        pass

    assert command("certificate", "list").out == ("The settings want no certificates by ACME, and there are none.\n")
    assert command("certificate", "renew").status == 1
