"""One method call: who asks, of which account, with which arguments, under which limits.

Here is the only place that decides whether somebody may do a thing (`permit`) and touch an account (`granted`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

import orjson

from pillarbox.access import Actor, Grant, Rights, permission_of
from pillarbox.net import Guard
from pillarbox.objects.datatype import DataType, Method
from pillarbox.objects.errors import MethodError
from pillarbox.objects.kind import ID, Kind
from pillarbox.objects.managing import Managing
from pillarbox.objects.record import Record
from pillarbox.objects.registry import Registry
from pillarbox.store import (
    Document,
    Doubtful,
    LogTooShort,
    Moment,
    NoAccount,
    Passed,
    Store,
    Unavailable,
    Undone,
    Unit,
    Writing,
    retried,
)
from pillarbox.wire.values import JSON, Id, State, state_number, state_text

__all__ = ["Arguments", "Beside", "Call", "Context", "Implied", "Limits", "Seen", "granted", "perform", "permit"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")

_REQUIRED: Any = object()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may ask for, from the settings; sizes in octets, lives in seconds."""

    objects_in_get: int = 4096
    objects_in_set: int = 500
    query_results: int = 5000
    changes: int = 5000
    mailbox_depth: int = 10
    mailbox_name: int = 255
    attachments: int = 50_000_000
    message: int = 75_000_000
    upload: int = 50_000_000
    upload_life: int = 3600
    uploads: int = 1000
    uploads_size: int = 50_000_000
    answer: int = 64 * 1024 * 1024
    looked_at: int = 250_000
    filter_depth: int = 32
    filter_conditions: int = 500
    keywords: int = 128
    snippets: int = 100
    parsed: int = 10
    push_subscriptions: int = 100
    delayed_send: int = 2_592_000
    recipients: int = 100
    queued: int = 10_000
    queue_expire: int = 432_000
    push_verification: int = 3600
    guard: Guard = field(default_factory=Guard)
    """Where the server may be sent by a URL in an object."""


@dataclass(frozen=True, slots=True)
class Implied:
    """A call that another one makes, once that has succeeded and is committed: it is answered after it."""

    name: str
    arguments: Mapping[str, JSON]


@dataclass(frozen=True)
class Context:
    """What all calls of one request share."""

    actor: Actor
    store: Store
    registry: Registry
    limits: Limits
    now: datetime
    token: Callable[[], str]
    """Text that nobody can guess, of letters and digits, another one each time."""
    created_ids: dict[str, str] = field(default_factory=dict)
    told: list[int] = field(default_factory=lambda: [0])
    """One number: the octets that objects read for the answer had so far."""

    looked: list[int] = field(default_factory=lambda: [0])
    """One number: the objects that were read to see whether a filter matches them."""

    implied: list[Implied] = field(default_factory=list)
    """The calls that the present one makes, in order; whoever performs calls takes them out."""

    using: frozenset[str] | None = None
    """The capabilities that the request names; None for all."""

    moment: Moment | None = None
    """How long all of it may take; None for as long as it takes."""

    glance: Callable[[int], AbstractContextManager[Unit]] | None = None
    """How accounts are read within the moment."""

    supports: Callable[[Grant, str], bool] = lambda _grant, _capability: True
    """Whether an account, as somebody has it, is for the types of a capability."""

    managing: Mapping[str, Managing] = field(default_factory=dict)
    """Who tells and sets what is more than a record, by the name of its type."""

    def granted(self, account_id: str, capability: str, *, to_write: bool) -> Grant:
        """The actor's grant for an account, for a method of a capability.

        Raises MethodError accountNotFound, accountNotSupportedByMethod or accountReadOnly.
        """
        if not self.supports(granted(self.actor, account_id, to_write=False), capability):
            raise MethodError("accountNotSupportedByMethod")
        return granted(self.actor, account_id, to_write=to_write)

    def read(self, account: int) -> AbstractContextManager[Unit]:
        """A reading unit of the account."""
        return self.store.read(account) if self.glance is None else self.glance(account)

    def takes_long(self) -> None:
        """What follows may take longer than a moment. Raises Passed where there is but one."""
        if self.moment is not None:
            raise Passed

    def look(self, objects: int) -> None:
        """Counts objects that no index could tell of. Raises MethodError unsupportedFilter for too many a request."""
        if self.moment is not None:
            self.moment.check()
        self.looked[0] += objects
        if self.looked[0] > self.limits.looked_at:
            raise MethodError("unsupportedFilter", f"more than {self.limits.looked_at} objects would have to be read")

    def tell(self, octets: int) -> None:
        """Counts what goes into the answer. Raises MethodError requestTooLarge when a request would get too much.

        A few ids can name gigabytes; nothing of that may be collected in memory before it is refused.
        """
        if self.moment is not None:
            self.moment.check()
        self.told[0] += octets
        if self.told[0] > self.limits.answer:
            raise MethodError("requestTooLarge", f"the answer would be larger than {self.limits.answer} octets")


