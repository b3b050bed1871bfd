"""How far back changes are known (RFC 8620 section 5.2)."""

from tests.driver import JMAP, Home

from pillarbox.datatypes import REGISTRY
from pillarbox.settings import catalogue, snapshot
from pillarbox.upkeep import tend

_DAY = 86_400


def test_changes_of_the_last_30_days_are_known(home: Home, alice: JMAP) -> None:
    """Section 5.2: a server should be able to calculate changes for at least 30 days."""
    settings, _ = snapshot({})
    history = settings[catalogue.MAX_CHANGES_HISTORY]
    assert history is not None
    alice.receives("Subject: gone soon\n\nbody")
    (email,) = alice.asks("Email/get", ids=None, properties=["id"])["list"]
    since = alice.state("Email")
    alice.asks("Email/set", destroy=[email["id"]])

    home.clock.now += 30 * _DAY - 1
    tend(home.store, REGISTRY, alice.number, int(home.clock()), int(history.seconds))
    assert alice.asks("Email/changes", sinceState=since)["destroyed"] == [email["id"]]
