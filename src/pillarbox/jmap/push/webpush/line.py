"""One push subscription, as far as it was told (RFC 8620 section 7.2); pure."""

from collections.abc import Mapping

import orjson

from pillarbox.datatypes.push import Subscribed
from pillarbox.jmap.push.changes import is_later
from pillarbox.jmap.push.webpush.pace import Pace, Pacing
from pillarbox.wire.values import Id, State
from pillarbox.wire.webpush import MAX_PLAIN

__all__ = ["Line", "States", "added", "change", "verification"]

States = dict[Id, dict[str, State]]


class Line:
    """What a subscription has been told, what it is still to be told, and when it may be.

    It grows with the number of types, never with the number of changes.
    """

    def __init__(self, subscribed: Subscribed, pacing: Pacing) -> None:
        self.subscribed = subscribed
        self.pace = Pace(pacing)
        self.told: States = {}
        self.is_open = True
        """Until the subscription is gone."""
        self.is_flying = False
        """Whether somebody sees to it that all is told."""
        self.code: str | None = None
        """The code, while it is being pushed."""
        self.is_asked = False
        """Whether that has begun, once and for all."""
        self.given_up: States = {}
        """The news that waits for more."""

    def refresh(self, subscribed: Subscribed, now: States) -> None:
        """The subscription as it is kept now; what it cannot have been told of counts as told."""
        self.subscribed = subscribed
        if not subscribed.is_verified:
            # What counts as told is decided when it is.
            return
        for account_id, states in now.items():
            known = self.told.setdefault(account_id, {})
            for name, state in states.items():
                known.setdefault(name, subscribed.told.get(account_id, {}).get(name, state))

    def news(self, now: States) -> States:
        """What it is to be told: the states that it does not know, of the types that it wants."""
        if not self.subscribed.is_verified:
            return {}
        types = self.subscribed.types
        found = {
            account_id: {
                name: state
                for name, state in states.items()
                if (types is None or name in types) and is_later(state, self.told.get(account_id, {}).get(name))
            }
            for account_id, states in now.items()
        }
        return {account_id: states for account_id, states in found.items() if states}

    def learn(self, told: States) -> None:
        """It was told this."""
        for account_id, states in told.items():
            self.told.setdefault(account_id, {}).update(states)

    @property
    def wants_code(self) -> bool:
        """Whether its code is still to be pushed."""
        return self.code is not None or (self.subscribed.code is not None and not self.is_asked)

    def is_due(self, now: States) -> bool:
        """Whether there is something to push that was not given up."""
        news = self.news(now)
        return self.is_open and (self.wants_code or (bool(news) and news != self.given_up))


def added(to: States, account_id: Id, states: Mapping[str, State]) -> bool:
    """Whether any of these states is later than what was known; it is known now."""
    known = to.setdefault(account_id, {})
    later = {name: state for name, state in states.items() if is_later(state, known.get(name))}
    known.update(later)
    return bool(later)


def change(news: States) -> tuple[States, bytes]:
    """A StateChange object (section 7.1), and which of the news are in it: as many accounts' as a push can hold."""
    part: States = {}
    octets = b""
    for account_id, states in news.items():
        more = {**part, account_id: states}
        written = orjson.dumps({"@type": "StateChange", "changed": more})
        if part and len(written) > MAX_PLAIN:
            break
        part, octets = more, written
    return part, octets


def verification(subscribed: Subscribed, code: str) -> bytes:
    """A PushVerification object (section 7.2.2)."""
    return orjson.dumps({"@type": "PushVerification", "pushSubscriptionId": subscribed.id, "verificationCode": code})