class Arguments:
    """A call's arguments, taken one by one; what nobody took is an error."""

    def __init__(self, given: Mapping[str, JSON]) -> None:
        self._given = dict(given)

    def take(self, name: str, kind: Kind[T], default: T = _REQUIRED) -> T:
        """The argument of this name. Raises MethodError if it is of another type, or required and not there."""
        if name not in self._given:
            if default is _REQUIRED:
                raise MethodError("invalidArguments", f"{name} is required")
            return default
        value = self._given.pop(name)
        if not kind.holds(value):
            raise MethodError("invalidArguments", f"{name} must be {kind.name}")
        # Just checked.
        return cast("T", value)

    def again(self) -> "Arguments":
        """What nobody took so far, to be taken by two."""
        return Arguments(self._given)

    def sent(self, name: str) -> JSON:
        """What stands under this name, still to be taken; None if there is nothing."""
        return self._given.get(name)

    def nothing_else(self) -> None:
        """Raises MethodError if an argument was not taken: nothing is ignored silently."""
        if self._given:
            names = ", ".join(sorted(name[:64] for name in self._given)[:8])
            raise MethodError("invalidArguments", f"unknown: {names}")


@dataclass
class Call(Generic[R]):
    """A method call of one type in one account, within its unit."""

    context: Context
    kind: DataType[R]
    grant: Grant
    account_id: Id
    unit: Unit
    arguments: Arguments
    extra: dict[str, Any] = field(default_factory=dict)
    """The arguments that the type declares for this method, by name."""
    prepared: Any = None
    """What `Method.prepare` gave."""
    after: list[Callable[[], None]] = field(default_factory=list)
    """What is to be done once the unit is committed."""

    def of(self, type_name: str) -> "Call[Any]":
        """The same call for another type, in the same unit."""
        return Call(
            self.context, self.context.registry[type_name], self.grant, self.account_id, self.unit, Arguments({})
        )

    @property
    def writing(self) -> Writing:
        """The unit, to be written to. Only in methods that are declared to write."""
        # `perform` opened it so.
        return cast("Writing", self.unit)

    def take_extra(self, method: str) -> None:
        """Takes the arguments that the type declares for a method, and then no more."""
        for argument in self.kind.arguments:
            if argument.method == method:
                self.extra[argument.name] = self.arguments.take(argument.name, argument.kind, argument.default)
        self.arguments.nothing_else()

    def state(self) -> State:
        """The type's state string now."""
        return state_text(self.unit.epoch, self._state())

    def since(self, state: str) -> int:
        """The number of the log that a state string stands for. Raises cannotCalculateChanges."""
        number = state_number(self.unit.epoch, state)
        if number is None or number > self._state():
            raise MethodError(
                "cannotCalculateChanges", "this state was never given out, or not in this account's epoch"
            )
        return number

    def _state(self) -> int:
        kind = self.kind if self.kind.follows is None else self.context.registry[self.kind.follows]
        return self.unit.state(kind.table)

    def record(self, number: int) -> R | None:
        """One object of the type."""
        for stored in self.unit.get(self.kind.table, (number,)):
            return self.kind.record(number, orjson.loads(stored.document))
        return None


class Seen:
    """An object as computed properties see it: a document is parsed when it is looked at."""

    __slots__ = ("_apart", "_beside", "_document", "call", "number")

    def __init__(
        self,
        call: Call[Any],
        number: int,
        document: bytes | Document,
        apart: bytes | None,
        beside: "Beside | None" = None,
    ) -> None:
        self.call = call
        self.number = number
        self._document = document
        self._apart: bytes | Document | None = apart
        self._beside = beside

    @property
    def document(self) -> Document:
        if isinstance(self._document, bytes):
            self._document = cast("Document", orjson.loads(self._document))
        return self._document

    @property
    def apart(self) -> Document:
        if isinstance(self._apart, bytes):
            self._apart = cast("Document", orjson.loads(self._apart))
        return self._apart or {}

    def gathered(self, gather: "Callable[[Call[Any], Sequence[int]], T]") -> T:
        """What `gather` makes of this object and all that are told with it, of which it is asked once."""
        if self._beside is None:
            self._beside = Beside((self.number,))
        return self._beside.gathered(self.call, gather)


