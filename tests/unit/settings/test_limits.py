"""Settings whose values stand in their keys."""

from pillarbox.settings import catalogue, snapshot
from pillarbox.settings.flatten import flatten


def test_each_key_is_a_network_and_the_bad_ones_are_told() -> None:
    """Ours: one bad entry costs that entry alone."""
    settings, problems = snapshot(
        {
            "server.blocked-ip.192.0.2.1": "",
            "server.blocked-ip.2001:db8::/32": "",
            "server.blocked-ip.10.1.2.3/9": "why not",
            "server.blocked-ip.0.0.0.0/0": "",
            "server.blocked-ip.example.org": "",
        }
    )

    assert [str(one) for one in settings[catalogue.BLOCKED_IP]] == ["192.0.2.1/32", "2001:db8::/32", "10.0.0.0/9"]
    assert [one.key for one in problems] == ["server.blocked-ip.0.0.0.0/0", "server.blocked-ip.example.org"]


def test_a_table_of_a_file_is_such_a_set() -> None:
    """Ours: as docs/administrators/bans.md shows it."""
    pairs, _ = flatten({"server": {"allowed-ip": {"192.0.2.7": "", "203.0.113.0/24": "the office"}}})
    settings, problems = snapshot(pairs)

    assert problems == []
    assert [str(one) for one in settings[catalogue.ALLOWED_IP]] == ["192.0.2.7/32", "203.0.113.0/24"]


def test_a_pattern_that_is_everything_bans_nobody() -> None:
    """Ours."""
    settings, problems = snapshot({"server.auto-ban.scan.paths": "**"})

    assert settings[catalogue.BAN_SCAN_PATHS] == ()
    assert len(problems) == 1
