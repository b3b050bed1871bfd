"""/copy: objects of another account, made anew in this one (RFC 8620 section 5.4).

The originals are read first, in a unit of their own; then the copies are written. What is to be destroyed of the
originals is destroyed by a call that follows, so that no two accounts are ever written to at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from pillarbox.access import Grant
from pillarbox.objects.call import Call, Implied
from pillarbox.objects.datatype import Method
from pillarbox.objects.draft import reference
from pillarbox.objects.errors import MethodError, Refused, SetError
from pillarbox.objects.kind import BOOLEAN, ID, OBJECT, STRING, map_of, nullable
from pillarbox.objects.outcome import not_sent
from pillarbox.objects.step import follow, inserted, judge
from pillarbox.objects.write import Write
from pillarbox.store import Document, NoAccount
from pillarbox.wire.values import JSON, Id

__all__ = ["COPY", "Original", "origin"]


@dataclass(frozen=True, slots=True)
class Original:
    """An object that is to be copied, as it was when it was read."""

    grant: Grant
    """That of its account."""
    number: int
    document: Document
    apart: Document


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments."""

    from_id: Id
    grant: Grant
    if_from_in_state: str | None
    if_in_state: str | None
    create: Mapping[str, Mapping[str, JSON]]
    destroys: bool
    destroy_if_in_state: str | None


@dataclass(frozen=True, slots=True)
class _Read:
    """What is to be copied: by number, the originals, and what their type read of them."""

    asked: _Asked
    originals: Mapping[int, Original]
    more: Mapping[int, Any]


def origin(call: Call[Any], from_id: str) -> Grant:
    """The grant for the account that is copied from.

    Raises MethodError invalidArguments, fromAccountNotFound, fromAccountNotSupportedByMethod.
    """
    if from_id == call.account_id:
        raise MethodError("invalidArguments", "fromAccountId is the account itself")
    try:
        return call.context.granted(from_id, call.kind.capability, to_write=False)
    except MethodError as problem:
        # Both names are those of the account that is copied to, with another beginning (section 5.4).
        raise MethodError(problem.type.replace("account", "fromAccount", 1)) from None


def read(call: Call[Any]) -> _Read:
    """The originals, out of one snapshot of their account.

    Raises MethodError fromAccountNotFound, stateMismatch, requestTooLarge.
    """
    asked = _asked(call)
    kind = call.kind
    numbers = [number for sent in asked.create.values() if (number := _number(call, sent)) is not None]
    try:
        with call.context.read(asked.grant.number) as unit:
            there = Call(call.context, kind, asked.grant, asked.from_id, unit, call.arguments)
            if asked.if_from_in_state is not None and asked.if_from_in_state != there.state():
                raise MethodError("stateMismatch", "the account that is copied from is in another state")
            originals = {
                stored.number: Original(
                    asked.grant, stored.number, orjson.loads(stored.document), orjson.loads(stored.apart or b"{}")
                )
                for stored in unit.get_apart(kind.table, list(dict.fromkeys(numbers)))
            }
            more = kind.copying.read(there, list(originals.values())) if kind.copying is not None else {}
    except NoAccount:
        raise MethodError("fromAccountNotFound") from None
    return _Read(asked, originals, more)


def copy(call: Call[Any]) -> dict[str, JSON]:
    """Each copy made, or why it was not; then the originals are to be destroyed, if that was asked for.

    Raises MethodError stateMismatch.
    """
    found: _Read = call.prepared
    asked = found.asked
    before = call.state()
    if asked.if_in_state is not None and asked.if_in_state != before:
        raise MethodError("stateMismatch")
    created: dict[str, JSON] = {}
    refused: dict[str, JSON] = {}
    copied: dict[str, None] = {}
    for key, sent in asked.create.items():
        try:
            with call.writing.savepoint():
                write = _copied(call, found, sent)
                judge(write)
                follow(write)
        except Refused as refusal:
            refused[key] = refusal.error.wire()
            continue
        call.context.created_ids[key] = write.id
        created[key] = not_sent(write, sent)
        copied[call.kind.id(_number(call, sent) or 0)] = None
    if asked.destroys and copied:
        call.context.implied.append(
            Implied(
                f"{call.kind.name}/set",
                {"accountId": asked.from_id, "ifInState": asked.destroy_if_in_state, "destroy": list(copied)},
            )
        )
    return {
        "fromAccountId": asked.from_id,
        "accountId": call.account_id,
        "oldState": before,
        "newState": call.state(),
        "created": created or None,
        "notCreated": refused or None,
    }


def _asked(call: Call[Any]) -> _Asked:
    take = call.arguments.take
    from_id = take("fromAccountId", ID)
    if_from_in_state = take("ifFromInState", nullable(STRING), None)
    if_in_state = take("ifInState", nullable(STRING), None)
    create = take("create", map_of(ID, OBJECT))
    destroys = take("onSuccessDestroyOriginal", BOOLEAN, default=False)
    destroy_if_in_state = take("destroyFromIfInState", nullable(STRING), None)
    call.take_extra("copy")
    limit = call.context.limits.objects_in_set
    if len(create) > limit:
        raise MethodError("requestTooLarge", f"no more than {limit} objects can be copied at once")
    grant = origin(call, from_id)
    return _Asked(from_id, grant, if_from_in_state, if_in_state, create, destroys, destroy_if_in_state)


def _number(call: Call[Any], sent: Mapping[str, JSON]) -> int | None:
    """The number of the original, if the object names one."""
    id_ = sent.get("id")
    return call.kind.number(reference(call, id_) or "") if isinstance(id_, str) else None


def _copied(call: Call[Any], found: _Read, sent: Mapping[str, JSON]) -> Write[Any]:
    if not isinstance(sent.get("id"), str):
        raise Refused(SetError("invalidProperties", ("id",), "id: that of the original is required"))
    original = found.originals.get(_number(call, sent) or 0)
    if original is None:
        raise Refused(SetError("notFound"))
    others = {name: value for name, value in sent.items() if name != "id"}
    if call.kind.copying is not None:
        return call.kind.copying.make(call, original, found.more.get(original.number), others)
    return inserted(call, {**dict(_settable(call, original)), **others})


def _settable(call: Call[Any], original: Original) -> Iterator[tuple[str, JSON]]:
    """What an object like the original is created with."""
    for name, prop in call.kind.properties.items():
        if prop.settable and prop.stored:
            yield name, prop.of(original.apart if prop.apart else original.document)


COPY = Method("copy", copy, writes=True, prepare=read)
"""A type has it whose objects somebody may want in another of their accounts."""
