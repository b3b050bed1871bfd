"""PushKey: the key that this server signs its pushes with (RFC 8292; ours). Account 0 has one, made once."""

from collections.abc import Callable

import orjson

from pillarbox.objects import DataType, Property, Record, prop
from pillarbox.store import Store, Unit
from pillarbox.wire.webpush import KeyPair, base64url, from_base64url

__all__ = ["PUSH_KEY", "PushKey", "public_key", "push_key"]


class PushKey(Record):
    """A private key on P-256, in base64url."""

    private: Property[str] = prop(immutable=True, secret=True)


PUSH_KEY = DataType(
    record=PushKey,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    prefix="k",
    methods=(),
)


def push_key(store: Store, chance: Callable[[int], bytes]) -> KeyPair:
    """The server's key, made now if there is none; `chance` gives so many octets. Raises store.StoreError."""
    with store.read(0) as server:
        found = _kept(server)
    if found is not None:
        return found
    with store.write(0) as unit:
        # Of two processes that start together, one is the first.
        found = _kept(unit)
        if found is None:
            found = KeyPair(chance(48))
            unit.insert(PUSH_KEY.table, unit.fresh(), {"private": base64url(found.private)})
    return found


def public_key(server: Unit) -> str:
    """What clients are told of the key, as `applicationServerKey` (RFC 9749 section 3); empty if there is none."""
    found = _kept(server)
    return "" if found is None else base64url(found.public)


def _kept(server: Unit) -> KeyPair | None:
    for stored in server.get(PUSH_KEY.table, server.numbers(PUSH_KEY.table, 1)):
        return KeyPair(from_base64url(orjson.loads(stored.document)["private"]))
    return None