class Beside:
    """Objects that are told together, and what was read for all of them at once."""

    __slots__ = ("_found", "numbers")

    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = numbers
        self._found: dict[object, Any] = {}

    def gathered(self, call: Call[Any], gather: Callable[[Call[Any], Sequence[int]], T]) -> T:
        """What `gather` makes of them."""
        if gather not in self._found:
            self._found[gather] = gather(call, self.numbers)
        # Put in under this key by this function.
        return cast("T", self._found[gather])


def permit(actor: Actor, permission: str) -> None:
    """Raises MethodError forbidden for an actor without this permission (RFC 8620 section 3.6.2)."""
    if permission not in actor.permissions:
        raise MethodError("forbidden", f"this needs the permission {permission}")


def granted(actor: Actor, account_id: str, *, to_write: bool) -> Grant:
    """The actor's grant for an account. Raises MethodError accountNotFound or accountReadOnly.

    An account that is not the actor's and one that does not exist are answered alike.
    """
    grant = actor.accounts.get(Id(account_id))
    if grant is None:
        raise MethodError("accountNotFound")
    if to_write and grant.rights is not Rights.FULL:
        raise MethodError("accountReadOnly")
    return grant


def perform(context: Context, kind: DataType[Any], method: Method, given: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """A method's answer: permission, access and account are checked before the type is asked, all in one unit.

    Raises MethodError.
    """
    permit(context.actor, permission_of(kind.name, method.name))
    arguments = Arguments(given)
    account_id = _own(context.actor) if kind.personal else arguments.take("accountId", ID)
    if Id(account_id) not in context.actor.accounts:
        raise MethodError(method.no_account)
    grant = context.granted(account_id, method.capability or kind.capability, to_write=method.writes)

    def attempt() -> tuple[Mapping[str, JSON], list[Callable[[], None]]]:
        prepared = None
        with _undone_together(context):
            if method.prepare is not None:
                with context.read(grant.number) as unit:
                    prepared = method.prepare(Call(context, kind, grant, account_id, unit, arguments.again()))
            with context.store.write(grant.number) if method.writes else context.read(grant.number) as unit:
                call: Call[Any] = Call(context, kind, grant, account_id, unit, arguments.again(), prepared=prepared)
                return method.run(call), call.after

    try:
        # What is managed elsewhere is done in units of its own.
        answer, after = attempt() if kind.name in context.managing else retried(attempt)
        for act in after:
            act()
        return answer
    except LogTooShort:
        raise MethodError("cannotCalculateChanges", "the change log does not go back that far") from None
    except NoAccount:
        # Removed since the actor was made.
        raise MethodError(method.no_account) from None
    except Doubtful as problem:
        # RFC 8620 section 3.6.2: any other error says that nothing was changed.
        raise MethodError("serverPartialFail", "all of it was done or nothing, and which cannot be known") from problem
    except Unavailable as problem:
        raise MethodError("serverUnavailable") from problem


def _own(actor: Actor) -> Id:
    """The account that is the actor's own. Raises MethodError forbidden for an actor without one."""
    for account_id, grant in actor.accounts.items():
        if grant.personal:
            return account_id
    raise MethodError("forbidden", "this user has no account")


@contextmanager
def _undone_together(context: Context) -> Iterator[None]:
    """What was created is undone with its unit, even if only the commit failed: nothing later may refer to it.

    Nor does anything follow from it. What was counted is counted once, where all of it is done again.
    """
    known, before = dict(context.created_ids), len(context.implied)
    counted = context.told[0], context.looked[0]
    try:
        yield
    except BaseException as problem:
        if isinstance(problem, Undone):
            context.told[0], context.looked[0] = counted
        context.created_ids.clear()
        context.created_ids.update(known)
        # What an earlier call leads to still follows.
        del context.implied[before:]
        raise
