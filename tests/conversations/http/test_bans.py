"""Who is not let in (adr/0041)."""

import sys
from datetime import timedelta

import pytest
from tests.driver import JMAP, Home, Reply, like

from pillarbox.datatypes.server import ban, bans, lift
from pillarbox.http import BanPolicy, Bans
from pillarbox.settings import Duration, Rate, catalogue, snapshot
from pillarbox.store import LocalFeed, Store
from pillarbox.wire.network import network

THIEF, OTHER = "203.0.113.9", "198.51.100.7"
SCANNED = "/blog/wp-login.php"


@pytest.fixture
def guarded(home: Home) -> Home:
    """Where bans are as the settings have them by default."""
    settings, _ = snapshot({})
    home.ban_policy = BanPolicy.of(settings)
    home.build()
    return home


def asks(home: Home, target: str = "/healthz/live", peer: str | None = THIEF, **headers: str) -> Reply:
    return home.web.sends("GET", target, {name.replace("_", "-"): value for name, value in headers.items()}, peer=peer)


def bans_by_hand(home: Home, address: str, hours: int = 2, reason: str = "") -> None:
    ban(home.store, network(address), reason, home.now(), home.now() + timedelta(hours=hours))
    home.bans.look()


def test_one_look_for_what_only_scanners_know_is_enough(guarded: Home) -> None:
    """Ours: and what is asked for is answered as ever."""
    assert asks(guarded, SCANNED).status == 404
    assert asks(guarded).status == 403

    (one,) = guarded.banned()
    assert (one.network, one.reason, one.evidence) == (f"{THIEF}/32", "scan", f"asked for {SCANNED}")
    assert asks(guarded, peer=OTHER).status == 200


@pytest.mark.parametrize(
    "target",
    [
        "/index.php",
        "/INDEX.PHP?x=1",
        "/a/b/c.php5",
        "/x.cgi",
        "/default.aspx",
        "/wp-admin/",
        "/phpmyadmin",
        "/cgi-bin/luci",
        "/xmlrpc",
        "/a/../../etc/passwd",
        "/joomla",
        "/WordPress/",
        "/drupal/",
        "//x.php",
    ],
)
def test_patterns_are_patterns(guarded: Home, target: str) -> None:
    """Ours: `*` is anything, wherever it stands, and upper and lower case are the same."""
    asks(guarded, target)

    assert len(guarded.banned()) == 1


@pytest.mark.parametrize("target", ["/", "/robots.txt", "/favicon.ico", "/nothing/here", "/.well-known/caldav"])
def test_who_looks_for_what_might_be_there_is_not_banned(guarded: Home, target: str) -> None:
    """Ours."""
    for _ in range(50):
        asks(guarded, target)

    assert guarded.banned() == []


def test_a_file_may_have_the_name_of_a_scan(guarded: Home, alice: JMAP) -> None:
    """Ours: what is at a path counts, not what it looks like."""
    blob = alice.uploads(b"<?php")

    assert alice.downloads(blob, "index.php").status == 200
    assert guarded.banned() == []


def test_a_pattern_of_ones_own_is_a_pattern(home: Home) -> None:
    """Ours."""
    settings, _ = snapshot({"server.auto-ban.scan.paths": "*.env?"})
    home.ban_policy = BanPolicy.of(settings)
    home.build()

    asks(home, "/x.php")
    asks(home, "/a/.env")
    assert home.banned() == []
    asks(home, "/a/.env2")
    assert len(home.banned()) == 1


def test_none_bans_nobody_for_a_path(home: Home) -> None:
    """docs/settings.md."""
    settings, problems = snapshot({"server.auto-ban.scan.paths": "none"})
    home.ban_policy = BanPolicy.of(settings)
    home.build()
    asks(home, SCANNED)

    assert problems == []
    assert home.banned() == []


def test_a_long_path_takes_no_time(guarded: Home) -> None:
    """Ours: patterns do not try again and again."""
    asks(guarded, "/" + "/wp" * 20_000)
    asks(guarded, "/" + "pp" * 20_000)

    assert guarded.banned() == []


def test_a_refusal_says_until_when(guarded: Home) -> None:
    """RFC 9457: a problem document; ours: whoever is banned may have to ask somebody for help."""
    bans_by_hand(guarded, THIEF)
    reply = asks(guarded)

    assert reply.json() == like(type="about:blank", status=403, title="Forbidden")
    assert guarded.banned()[0].expires in reply.json()["detail"]
    assert reply.headers["connection"] == "close"


