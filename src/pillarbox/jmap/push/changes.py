"""State changes that a client has not been told yet (RFC 8620 section 7)."""

from collections.abc import Collection, Mapping

import orjson

from pillarbox.wire.values import Id, State, state_number

__all__ = ["Changes", "is_later"]

_States = dict[Id, dict[str, State]]


class Changes:
    """What is to be told to one client: the latest state of each type, however often it changed.

    `types` are those that the client asked for, None for all. It grows with the number of types, never with the
    number of changes, so a client that reads slowly costs no more than one that reads at once.
    """

    __slots__ = ("_told", "_types", "_waiting")

    def __init__(self, types: Collection[str] | None) -> None:
        self._types = types
        self._told: _States = {}
        self._waiting: _States = {}

    def begin(self, now: Mapping[Id, Mapping[str, State]], last: str | None) -> bool:
        """These are the states at the start; whether there is news.

        The client knows them, unless the last event it had, by its id, was told of others.
        """
        told: _States = {account_id: self._wanted(states) for account_id, states in now.items()}
        if last is None or last == _event_id(told):
            self._told = told
            # What was heard while the states were read is in them, unless it is later.
            heard, self._waiting = self._waiting, {}
            news = [self.add(account_id, states) for account_id, states in heard.items()]
            return any(news)
        news = [self.add(account_id, states) for account_id, states in told.items()]
        return any(news)

    def add(self, account_id: Id, states: Mapping[str, State]) -> bool:
        """These types of an account are at these states; whether that is news."""
        told = self._told.get(account_id, {})
        waiting = self._waiting.get(account_id, {})
        news = {
            name: state
            for name, state in self._wanted(states).items()
            if is_later(state, told.get(name)) and is_later(state, waiting.get(name))
        }
        if news:
            self._waiting.setdefault(account_id, {}).update(news)
        return bool(news)

    def taken(self) -> tuple[str, bytes] | None:
        """The StateChange object with all that was not told yet (section 7.1), and its event's id.

        It counts as told now. The id stands for all that was told so far, and for nothing that was not.
        """
        if not self._waiting:
            return None
        waiting, self._waiting = self._waiting, {}
        for account_id, states in waiting.items():
            self._told.setdefault(account_id, {}).update(states)
        return _event_id(self._told), orjson.dumps({"@type": "StateChange", "changed": waiting})

    def _wanted(self, states: Mapping[str, State]) -> dict[str, State]:
        return {name: state for name, state in states.items() if self._types is None or name in self._types}


def is_later(state: State, than: State | None) -> bool:
    """Whether a state is news to one who knows the other; of two commits, the later may be told first."""
    if than is None:
        return True
    epoch = state.rpartition("-")[0]
    known, number = state_number(epoch, than), state_number(epoch, state)
    # Of another epoch is always news.
    return known is None or number is None or number > known


def _event_id(told: Mapping[Id, Mapping[str, State]]) -> str:
    # Numbers are the account's, so the greatest stands for all its types.
    return ",".join(
        f"{account_id}:{max(states.values(), key=_number)}" for account_id, states in sorted(told.items()) if states
    )


def _number(state: State) -> int:
    return int(state.rpartition("-")[2])
