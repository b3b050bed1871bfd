"""All data types by name; made once, of the tuple in `pillarbox.datatypes.registry`."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from pillarbox.objects.datatype import DataType
from pillarbox.store import Table, Unit
from pillarbox.wire.values import State, state_text

__all__ = ["Registry"]


class Registry:
    """The data types that exist. Nothing registers itself."""

    def __init__(self, types: Iterable[DataType[Any]]) -> None:
        self._types = {kind.name: kind for kind in types}
        prefixes = [kind.prefix for kind in self._types.values()]
        if len(set(prefixes)) != len(prefixes):
            raise TypeError("two data types begin their ids with the same prefix")
        for kind in self._types.values():
            for prop in kind.properties.values():
                if prop.refers_to is not None and prop.refers_to not in self._types:
                    raise TypeError(f"{kind.name}.{prop.wire} refers to {prop.refers_to}, which does not exist")

    def __iter__(self) -> Iterator[DataType[Any]]:
        return iter(self._types.values())

    def __getitem__(self, name: str) -> DataType[Any]:
        return self._types[name]

    @property
    def tables(self) -> list[Table]:
        """What a store is told of all of them."""
        return [kind.table for kind in self]

    @cached_property
    def pushed(self) -> frozenset[str]:
        """Names of the types whose states clients are told of: singletons, those with changes, and arrivals."""
        kinds = [kind for kind in self if kind.is_singleton or any(one.name == "changes" for one in kind.methods)]
        return frozenset(name for kind in kinds for name in (kind.name, kind.arrivals) if name)

    def states(self, unit: Unit) -> dict[str, State]:
        """The states that an account's types are at, of all of them, and of arrivals."""
        states = {kind.name: state_text(unit.epoch, unit.state(kind.table)) for kind in self}
        arrivals = {kind.arrivals: state_text(unit.epoch, unit.arrived(kind.table)) for kind in self if kind.arrivals}
        return self._with_followers(states) | arrivals

    @cached_property
    def _followers(self) -> tuple[tuple[str, str], ...]:
        return tuple((kind.name, kind.follows) for kind in self if kind.follows is not None)

    def _with_followers(self, states: Mapping[str, State]) -> dict[str, State]:
        following = {name: states[followed] for name, followed in self._followers if followed in states}
        return {**states, **following}

    def told(self, states: Mapping[str, State]) -> dict[str, State]:
        """What clients are told where these types are at new states."""
        return {name: state for name, state in self._with_followers(states).items() if name in self.pushed}

    @cached_property
    def told_as(self) -> Mapping[str, DataType[Any]]:
        """The types that clients are told of, by the names of themselves and of their arrivals."""
        return {name: kind for kind in self for name in (kind.name, kind.arrivals) if name in self.pushed}

    def pushed_states(self, unit: Unit) -> dict[str, State]:
        """Those that clients are told of."""
        return self.told(self.states(unit))