def test_a_ban_ends_by_itself(guarded: Home) -> None:
    """Ours: a day."""
    asks(guarded, SCANNED)
    guarded.clock.now += 86_400 - 2
    assert asks(guarded).status == 403
    guarded.clock.now += 3

    assert asks(guarded).status == 200


def test_the_next_one_is_twice_as_long(guarded: Home) -> None:
    """Ours: up to thirty days."""
    lengths = []
    for _ in range(7):
        asks(guarded, SCANNED)
        (one,) = guarded.banned()
        before = guarded.clock.now
        while guarded.banned():
            guarded.clock.now += 86_400
        lengths.append(round((guarded.clock.now - before) / 86_400))
        assert one.offences == len(lengths)

    assert lengths == [1, 2, 4, 8, 16, 30, 30]


def test_after_a_quiet_month_it_is_forgotten(guarded: Home) -> None:
    """Ours."""
    asks(guarded, SCANNED)
    guarded.clock.now += 32 * 86_400
    asks(guarded, SCANNED)

    assert guarded.banned()[0].offences == 1


def test_a_ban_that_is_lifted_is_lifted_at_once_and_forgiven(guarded: Home) -> None:
    """Ours: and what led to it is not held against them a second time."""
    asks(guarded, SCANNED)
    lift(guarded.store, network(THIEF), guarded.now())
    guarded.bans.look()
    assert asks(guarded).status == 200
    asks(guarded, SCANNED)

    assert guarded.banned()[0].offences == 1


def test_a_ban_is_heard_by_the_other_processes(guarded: Home, feed: LocalFeed, elsewhere: Store) -> None:
    """Ours: by the feed, at once; here as another process has the store."""
    other = Bans(elsewhere, guarded.ban_policy, guarded.door.through, guarded.clock)
    task = guarded.web.start(other.run)
    guarded.web.moves_on()
    with feed.listen(0, elsewhere.feed.publish):
        asks(guarded, SCANNED)
        guarded.web.until(lambda: other.refuses(THIEF) is not None)

        lift(guarded.store, network(THIEF), guarded.now())
        guarded.web.until(lambda: other.refuses(THIEF) is None)
    task.cancel()


def test_all_addresses_of_a_banned_network_are_banned(guarded: Home) -> None:
    """Ours."""
    bans_by_hand(guarded, "203.0.113.0/24")

    assert asks(guarded, peer="203.0.113.255").status == 403
    assert asks(guarded, peer="::ffff:203.0.113.1").status == 403
    assert asks(guarded, peer="203.0.112.255").status == 200


def test_of_ipv6_the_whole_network_is_banned(guarded: Home) -> None:
    """RFC 6177 section 2: whoever has one address of a /64 has all of them."""
    asks(guarded, SCANNED, "2001:db8::1")

    assert asks(guarded, peer="2001:db8::ffff:2").status == 403
    assert asks(guarded, peer="2001:db8:0:1::1").status == 200


def test_a_ban_within_a_ban_that_is_over_does_not_hide_it(guarded: Home) -> None:
    """Ours."""
    bans_by_hand(guarded, "203.0.113.0/24", hours=48)
    bans_by_hand(guarded, THIEF, hours=1)
    guarded.clock.now += 2 * 3600

    assert asks(guarded).status == 403


def settled(home: Home, **pairs: str) -> None:
    settings, problems = snapshot({f"server.{key}": value for key, value in pairs.items()})
    assert problems == []
    home.ban_policy = BanPolicy.of(settings)
    home.build()


def test_who_is_allowed_is_never_banned(home: Home) -> None:
    """Ours: not for what they do, nor by hand."""
    settled(home, **{"allowed-ip.203.0.113.0/24": ""})
    asks(home, SCANNED)
    bans_by_hand(home, THIEF)

    assert asks(home).status == 200


def test_who_is_blocked_is_not_let_in(home: Home) -> None:
    """Ours: by the settings, for as long as they say so."""
    settled(home, **{"blocked-ip.203.0.113.0/24": "", "blocked-ip.2001:db8::/32": ""})

    assert asks(home).status == 403
    assert asks(home, peer="2001:db8:7::1").status == 403
    assert asks(home, peer=OTHER).status == 200


