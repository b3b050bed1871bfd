"""What a key is."""

import pytest

from pillarbox.settings import catalogue, described, is_secret, root


@pytest.mark.parametrize(
    ("key", "setting"),
    [
        ("server.hostname", "server.hostname"),
        ("lookup.default.hostname", "server.hostname"),
        ("server.http.headers.0001", "server.http.headers"),
        ("jmap.http.headers.1", "server.http.headers"),
        ("server.http.url.0001.then", "server.http.url"),
        ("certificate.0.default", "certificate.<id>.default"),
        ("certificate.a.b.subjects.3", "certificate.<id>.subjects"),
        ("jmap.folders.inbox.name", "jmap.folders.<role>.name"),
        ("server.blocked-ip.192.0.2.1", "server.blocked-ip.<network>"),
        ("lookup.list.0", "lookup.<list>.<key>"),
    ],
)
def test_a_key_belongs_to_the_setting_that_reads_it(key: str, setting: str) -> None:
    """Ours."""
    line = described(key)

    assert line is not None
    assert line.key == setting


@pytest.mark.parametrize("key", ["", "server", "server.hostnam", "jmap.folders.other.name", "zebra.0"])
def test_some_keys_belong_to_no_setting(key: str) -> None:
    """Ours."""
    assert described(key) is None
    assert is_secret(key)


def test_every_setting_is_found_by_each_of_its_keys() -> None:
    """Ours."""
    lines = [line for setting in catalogue.CATALOGUE for line in setting.described()]

    assert [(line.key, key) for line in lines for key in line.spellings() if described(key) != line] == []


@pytest.mark.parametrize(
    ("key", "whole"),
    [
        ("a.b", "a.b"),
        ("a.b.0003", "a.b"),
        ("a.b.1.if", "a.b"),
        ("jmap.http.headers.0", "server.http.headers"),
        ("lookup.default.hostname", "server.hostname"),
        ("certificate.0.cert", "certificate.0.cert"),
        ("server.blocked-ip.192.0.2.1", "server.blocked-ip.192.0.2.1"),
        ("lookup.list.1", "lookup.list.1"),
    ],
)
def test_the_values_of_a_list_have_the_root_of_the_list(key: str, whole: str) -> None:
    """Ours: but an address in a key is no place in a list."""
    assert root(key) == whole


def test_every_kind_of_secrets_is_known_as_one() -> None:
    """Management API section 23: what is called a secret, a password or a key is told nobody, unless it is no such."""
    names = (
        "secret",
        "password",
        "private-key",
        "hmac-key",
        "signature-key",
        "secret-key",
        "session-token",
        "security-token",
    )
    ends = [line for setting in catalogue.CATALOGUE for line in setting.described()]
    called = {line.key for line in ends if line.key.rpartition(".")[2] in (*names, "key")}
    # Names of a column, of an attribute, and what expressions look things up by.
    others = {"directory.<id>.columns.secret", "directory.<id>.attributes.secret"}

    assert {line.key for line in ends if line.is_secret} == called - others
