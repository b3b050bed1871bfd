"""Which store is meant, and that none takes the place of one that cannot be used."""

import pytest

from pillarbox.settings import DatabaseStore, FolderStore, UnusableStore, snapshot

PG = {"store.pg.type": "postgresql", "store.pg.database": "mail"}


def test_without_any_store_it_is_files_in_the_data_folder() -> None:
    settings, problems = snapshot({})
    assert settings.store == FolderStore("", None)
    assert problems == []


def test_the_only_store_need_not_be_named() -> None:
    settings, problems = snapshot(PG)
    assert isinstance(settings.store, DatabaseStore)
    assert (settings.store.id, settings.store.host, settings.store.port) == ("pg", "localhost", 5432)
    assert problems == []


def test_of_several_stores_one_is_named() -> None:
    both = {**PG, "store.files.type": "sqlite", "store.files.path": "/srv/mail"}
    named, problems = snapshot({**both, "storage.data": "files"})
    assert named.store == FolderStore("files", "/srv/mail")
    assert problems == []
    nobody, _ = snapshot(both)
    assert isinstance(nobody.store, UnusableStore)


@pytest.mark.parametrize(
    "pairs",
    [
        {"storage.data": "pg"},
        {"store.pg.type": "postgresql"},
        {"store.pg.type": "rocksdb", "store.pg.path": "/srv"},
        {"store.pg.type": "postgres", "store.pg.database": "mail"},
        {"store.pg.database": "mail"},
    ],
)
def test_none_takes_the_place_of_a_store_that_cannot_be_used(pairs: dict[str, str]) -> None:
    """Or mail would be kept where nobody looks for it."""
    settings, _ = snapshot(pairs)
    assert isinstance(settings.store, UnusableStore)


@pytest.mark.parametrize(
    ("enable", "anyone", "tls"),
    [
        ("false", "false", "disable"),
        ("true", "false", "verify-full"),
        ("true", "true", "require"),
        ("yes", "false", "verify-full"),
    ],
)
def test_a_connection_is_encrypted_unless_it_is_plainly_said_not_to(enable: str, anyone: str, tls: str) -> None:
    settings, _ = snapshot({**PG, "store.pg.tls.enable": enable, "store.pg.tls.allow-invalid-certs": anyone})
    assert isinstance(settings.store, DatabaseStore)
    assert settings.store.tls == tls


def test_the_password_is_not_shown() -> None:
    settings, _ = snapshot({**PG, "store.pg.password": "open sesame"})
    assert isinstance(settings.store, DatabaseStore)
    assert "open sesame" not in repr(settings.store)
    assert settings.store.password.reveal() == "open sesame"
