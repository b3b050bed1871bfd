"""Upkeep that an administrator asks for, and blobs that are read."""

import pytest
from tests.conversations.management.outgoing import LETTER, queues
from tests.conversations.management.tenancy import says
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator

from pillarbox.access import PERMISSIONS, Manager
from pillarbox.datatypes.server import ACCOUNT, chores
from pillarbox.management import maintenance
from pillarbox.management.refusal import Forbidden
from pillarbox.wire.values import utc_date


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


def waiting(home: Home) -> list[tuple[str, int]]:
    return [(one.work, one.account) for one in chores(home.store)]


def test_the_octets_of_a_blob_are_told(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 3, 47: raw, with offset and limit. Ours: the account is in the name."""
    id_ = queues(home, alice, "bob@far.example")
    name = root.does("GET", f"queue/messages/{id_}")["blob_hash"]
    whole = root.calls("GET", f"store/blobs/{name}")
    assert (whole.octets, whole.headers["content-type"]) == (LETTER, "application/octet-stream")
    assert root.calls("GET", f"store/blobs/{name}", offset="6", limit="5").octets == LETTER[6:11]
    assert root.calls("GET", f"store/blobs/{name}", offset=str(2**53 - 1), limit="5").octets == b""


def test_a_blob_that_is_too_large_is_read_in_parts(
    root: Administrator, home: Home, alice: JMAP, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Management API section 13, defect: offset and limit have bounds. Ours: nothing is left out unsaid."""
    monkeypatch.setattr(maintenance, "_MOST", 10)
    name = root.does("GET", f"queue/messages/{queues(home, alice, 'bob@far.example')}")["blob_hash"]
    refused = root.is_refused(400, "GET", f"store/blobs/{name}")
    assert [one["field"] for one in refused["invalid"]] == ["limit"]
    assert root.calls("GET", f"store/blobs/{name}", offset=str(len(LETTER) - 10)).octets == LETTER[-10:]


def test_a_blob_that_is_not_there_is_not_found(root: Administrator, alice: JMAP) -> None:
    """Management API section 2.3: 404."""
    account = ACCOUNT.id(alice.number)
    for name in ("abc", "a1", f"{account}.q1", f"{account}.b99", "a99.b1", f"{account}.b1.b1"):
        root.is_refused(404, "GET", f"store/blobs/{name}", error="notFound", item=name)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("path", "work"),
    [
        ("purge/blob", ("tend", 0)),
        ("purge/data", ("tend", 0)),
        ("purge/data/default", ("tend", 0)),
        ("purge/account", ("tend", 0)),
        ("reindex", ("reindex", 0)),
    ],
)
def test_upkeep_is_asked_for(root: Administrator, home: Home, method: str, path: str, work: tuple[str, int]) -> None:
    """Management API section 3, 48 to 52: null at once, and done in the background."""
    assert root.does(method, f"store/{path}") is None
    assert waiting(home) == [work]


def test_upkeep_of_one_account_is_asked_for(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 13: an unknown account is not found."""
    for path, work in (("purge/account", "tend"), ("reindex", "reindex")):
        assert root.does("POST", f"store/{path}/alice@home.example") is None
        assert (work, alice.number) in waiting(home)
        root.is_refused(404, "POST", f"store/{path}/nobody@home.example", error="notFound", item="nobody@home.example")
    assert len(waiting(home)) == 2


def test_what_is_to_be_done_is_told(root: Administrator, home: Home, alice: JMAP) -> None:
    """Ours: until it is done."""
    first = utc_date(home.now())
    root.does("POST", "store/reindex/alice@home.example")
    home.clock.now += 5
    root.does("POST", "store/purge/data")
    assert root.does("GET", "store/chores") == {
        "items": [
            {"work": "reindex", "account": ACCOUNT.id(alice.number), "since": first},
            {"work": "tend", "account": None, "since": utc_date(home.now())},
        ],
        "total": 2,
    }


def test_another_store_is_not_found(root: Administrator, home: Home) -> None:
    """Management API section 13: `default` is the configured store, an unknown one is 404."""
    for path in ("purge/data/other", "purge/in-memory/other"):
        root.is_refused(404, "POST", f"store/{path}", error="notFound", item="other")
    assert waiting(home) == []


def test_limits_are_not_forgotten_one_by_one(root: Administrator) -> None:
    """Management API section 3, 50: what is over goes by itself; ours: a prefix is unsupported."""
    assert root.does("POST", "store/purge/in-memory") is None
    assert root.does("GET", "store/purge/in-memory/default") is None
    root.is_refused(422, "POST", "store/purge/in-memory/default/rate-imap", error="unsupported")
    root.is_refused(422, "POST", "store/purge/in-memory/default/bayes-account/alice", error="unsupported")


def test_uids_and_what_was_deleted_are_not_there_yet(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 3, 53, defect: no permission was asked for; 54 and 55: not yet."""
    root.is_refused(501, "DELETE", "store/uids/alice@home.example", error="unsupported")
    Administrator(home, alice, "user").is_refused(403, "DELETE", "store/uids/alice@home.example")
    root.is_refused(501, "GET", "store/undelete/alice@home.example", error="unsupported")


def test_nobody_but_who_manages_all_does_this(home: Home, alice: JMAP) -> None:
    """Management API section 23: tenants are kept apart."""
    somebody = Administrator(home, alice, "user")
    tenant = Manager("erin", PERMISSIONS, 7)
    for path in ("store/blobs/a1.b1", "store/purge/blob", "store/purge/account/a@b.example", "store/reindex"):
        somebody.is_refused(403, "GET", path)
        with pytest.raises(Forbidden):
            says(home, tenant, "GET", path)
