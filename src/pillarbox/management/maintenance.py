"""Upkeep by hand: what has had its time is dropped, indexes are made anew, and blobs are read (section 13).

What takes long is a chore: it is written down, and the background worker does it, whoever restarts meanwhile.
"""

from collections.abc import Callable, Iterator

from pillarbox.datatypes.core import BLOB_PREFIX
from pillarbox.datatypes.server import ACCOUNT, REINDEX, TEND, chores, give_chore
from pillarbox.management.belonging import account_of_ours
from pillarbox.management.endpoint import PAGING, Answer, Endpoint, Parameter, Raw, Request, listing, paged
from pillarbox.management.refusal import Invalid, NotFound, Unsupported
from pillarbox.management.shape import INSTANT, NULL, Choice, Fault, Fields, Integer, Nullable, Text
from pillarbox.settings import Snapshot
from pillarbox.store import NoAccount
from pillarbox.wire.values import JSON, id_number

__all__ = ["ENDPOINTS"]

_MOST = 32 * 1024 * 1024
"""Octets that one call reads."""
_DEFAULT = "default"
"""What the store is called that the settings name, or that there is without any."""


def _blob(request: Request) -> Answer:
    """A part of the octets of one account's blob."""
    id_ = request.parts["hash"]
    first, _, second = id_.partition(".")
    account, number = ACCOUNT.number(first), id_number(BLOB_PREFIX, second)
    if account is None or number is None:
        raise NotFound(id_)
    offset, limit = request.query.get("offset", 0), request.query.get("limit") or None
    try:
        with request.office.store.read(account) as unit:
            blob = unit.blob(number)
            if blob is None:
                raise NotFound(id_)
            if limit is None and blob.size - offset > _MOST:
                raise Invalid([Fault("limit", f"there is more than {_MOST} octets; ask for parts")])
            octets = unit.octets(blob, offset, min(limit or _MOST, max(blob.size - offset, 0)))
    except NoAccount:
        raise NotFound(id_) from None
    return Answer(Raw(octets, "application/octet-stream"))


def _all(work: str) -> Callable[[Request], Answer]:
    return lambda request: _given(request, 0, work)


def _one(work: str) -> Callable[[Request], Answer]:
    return lambda request: _given(request, account_of_ours(request, request.parts["name"]).number, work)


def _data(request: Request) -> Answer:
    _check_store(request)
    return _given(request, 0, TEND)


def _memory(request: Request) -> Answer:
    """What is over is dropped by whoever comes across it: nothing is left to be done."""
    if "store" in request.parts:
        _check_store(request)
    if "prefix" in request.parts:
        raise Unsupported("limits and locks are forgotten when their time is over, and not one by one")
    return Answer(None)


def _given(request: Request, account: int, work: str) -> Answer:
    give_chore(request.office.store, account, work, request.now)
    return Answer(None)


def _check_store(request: Request) -> None:
    """Raises NotFound for a store that the settings do not have."""
    if request.parts["store"] not in _stores(request.office.settings()):
        raise NotFound(request.parts["store"])


def _stores(settings: Snapshot) -> frozenset[str]:
    return frozenset((_DEFAULT, settings.store.id)) - {""}


def _chores(request: Request) -> Answer:
    told: list[JSON] = [
        {
            "work": one.work,
            "account": None if one.account == 0 else ACCOUNT.id(one.account),
            "since": one.since,
        }
        for one in chores(request.office.store)
    ]
    return Answer(paged(told, request))


def _deeds() -> Iterator[Endpoint]:
    for path, permission, run, doc in (
        ("purge/blob", "purge-blob-store", _all(TEND), "Drops blobs that nothing holds and whose time is over."),
        ("purge/data", "purge-data-store", _all(TEND), "Drops all that has had its time, of all accounts."),
        ("purge/data/{store}", "purge-data-store", _data, "The same; there is one store, called `default`, too."),
        ("purge/in-memory", "purge-in-memory-store", _memory, "Drops what is over of limits and locks."),
        ("purge/in-memory/{store}", "purge-in-memory-store", _memory, "The same."),
        ("purge/in-memory/{store}/{prefix}", "purge-in-memory-store", _memory, "Refused: there is no such choice."),
        ("purge/in-memory/{store}/{prefix}/{name}", "purge-in-memory-store", _memory, "Refused, too."),
        ("purge/account", "purge-account", _all(TEND), "Drops all that has had its time, of all accounts."),
        ("purge/account/{name}", "purge-account", _one(TEND), "The same of one account."),
        ("reindex", "fts-reindex", _all(REINDEX), "Makes indexes and full text of all accounts anew."),
        ("reindex/{name}", "fts-reindex", _one(REINDEX), "The same of one account."),
    ):
        # The reference's are GET; what changes something should be POST (RFC 9110 section 9.2.1).
        for method in ("POST", "GET"):
            yield Endpoint(method, f"/api/store/{path}", permission, run, doc, answer=NULL)


_CHORE = Fields(
    {
        "work": Choice((TEND, REINDEX), "`tend` drops what has had its time."),
        "account": Nullable(Text(40, doc="Its id; null for all accounts.")),
        "since": INSTANT,
    },
    ("work", "account", "since"),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/store/blobs/{hash}",
        "blob-fetch",
        _blob,
        f"The octets of a blob, of which one call gives no more than {_MOST}. Its name is the account's id, a dot, and "
        "the blob's id, as messages in the queue tell it.",
        parameters=(
            Parameter("offset", Integer(), "The first octet, from 0."),
            Parameter("limit", Integer(0, _MOST), "How many octets; 0 for all that follow."),
        ),
        answer=None,
        media_type="application/octet-stream",
        example="/api/store/blobs/a2.b7?limit=1000",
    ),
    *_deeds(),
    Endpoint(
        "GET",
        "/api/store/chores",
        "purge-data-store",
        _chores,
        "What of all this is to be done, or being done now, what was asked for first in front.",
        parameters=PAGING,
        answer=listing(_CHORE),
    ),
)
