"""State changes that a client has not been told yet (RFC 8620 section 7)."""

from collections.abc import Collection, Mapping

import orjson

from pillarbox.wire.values import Id, State

__all__ = ["Changes"]


class Changes:
    """What is to be told to one client: the latest state of each type, however often it changed.

    `types` are those that the client asked for, None for all. It grows with the number of types, never with the
    number of changes, so a client that reads slowly costs no more than one that reads at once.
    """

    def __init__(self, types: Collection[str] | None) -> None:
        self._types = types
        self._told: dict[tuple[Id, str], State] = {}
        self._waiting: dict[Id, dict[str, State]] = {}

    def add(self, account_id: Id, states: Mapping[str, State]) -> bool:
        """These types of an account are at these states; whether that is news."""
        news = {
            name: state
            for name, state in states.items()
            if (self._types is None or name in self._types) and self._told.get((account_id, name)) != state
        }
        if news:
            self._waiting.setdefault(account_id, {}).update(news)
        return bool(news)

    def known(self, account_id: Id, states: Mapping[str, State]) -> None:
        """The client knows these states already."""
        self._told.update({(account_id, name): state for name, state in states.items()})

    def taken(self) -> bytes | None:
        """The StateChange object with all that was not told yet (section 7.1); it counts as told now."""
        if not self._waiting:
            return None
        waiting, self._waiting = self._waiting, {}
        for account_id, states in waiting.items():
            self.known(account_id, states)
        return orjson.dumps({"@type": "StateChange", "changed": waiting})