def test_of_what_is_both_the_narrower_entry_holds(home: Home) -> None:
    """Ours."""
    settled(home, **{"blocked-ip.203.0.113.0/24": "", "allowed-ip.203.0.113.9": ""})

    assert asks(home).status == 200
    assert asks(home, peer="203.0.113.10").status == 403


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", None])
def test_this_machine_is_never_banned(guarded: Home, peer: str | None) -> None:
    """Ours: the administrator looks around, too."""
    asks(guarded, SCANNED, peer)

    assert asks(guarded, peer=peer).status == 200
    assert guarded.banned() == []


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "Via", "X_Real_IP"])
def test_a_proxy_that_nobody_told_us_of_is_never_banned(
    guarded: Home, capfd: pytest.CaptureFixture[str], header: str
) -> None:
    """Ours: everybody is behind it. The log says what tells them apart."""
    for peer in ("127.0.0.1", "10.1.2.3", "fd00::1"):
        asks(guarded, SCANNED, peer, **{header: "for=203.0.113.9"})

    assert guarded.banned() == []
    told = capfd.readouterr().err
    assert "ban.spared" in told
    assert "server.http.use-x-forwarded" in told


def test_from_the_internet_such_headers_spare_nobody(guarded: Home) -> None:
    """Ours: anybody can send them."""
    asks(guarded, SCANNED, X_Forwarded_For="127.0.0.1")

    assert [one.network for one in guarded.banned()] == [f"{THIEF}/32"]


def test_connections_that_speak_something_else_are_counted(guarded: Home) -> None:
    """Ours: 30 a day."""
    for _ in range(29):
        guarded.tally.spoke_garbage(THIEF)
    guarded.tally.count()
    assert guarded.banned() == []
    guarded.tally.spoke_garbage(THIEF)
    guarded.tally.count()

    (one,) = guarded.banned()
    assert (one.reason, one.evidence) == ("scan", "30/1d connections that spoke no HTTP")


def test_connections_on_which_nothing_is_said_are_counted(guarded: Home) -> None:
    """Ours: 150 a day; what is private may be a proxy that opens some in advance."""
    for _ in range(150):
        guarded.tally.said_nothing(THIEF)
        guarded.tally.said_nothing("10.1.2.3")
        guarded.tally.count()

    assert [(one.network, one.reason) for one in guarded.banned()] == [(f"{THIEF}/32", "loiter")]


def test_who_has_signed_in_may_open_connections_in_advance(guarded: Home, alice: JMAP) -> None:
    """Ours: as browsers do."""
    guarded.web.sends("GET", "/.well-known/jmap", alice.credentials, peer=THIEF)
    for _ in range(200):
        guarded.tally.said_nothing(THIEF)
    guarded.tally.count()

    assert guarded.banned() == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_cannot_have_its_readers_banned(guarded: Home, site: str) -> None:
    """Ours: a picture in a mail or a link on a page leads whoever sees it here (Fetch Metadata, Sec-Fetch-Site)."""
    assert asks(guarded, SCANNED, Sec_Fetch_Site=site, Sec_Fetch_Dest="image").status == 404
    assert guarded.banned() == []

    asks(guarded, SCANNED, Sec_Fetch_Site="none")
    assert len(guarded.banned()) == 1


def test_who_is_known_is_not_banned_for_a_path(guarded: Home, alice: JMAP) -> None:
    """Ours: nor can a page do it whose reader's program does not say that it came from there, wherever they are now."""
    for peer in (THIEF, OTHER):
        guarded.web.sends("GET", "/.well-known/jmap", alice.credentials, peer=peer)
        guarded.tally.count()
        asks(guarded, SCANNED, peer=peer)

    assert guarded.banned() == []


def test_only_so_many_are_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: those that end first go, so that nobody can fill the store."""
    module = sys.modules["pillarbox.datatypes.server.ban"]
    monkeypatch.setattr(module, "MAX_BANS", 20)
    monkeypatch.setattr(module, "_SPARE", 5)
    bans_by_hand(home, THIEF, hours=999)
    for number in range(40):
        bans_by_hand(home, f"192.0.2.{number}", hours=number + 1)

    kept = [one.network for one in bans(home.store)]
    assert len(kept) <= 20
    assert f"{THIEF}/32" in kept
    assert "192.0.2.39/32" in kept


def test_the_defaults_are_those_of_the_documentation() -> None:
    """The settings reference."""
    settings, _ = snapshot({})

    assert settings[catalogue.BAN_AUTH] == Rate(100, Duration(86_400_000))
    assert settings[catalogue.BAN_SCAN] == Rate(30, Duration(86_400_000))
    assert settings[catalogue.BAN_LOITER] == Rate(150, Duration(86_400_000))
    assert settings[catalogue.BAN_DURATION] == Duration(86_400_000)


def test_names_are_those_of_before() -> None:
    """The settings reference: server.fail2ban.* of earlier configurations."""
    settings, problems = snapshot({"server.fail2ban.authentication": "7/1h"})

    assert problems == []
    assert settings[catalogue.BAN_AUTH] == Rate(7, Duration(3_600_000))
