"""Certificates are kept as the settings and their files have them."""

import os
import ssl
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.driver.entrance import MirrorListener, pair, trusting

from pillarbox.app import certifying
from pillarbox.app.certifying import Keeper, examined
from pillarbox.net import BadCertificate, Certificates, Pair, Protection
from pillarbox.settings import Snapshot, snapshot
from pillarbox.telemetry import Event


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the log is told."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(certifying, "emit", lambda event, **fields: found.append({"event": event, **fields}))
    return found


class Files:
    """A chain and a key as files, and the settings that name them."""

    def __init__(self, folder: Path) -> None:
        self.chain, self.key = folder / "chain.pem", folder / "key.pem"
        self._writes = 0

    def write(self, made: Pair) -> None:
        self.chain.write_bytes(made.chain)
        self.key.write_text(made.key.reveal())
        self._writes += 1
        for path in (self.chain, self.key):
            os.utime(path, (self._writes, self._writes))

    @property
    def settings(self) -> Snapshot:
        made, problems = snapshot(
            {"certificate.main.cert": str(self.chain), "certificate.main.private-key": str(self.key)}
        )
        assert problems == []
        return made


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    folder.mkdir()
    return folder


@pytest.fixture
def certificates() -> Certificates:
    return Certificates()


@pytest.fixture
def listener(certificates: Certificates) -> Iterator[MirrorListener]:
    with closing(MirrorListener(protection=Protection(), certificates=certificates)) as opened:
        yield opened


def names(certificates: Certificates) -> set[str]:
    return set(certificates.names)


def test_a_file_that_changes_is_read_again_while_connections_stay(
    files: Files, data: Path, authority: trustme.CA, certificates: Certificates, listener: MirrorListener
) -> None:
    """Ours: renewal by another program needs no restart, and cuts nobody off."""
    files.write(pair(authority, "mail.example.org", "old.example.org"))
    keeper = Keeper(certificates, data, is_speaker=True)
    keeper.use(files.settings)

    with listener.speaks(trusting(authority), "old.example.org") as before:
        listener.answers(before)
        files.write(pair(authority, "mail.example.org", "new.example.org"))
        keeper.look()

        with listener.speaks(trusting(authority), "new.example.org") as after:
            assert listener.answers(after)["is_tls"]
        assert listener.answers(before)["is_tls"]
    with pytest.raises(ssl.SSLCertVerificationError):
        listener.speaks(trusting(authority), "old.example.org")


def test_a_file_that_is_broken_changes_nothing_and_is_told_once(
    files: Files, data: Path, authority: trustme.CA, certificates: Certificates, told: list[dict[str, Any]]
) -> None:
    """Ours: better the old certificate than none."""
    files.write(pair(authority, "mail.example.org"))
    keeper = Keeper(certificates, data, is_speaker=True)
    keeper.use(files.settings)

    files.key.write_text("-----BEGIN nothing")
    for _ in range(3):
        keeper.look()

    assert names(certificates) == {"mail.example.org"}
    unusable = [one for one in told if one["event"] is Event.TLS_CERTIFICATE_UNUSABLE]
    assert [one["certificate"] for one in unusable] == ["main"]

    files.write(pair(authority, "new.example.org"))
    keeper.look()
    assert names(certificates) == {"new.example.org"}


def test_one_process_of_several_tells(
    files: Files, data: Path, certificates: Certificates, told: list[dict[str, Any]]
) -> None:
    """Ours."""
    Keeper(certificates, data, is_speaker=False).use(files.settings)
    assert told == []

    Keeper(certificates, data, is_speaker=True).use(files.settings)
    assert [one["known"] for one in told] == [f"{files.chain} cannot be read: No such file or directory"]


def test_without_any_certificate_one_is_made_that_signs_itself(data: Path, certificates: Certificates) -> None:
    """Ours: all processes have the same, and nobody else may read its key."""
    settings, _ = snapshot({"server.hostname": "mail.example.org"})
    Keeper(certificates, data, is_speaker=True).use(settings)
    path = data / "self-signed.pem"
    first = path.read_bytes()

    assert names(certificates) == {"mail.example.org", "localhost", "127.0.0.1", "::1"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    other = Certificates()
    Keeper(other, data, is_speaker=False).use(settings)
    assert path.read_bytes() == first
    assert names(other) == names(certificates)


def test_one_that_signs_itself_is_made_anew_for_other_names_or_if_it_is_broken(data: Path) -> None:
    """Ours."""
    settings, _ = snapshot({"server.hostname": "mail.example.org"})
    Keeper(Certificates(), data, is_speaker=True).use(settings)

    settings, _ = snapshot({"server.hostname": "other.example.org"})
    certificates = Certificates()
    Keeper(certificates, data, is_speaker=True).use(settings)
    assert "other.example.org" in certificates.names

    (data / "self-signed.pem").write_text("nothing")
    certificates = Certificates()
    Keeper(certificates, data, is_speaker=True).use(settings)
    assert "other.example.org" in certificates.names


def test_what_is_wrong_is_told_when_it_is_examined(files: Files, authority: trustme.CA) -> None:
    """Ours."""
    good, other = pair(authority, "mail.example.org"), pair(authority, "other.example.org")
    files.write(good)
    assert [(id_, str(found)) for id_, found in examined(files.settings) if isinstance(found, BadCertificate)] == []

    files.write(Pair(good.chain, other.key))
    ((id_, found),) = examined(files.settings)
    assert (id_, str(found)) == ("main", "the private key is not that of the certificate")


def test_one_that_expired_is_shown_and_told(
    files: Files, data: Path, certificates: Certificates, told: list[dict[str, Any]]
) -> None:
    """Ours: clients that insist can still come; without it nobody could."""
    made = trustme.CA().issue_cert("mail.example.org", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    files.chain.write_bytes(b"".join(one.bytes() for one in made.cert_chain_pems))
    files.key.write_bytes(made.private_key_pem.bytes())

    Keeper(certificates, data, is_speaker=True).use(files.settings)

    assert names(certificates) == {"mail.example.org"}
    assert [one["known"] for one in told] == ["it expired at 2020-01-01 00:00 UTC"]
