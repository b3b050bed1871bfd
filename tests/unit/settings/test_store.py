"""Which store is meant, and that none takes the place of one that cannot be used."""

import pytest

from pillarbox.settings import BucketStore, DatabaseStore, FolderStore, UnusableStore, snapshot

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


def test_accounts_move_from_the_other_store_to_the_one_that_is_named() -> None:
    """Where nothing else is said, from the files in the data folder."""
    assert snapshot({})[0].next_store is None
    first, problems = snapshot({**PG, "storage.migrate-to": "pg"})
    assert (first.store, problems) == (FolderStore("", None), [])
    assert first.next_store is not None
    assert first.next_store.id == "pg"
    back, _ = snapshot({**PG, "store.files.type": "sqlite", "storage.migrate-to": "files"})
    assert (back.store.id, back.next_store) == ("pg", FolderStore("files", None))
    both, _ = snapshot({**PG, "storage.data": "pg", "storage.migrate-to": "pg"})
    assert both.store == both.next_store
    none, _ = snapshot({"storage.migrate-to": "pg"})
    assert none.next_store == UnusableStore("pg")


@pytest.mark.parametrize(
    "pairs",
    [
        {"storage.data": "pg"},
        {"store.pg.type": "postgresql"},
        {"store.pg.type": "rocksdb", "store.pg.path": "/srv"},
        {"store.pg.type": "postgres", "store.pg.database": "mail"},
        {"store.pg.database": "mail"},
        {**PG, "store.pg.host": "db1,db2:none"},
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


S3 = {
    **PG,
    "store.s3.type": "s3",
    "store.s3.bucket": "mail",
    "store.s3.region": "eu-central-1",
    "store.s3.access-key": "AKIA",
    "store.s3.secret-key": "open sesame",
}


def test_a_bucket_is_used_where_it_is_named() -> None:
    unnamed, _ = snapshot(S3)
    assert unnamed.bucket is None
    settings, problems = snapshot({**S3, "storage.blob": "s3"})
    assert problems == []
    assert isinstance(settings.bucket, BucketStore)
    assert settings.bucket.timeout.seconds == 30
    assert isinstance(settings.store, DatabaseStore), "and the only other store keeps the rest"


def test_a_store_that_keeps_everything_keeps_blobs_as_well() -> None:
    settings, _ = snapshot({**PG, "storage.blob": "pg"})
    assert settings.bucket is None


@pytest.mark.parametrize(
    "more",
    [
        {"storage.blob": "other"},
        {"store.s3.bucket": ""},
        {"store.other.type": "sqlite", "storage.data": "pg", "storage.blob": "other"},
    ],
)
def test_nothing_takes_the_place_of_a_bucket_that_cannot_be_used(more: dict[str, str]) -> None:
    settings, _ = snapshot({**S3, "storage.blob": "s3", **more})
    assert isinstance(settings.bucket, UnusableStore)
    assert isinstance(settings.store, DatabaseStore)


def test_what_is_no_bucket_is_none() -> None:
    settings, _ = snapshot({**S3, "storage.blob": "s3", "store.s3.type": "azure"})
    assert isinstance(settings.bucket, UnusableStore)


def test_a_bucket_keeps_blobs_alone() -> None:
    settings, _ = snapshot({**S3, "storage.data": "s3"})
    assert isinstance(settings.store, UnusableStore)


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("profile", "production", "profiles are not served"),
        ("timeout", "10m", "nobody waits so long"),
    ],
)
def test_what_cannot_be_said_of_a_bucket_is_told(key: str, text: str, said: str) -> None:
    settings, problems = snapshot({**S3, "storage.blob": "s3", f"store.s3.{key}": text})
    assert [said in problem.text for problem in problems] == [True]
    assert isinstance(settings.bucket, BucketStore)
    assert settings.bucket.timeout.seconds == 30


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("endpoint", "ftp://s3.example.org", "no URL"),
        ("endpoint", "https://key:sesame@s3.example.org", "no user"),
        ("endpoint", "https://s3.example.org?", "no URL"),
        ("key-prefix", "mail/../other", "cannot be a part"),
    ],
)
def test_nothing_is_sent_to_another_place_than_the_one_that_was_meant(key: str, text: str, said: str) -> None:
    """Ours: mail is not for Amazon because somebody mistyped whom it is for, nor for another's folder."""
    settings, problems = snapshot({**S3, "storage.blob": "s3", f"store.s3.{key}": text})
    assert [said in problem.text for problem in problems] == [True]
    assert "sesame" not in str(problems)
    assert isinstance(settings.bucket, UnusableStore)


def test_the_secrets_of_a_bucket_are_not_shown() -> None:
    settings, _ = snapshot({**S3, "storage.blob": "s3", "store.s3.security-token": "lent for an hour"})
    assert isinstance(settings.bucket, BucketStore)
    assert settings.bucket.session_token is not None
    assert settings.bucket.session_token.reveal() == "lent for an hour"
    assert "sesame" not in repr(settings.bucket)
    assert "lent" not in repr(settings.bucket)
