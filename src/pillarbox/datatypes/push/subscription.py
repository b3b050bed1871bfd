"""PushSubscription: a URL that is told when something changes (RFC 8620 section 7.2)."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from pillarbox.datatypes.push.calling import expected_first, get, set_
from pillarbox.datatypes.push.life import standing
from pillarbox.net import BadURL, destination
from pillarbox.objects import DataType, Method, Property, Record, Refused, SetError, Write, invalid, prop
from pillarbox.store import NoAccount
from pillarbox.wire.values import JSON, Id, State, UTCDate, utc_date, utc_datetime
from pillarbox.wire.webpush import BadKeys, recipient

__all__ = ["PUSH_SUBSCRIPTION", "PushSubscription"]

LONGEST_LIFE = timedelta(days=7)
"""Section 7.2 wants 48 hours at least and recommends 7 days, for apps that renew it only while they are looked at."""
_LONGEST_ID = 255
_MOST_TYPES, _LONGEST_TYPE = 64, 64
_CREATED_A_MINUTE = 20
"""Each is a request to a server that nobody vouches for, so "the rate of creation MUST also be limited" (8.6)."""


def _device_problem(text: str) -> str | None:
    return None if 0 < len(text) <= _LONGEST_ID else f"must have 1 to {_LONGEST_ID} characters"


def _keys_problem(keys: Mapping[str, Any]) -> str | None:
    try:
        recipient(keys)
    except BadKeys as problem:
        return str(problem)
    return None


def _types_problem(types: list[str]) -> str | None:
    # Of which types there are, the client decides: it may be made for more servers than this one.
    if len(types) > _MOST_TYPES or not all(0 < len(name) <= _LONGEST_TYPE for name in types):
        return f"must be no more than {_MOST_TYPES} names of 1 to {_LONGEST_TYPE} characters"
    return None


class PushSubscription(Record):
    """A URL, what it is told of, and until when. What begins with `code` is ours, and is told to nobody."""

    device_client_id: Property[str] = prop(immutable=True, check=_device_problem)
    url: Property[str] = prop(immutable=True, secret=True)
    keys: Property[dict[str, Any] | None] = prop(default=None, immutable=True, secret=True, check=_keys_problem)
    verification_code: Property[str | None] = prop(default=None)
    expires: Property[UTCDate | None] = prop(default=None)
    types: Property[list[str] | None] = prop(default=None, check=_types_problem)

    code: Property[str] = prop(default="", server_set=True, secret=True)
    """What verificationCode is to become."""
    code_expires: Property[UTCDate | None] = prop(default=None, server_set=True, secret=True)
    code_sent: Property[bool] = prop(default=False, server_set=True, secret=True)
    standing: Property[str] = prop(default="", server_set=True, secret=True)
    """Under which credentials it was made (`life.standing`)."""
    told: Property[dict[str, Any]] = prop(default={}, server_set=True, secret=True)
    """The states that the URL was last told, by account and type; at first, those of when it was verified."""


def the_url_leads_out(write: Write[PushSubscription]) -> Iterator[SetError]:
    """Section 8.6: the server must not be sent into its own network. Names are judged again when they are resolved."""
    if write.before is not None:
        return
    try:
        to = destination(write.new.url)
    except BadURL as problem:
        yield invalid("url", str(problem))
    else:
        if write.call.context.limits.guard.refuses_host(to.host):
            yield invalid("url", "must not lead to this server's own network")


def the_code_is_the_one_that_was_pushed(write: Write[PushSubscription]) -> Iterator[SetError]:
    """Section 7.2.2: a create has no code, an update only the right one, as long as it is good."""
    if write.destroys or not write.changes(PushSubscription.verification_code):
        return
    given = write.new.verification_code
    if write.before is None:
        if given is not None:
            yield invalid("verificationCode", "must be null at first; it is pushed to the url")
    elif given is None or not compare_digest(given.encode(errors="surrogatepass"), write.old.code.encode()):
        yield invalid("verificationCode", "is not the code that was pushed to the url")


def it_expires_in_the_future(write: Write[PushSubscription]) -> Iterator[SetError]:
    """Ours: one that is over cannot be made; to end one, it is destroyed."""
    if not write.destroys and write.changes(PushSubscription.expires):
        wanted = write.new.expires
        if wanted is not None and utc_datetime(wanted) <= write.call.context.now:
            yield invalid("expires", "must be in the future")


def nobody_has_too_many(write: Write[PushSubscription]) -> Iterator[SetError]:
    """Section 8.6: the number of a user's subscriptions is limited."""
    if write.before is None:
        limit = write.call.context.limits.push_subscriptions
        if len(write.call.unit.numbers(PUSH_SUBSCRIPTION.table, limit + 1)) > limit:
            yield SetError("overQuota", (), f"no more than {limit} subscriptions")


def settle(write: Write[PushSubscription]) -> None:
    """Gives it what the server decides: when it ends, its code, what counts as told. Refuses too many at a time."""
    if write.destroys:
        return
    now = write.call.context.now
    ours: dict[str, JSON] = {"expires": _bounded(write.new.expires, now)}
    if write.before is None:
        _count(write)
        with write.call.context.read(0) as server:
            made_under = standing(server, write.call.grant.number)
        code_expires = now + timedelta(seconds=write.call.context.limits.push_verification)
        ours |= {"code": write.call.context.token(), "codeExpires": utc_date(code_expires), "standing": made_under}
    elif write.changes(PushSubscription.verification_code) or write.changes(PushSubscription.types):
        # From here on; what was told of other types before stays.
        known = write.new.told
        ours["told"] = known | {id_: states | known.get(id_, {}) for id_, states in _states(write)}
    document = {**write.new.document, **ours}
    if document != write.new.document:
        write.call.writing.update(PUSH_SUBSCRIPTION.table, write.number, write.new.document, document)
        write.after = PushSubscription(write.number, document)


def _states(write: Write[PushSubscription]) -> Iterator[tuple[Id, dict[str, State]]]:
    """The states now of all accounts that the actor has, of the types that are pushed."""
    context = write.call.context
    for account_id, grant in context.actor.accounts.items():
        if account_id == write.call.account_id:
            yield account_id, context.registry.pushed_states(write.call.unit)
            continue
        # A group may be removed just now.
        with suppress(NoAccount), context.read(grant.number) as unit:
            yield account_id, context.registry.pushed_states(unit)


def _bounded(wanted: UTCDate | None, now: datetime) -> UTCDate:
    longest = now + LONGEST_LIFE
    return utc_date(longest) if wanted is None or utc_datetime(wanted) > longest else wanted


def _count(write: Write[PushSubscription]) -> None:
    """Counts it among those of this minute, also if it is destroyed again. Raises Refused."""
    now = int(write.call.context.now.timestamp())
    slots = (b"push:%d" % slot for slot in range(_CREATED_A_MINUTE))
    if not any(write.call.writing.once(slot, now + 60, now) for slot in slots):
        raise Refused(SetError("rateLimit", (), f"no more than {_CREATED_A_MINUTE} subscriptions a minute"))


PUSH_SUBSCRIPTION: DataType[PushSubscription] = DataType(
    record=PushSubscription,
    rfc="8620 section 7.2",
    capability="urn:ietf:params:jmap:core",
    prefix="p",
    methods=(Method("get", get, writes=False), Method("set", set_, writes=True, prepare=expected_first)),
    rules=(the_url_leads_out, the_code_is_the_one_that_was_pushed, it_expires_in_the_future, nobody_has_too_many),
    effects=(settle,),
    personal=True,
)
