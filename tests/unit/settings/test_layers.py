"""The file lies over the database."""

import pytest

from pillarbox.settings import Layers, Owner, catalogue


def pairs(written: dict[str, str], kept: dict[str, str]) -> dict[str, str]:
    return dict(Layers(written, kept).pairs)


def test_the_file_wins() -> None:
    """Expressions section 4."""
    assert pairs({"queue.port": "25"}, {"queue.port": "26", "queue.expire": "3d"}) == {
        "queue.port": "25",
        "queue.expire": "3d",
    }


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("server.http.headers.0000", "server.http.headers.1"),
        ("server.http.headers", "server.http.headers.0"),
        ("jmap.http.headers", "server.http.headers.0"),
        ("server.http.url", "server.http.url.0.if"),
        ("lookup.default.hostname", "server.hostname"),
        ("server.hostname", "lookup.default.hostname"),
    ],
)
def test_no_setting_is_made_of_both(written: str, kept: str) -> None:
    """Ours: nor by an older name."""
    layers = Layers({written: "file"}, {kept: "database"})

    assert layers.pairs == {written: "file"}
    assert layers.owner(kept) is Owner.FILE


def test_what_stands_in_keys_is_of_both() -> None:
    """Ours: each network is a setting of its own."""
    networks = "server.blocked-ip.192.0.2.1", "server.blocked-ip.192.0.2.2"

    assert pairs({networks[0]: ""}, {networks[1]: ""}) == dict.fromkeys(networks, "")


def test_a_section_may_be_of_both() -> None:
    """Ours: a secret in the file, the rest in the database."""
    made = pairs({"queue.relay.secret": "s"}, {"queue.relay.host": "a.example"})

    assert made == {"queue.relay.secret": "s", "queue.relay.host": "a.example"}


@pytest.mark.parametrize("pattern", catalogue.NEEDED)
def test_what_is_needed_before_the_store_is_the_files_whatever_it_says(pattern: str) -> None:
    """Expressions section 4; ours: the file cannot leave it to the database."""
    key = pattern.replace("*", "x")
    layers = Layers({"config.local-keys.0": "!*", "config.local-keys.1": "queue.port"}, {key: "1"})

    assert layers.is_local(key)
    assert key not in layers.pairs
    assert layers.owner(key) is not Owner.DATABASE


@pytest.mark.parametrize(
    ("patterns", "local", "others"),
    [
        (["queue.port"], ["queue.port"], ["queue.ports", "queue.port.0"]),
        (["queue.*"], ["queue.port", "queue.relay.host"], ["queue"]),
        (["*.host"], ["queue.relay.host"], ["queue.relay.hosts"]),
        (["queue.*.host"], ["queue.relay.host"], ["queue.host"]),
        (["queue.rel?y.*"], ["queue.relay.host"], ["queue.rely.host"]),
        (["!queue.relay.*", "queue.*"], ["queue.port"], ["queue.relay.host"]),
        (["*"], ["anything"], []),
    ],
)
def test_patterns_say_which_keys_are_the_files(patterns: list[str], local: list[str], others: list[str]) -> None:
    """Expressions section 4: `*`, `prefix*`, `*suffix`, glob, exact; any exclusion that matches wins."""
    layers = Layers({f"config.local-keys.{place}": one for place, one in enumerate(patterns)}, {})

    assert [key for key in local if not layers.is_local(key)] == []
    assert [key for key in others if layers.is_local(key)] == []


def test_texts_are_in_no_traceback() -> None:
    """Ours: secrets are among them."""
    assert "hush" not in repr(Layers({"a": "hush"}, {"b": "hush"}))
