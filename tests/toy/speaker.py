"""Somebody who speaks to the engine, call by call, as JMAP clients do to the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
from tests.toy.cakes import REGISTRY

from pillarbox.access import Actor, Grant, Rights, permission_of
from pillarbox.objects import Context, Implied, Limits, MethodError, perform
from pillarbox.store import Store
from pillarbox.wire.values import Id

__all__ = ["Speaker", "like"]

_NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

EVERYTHING = frozenset(permission_of(kind.name, method.name) for kind in REGISTRY for method in kind.methods)
"""To call every method that there is."""


class like:  # noqa: N801 - reads as a word in an expectation
    """Equal to any object that has these members, whatever others it has."""

    def __init__(self, **members: Any) -> None:
        self.members = members

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and all(
            name in other and other[name] == value for name, value in self.members.items()
        )

    def __hash__(self) -> int:
        raise TypeError("only to be compared")

    def __repr__(self) -> str:
        return f"like({', '.join(f'{name}={value!r}' for name, value in self.members.items())})"


@dataclass
class Speaker:
    """An actor with one account, a1, or a2 as well; what its requests share is shared by all calls since `begins`."""

    store: Store
    rights: Rights | None = Rights.FULL
    limits: Limits = field(default_factory=Limits)
    name: str = "alice"
    heard: tuple[str, dict[str, Any]] = ("", {})
    created_ids: dict[str, str] = field(default_factory=dict)
    has_two: bool = False
    lacks: frozenset[str] = frozenset()
    """Names of accounts that are not for cakes."""
    implied: list[Implied] = field(default_factory=list)
    """The calls that the last one made."""
    permissions: frozenset[str] = frozenset(
        permission_of(kind.name, one.name) for kind in REGISTRY for one in kind.methods
    )

    def begins(self, limits: Limits | None = None) -> None:
        """Another request: creation ids of earlier ones mean nothing."""
        self.created_ids = {}
        self.limits = limits or self.limits

    def says(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Calls a method; gives the arguments of the response."""
        grants = {} if self.rights is None else {Id("a1"): Grant(1, "cakes", self.rights is Rights.FULL, self.rights)}
        if self.has_two:
            grants[Id("a2")] = Grant(2, "more cakes", personal=False, rights=Rights.FULL)
        self.implied = []
        tokens = count()
        context = Context(
            actor=Actor(self.name, grants, self.permissions),
            store=self.store,
            registry=REGISTRY,
            limits=self.limits,
            now=_NOW,
            token=lambda: f"token{next(tokens)}",
            created_ids=self.created_ids,
            implied=self.implied,
            supports=lambda grant, _: grant.name not in self.lacks,
        )
        type_name, _, verb = method.partition("/")
        kind = REGISTRY[type_name]
        (run,) = (one for one in kind.methods if one.name == verb)
        given: Mapping[str, Any] = {"accountId": "a1", **arguments}
        try:
            name, answer = method, perform(context, kind, run, orjson.loads(orjson.dumps(given)))
        except MethodError as error:
            name, answer = "error", error.arguments()
        self.heard = (name, orjson.loads(orjson.dumps(answer)))
        return self.heard[1]

    def hears(self, name: str, **members: Any) -> None:
        """The last response has this name, and these members among its arguments."""
        heard, arguments = self.heard
        assert (heard, {member: arguments.get(member, "nothing") for member in members}) == (name, members), self.heard

    def bakes(self, **properties: Any) -> str:
        """The id of a new cake."""
        answer = self.says("Cake/set", create={"new": properties})
        self.created_ids.pop("new", None)
        assert answer.get("created"), answer
        return str(answer["created"]["new"]["id"])

    def buys(self, name: str) -> str:
        """The id of a new ingredient."""
        answer = self.says("Ingredient/set", create={"new": {"name": name}})
        self.created_ids.pop("new", None)
        return str(answer["created"]["new"]["id"])

    def state(self, type_name: str = "Cake") -> str:
        """The state of a type."""
        return str(self.says(f"{type_name}/get", ids=[])["state"])

    def sees(self, id_: str, *properties: str) -> Any:
        """A property of a cake, or several as an object."""
        (cake,) = self.says("Cake/get", ids=[id_], properties=list(properties))["list"]
        return cake[properties[0]] if len(properties) == 1 else cake
