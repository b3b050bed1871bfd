"""Whatever is done: who is never to be banned is not, and who is not let in is not (adr/0041)."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.driver import Home

from pillarbox.datatypes.server import ban, lift
from pillarbox.http import HTTP, BanPolicy, RequestPolicy
from pillarbox.http.guard.client import Forwarding, Trust
from pillarbox.settings import Duration, Rate
from pillarbox.wire.network import Network, folded, network

DAY = Duration(86_400_000)
PROXY = "10.0.0.1"
ALLOWED, STRANGERS = ("203.0.113.1", "2001:db8::1"), ("203.0.113.9", "2001:db8:9::1", "10.0.0.7")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"X-Forwarded-For": "203.0.113.9"},
    {"Forwarded": "for=10.0.0.1"},
    {"Via": "1.1 x"},
)
STEPS = some.lists(
    some.one_of(
        some.tuples(some.sampled_from(("scans", "guesses", "babbles", "loiters")), some.integers(0, 2)),
        some.tuples(some.sampled_from(("is banned", "is freed", "waits")), some.integers(0, 2)),
    ),
    max_size=8,
)
POLICY = BanPolicy(
    failures=None,
    auth=Rate(2, DAY),
    scan=Rate(1, DAY),
    loiter=Rate(1, DAY),
    paths=("*.php*",),
    allowed=tuple(map(network, ALLOWED)),
    proxies=(network(PROXY),),
)


def acts(home: Home, peer: str | None, headers: dict[str, str]) -> dict[str, Callable[[int], object]]:
    """What somebody at this address may do, or be done to."""
    target: Network = network(peer or "192.0.2.250")

    def guesses(at: int) -> object:
        pair = base64.b64encode(f"name:guess {at}".encode()).decode()
        return home.web.sends("POST", "/jmap", {**headers, "Authorization": f"Basic {pair}"}, peer=peer)

    def connects(told: Callable[[str], None]) -> None:
        if peer is not None:
            told(peer)
            home.tally.count()

    return {
        "scans": lambda _: home.web.sends("GET", "/x.php", headers, peer=peer),
        "guesses": guesses,
        "babbles": lambda _: connects(home.tally.spoke_garbage),
        "loiters": lambda _: connects(home.tally.said_nothing),
        "is banned": lambda at: ban(home.store, target, "", home.now(), home.now() + timedelta(hours=at + 1)),
        "is freed": lambda _: lift(home.store, target, home.now()),
        "waits": lambda at: setattr(home.clock, "now", home.clock.now + 3600 * at),
    }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(some.sampled_from((*ALLOWED, PROXY, "127.0.0.1", "::1", None)), some.sampled_from(HEADERS), STEPS)
def test_who_is_never_to_be_banned_is_let_in(
    home: Home, peer: str | None, headers: dict[str, str], steps: list[tuple[str, int]]
) -> None:
    """Ours: the allow-list, proxies and this machine, whatever they do and whatever is done to them."""
    home.ban_policy = POLICY
    home.build()
    for step, at in steps:
        acts(home, peer, headers)[step](at)
    home.bans.look()

    assert home.bans.refuses(peer or "local") is None
    assert home.web.sends("GET", "/healthz/live", headers, peer=peer).status == 200


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(some.sampled_from(STRANGERS), STEPS)
def test_who_is_banned_is_who_the_list_says(home: Home, peer: str, steps: list[tuple[str, int]]) -> None:
    """Ours: what is in force in memory is what is kept."""
    home.ban_policy = POLICY
    home.build()
    for step, at in steps:
        acts(home, peer, {})[step](at)
        home.bans.look()
        banned = any(folded(peer) in one.span for one in home.banned())

        assert (home.bans.refuses(peer) is not None) == banned


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(STEPS)
def test_a_proxy_is_not_banned_for_whom_it_speaks_for(home: Home, steps: list[tuple[str, int]]) -> None:
    """Ours: what is forwarded counts for the address that is named."""
    home.ban_policy = POLICY
    home.build()
    trust = Trust(Forwarding.ANY, [network("10.0.0.0/8")])
    home.web.application = HTTP(replace(home.setup, policy=RequestPolicy(trust=trust)))
    for step, at in steps:
        if step in {"scans", "guesses"}:
            acts(home, "10.0.0.2", {"X-Forwarded-For": "198.51.100.3"})[step](at)
    home.bans.look()

    assert {one.network for one in home.banned()} <= {"198.51.100.3/32"}
    assert home.bans.refuses("10.0.0.2") is None
