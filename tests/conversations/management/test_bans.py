"""Who is not let in, as an administrator sees and says it."""

from datetime import timedelta

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.settings import snapshot


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


def instant(home: Home, **later: float) -> str:
    return (home.now() + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_somebody_is_banned_until_a_time(root: Administrator, home: Home) -> None:
    """Ours: the ban is told, and listed."""
    made = root.does(
        "POST", "bans", {"network": "192.0.2.7/24", "reason": "tries passwords", "expires": instant(home, hours=2)}
    )
    assert made == {
        "network": "192.0.2.0/24",
        "reason": "manual",
        "evidence": "tries passwords",
        "created": instant(home),
        "expires": instant(home, hours=2),
        "offences": 0,
    }
    assert root.does("GET", "bans") == {"items": [made], "total": 1}
    assert [one.network for one in home.banned()] == ["192.0.2.0/24"]


def test_a_ban_without_an_end_is_for_a_day(root: Administrator, home: Home) -> None:
    """Ours: and of an IPv6 address it is the /64 (RFC 6177)."""
    made = root.does("POST", "bans", {"network": "2001:db8::7"})
    assert (made["network"], made["expires"]) == ("2001:db8::/64", instant(home, days=1))


def test_what_is_over_is_listed_when_asked_for(root: Administrator, home: Home) -> None:
    """Ours: they count when somebody is banned again."""
    root.does("POST", "bans", {"network": "192.0.2.7", "expires": instant(home, seconds=5)})
    home.clock.now += 6
    assert root.does("GET", "bans")["total"] == 0
    assert root.does("GET", "bans", None, all="true")["total"] == 1


def test_a_ban_is_ended(root: Administrator, home: Home) -> None:
    """Ours: all that overlap; which they were is told."""
    for one in ("192.0.2.7", "192.0.2.8", "198.51.100.1"):
        root.does("POST", "bans", {"network": one})
    assert sorted(root.does("DELETE", "bans/192.0.2.0%2F24")) == ["192.0.2.7/32", "192.0.2.8/32"]
    assert [one.network for one in home.banned()] == ["198.51.100.1/32"]
    root.is_refused(404, "DELETE", "bans/192.0.2.7", error="notFound", item="192.0.2.7")
    root.is_refused(404, "DELETE", "bans/nonsense", error="notFound", item="nonsense")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"network": "somewhere"}, "network"),
        ({"network": "192.0.2.0/33"}, "network"),
        ({"network": "192.0.2.1", "expires": "2020-01-01T00:00:00Z"}, "expires"),
        ({"network": "192.0.2.1", "expires": "2100-01-01T00:00:00Z"}, "expires"),
        ({"network": "192.0.2.1", "for": "1d"}, "for"),
        ({"reason": "nobody"}, "network"),
    ],
)
def test_what_is_no_ban_is_refused(root: Administrator, home: Home, body: dict[str, str], field: str) -> None:
    """Ours: a ban has an end, and the bad field is named."""
    refused = root.is_refused(400, "POST", "bans", body)
    assert [one["field"] for one in refused["invalid"]] == [field]
    assert not home.banned()


def test_nobody_is_banned_who_has_to_be_let_in(root: Administrator, home: Home) -> None:
    """Ours: this machine, proxies, and who is allowed by the settings."""
    pairs = {"server.allowed-ip.192.0.2.0/24": "", "server.http.trusted-proxies": "198.51.100.1"}
    home.settings, problems = snapshot(pairs)
    assert not problems
    for one in ("127.0.0.1", "192.0.2.7", "198.51.100.1"):
        root.is_refused(409, "POST", "bans", {"network": one}, error="assertFailed")
    assert not home.banned()


def test_who_may_not_see_settings_sees_no_bans(home: Home) -> None:
    """Management API section 20: bans are among the settings there."""
    tenant = Administrator(home, None, "tenant-admin")
    tenant.is_refused(403, "GET", "bans")
    tenant.is_refused(403, "POST", "bans", {"network": "192.0.2.1"})
    tenant.is_refused(403, "DELETE", "bans/192.0.2.1")


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "128.0.0.0/7", "2000::/3"])
def test_nobody_bans_everybody(root: Administrator, network: str) -> None:
    """Ours: whoever manages from afar would be kept out as well."""
    told = root.is_refused(400, "POST", "bans", {"network": network})
    assert [one["field"] for one in told["invalid"]] == ["network"]
