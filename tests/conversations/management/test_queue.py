"""What waits in the queue, and what an administrator does about it."""

from datetime import timedelta

import pytest
from tests.conversations.management.outgoing import LETTER, queues
from tests.conversations.management.tenancy import has_tenant, says
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator

from pillarbox.access import OWNER, Manager
from pillarbox.access.permission import OF_TENANT_ADMIN
from pillarbox.datatypes.queue import Recipient
from pillarbox.management.refusal import Forbidden, NotFound


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


def instant(home: Home, **later: float) -> str:
    return (home.now() + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_empty_queue_runs(root: Administrator) -> None:
    """Management API section 7: the list says whether the queue is running."""
    assert root.does("GET", "queue/messages") == {"items": [], "total": 0, "status": True}


def test_the_list_has_ids_that_are_strings(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 7, defect: as numbers JSON clients would lose digits of them."""
    first, second = queues(home, alice, "bob@far.example"), queues(home, alice, "carol@far.example")
    assert root.does("GET", "queue/messages") == {"items": [first, second], "total": 2, "status": True}


def test_a_message_is_told_with_its_recipients_by_domain(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 7: the message object."""
    id_ = queues(
        home,
        alice,
        Recipient("bob@far.example", {"ORCPT": "rfc822;robert@far.example"}),
        "carol@Far.example",
        "dan@other.example",
        parameters={"ENVID": "letter-1"},
    )
    told = root.does("GET", f"queue/messages/{id_}")
    now = instant(home)
    account, _ = id_.split(".")
    of_far, of_other = told.pop("domains")
    assert told.pop("blob_hash").startswith(f"{account}.b")
    assert told == {
        "id": id_,
        "return_path": "alice@home.example",
        "created": now,
        "size": len(LETTER),
        "env_id": "letter-1",
        "released": True,
    }
    assert of_far == {
        "name": "far.example",
        "status": "scheduled",
        "retry_num": 0,
        "next_retry": now,
        "next_notify": instant(home, days=1),
        "expires": instant(home, days=5),
        "recipients": [
            {"address": "bob@far.example", "status": "scheduled", "orcpt": "rfc822;robert@far.example"},
            {"address": "carol@Far.example", "status": "scheduled"},
        ],
    }
    assert of_other["name"] == "other.example"


def test_what_was_asked_for_first_goes_first(root: Administrator, home: Home, alice: JMAP) -> None:
    """RFC 6710: a priority that the sender gave is told."""
    id_ = queues(home, alice, "bob@far.example", parameters={"MT-PRIORITY": "-3"})
    assert root.does("GET", f"queue/messages/{id_}")["priority"] == -3


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ({"to": "OTHER"}, [1]),
        ({"from": "alice"}, [0, 1]),
        ({"from": "alice", "to": "other"}, [1]),
        ({"from": "nobody", "text": "bob@"}, [0, 2]),
        ({"text": "carol"}, [1, 2]),
        ({"from": "nobody"}, []),
    ],
)
def test_messages_are_found(
    root: Administrator, home: Home, alice: JMAP, bob: JMAP, query: dict[str, str], which: list[int]
) -> None:
    """Management API section 7: sender and recipients contain; `text` overrides `from` and `to`. Ours: in any case."""
    ids = [
        queues(home, alice, "bob@far.example"),
        queues(home, alice, "carol@other.example"),
        queues(home, bob, "carol@far.example"),
    ]
    assert root.does("GET", "queue/messages", None, **query)["items"] == [ids[one] for one in which]


def test_messages_are_found_by_the_next_attempt(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 7: `before` and `after`. Ours: times that are over count, too."""
    soon, late = queues(home, alice, "bob@far.example"), queues(home, alice, "bob@far.example")
    root.does("PATCH", f"queue/messages/{late}", None, at=instant(home, hours=5))
    assert root.does("GET", "queue/messages", None, before=instant(home, hours=1))["items"] == [soon]
    assert root.does("GET", "queue/messages", None, after=instant(home, hours=1))["items"] == [late]
    assert root.does("GET", "queue/messages", None, after=instant(home, hours=-1))["total"] == 2


def test_a_list_comes_in_pages(root: Administrator, home: Home, alice: JMAP, bob: JMAP) -> None:
    """Management API section 2.2: page and limit; the total is of all, or what `max-total` allows."""
    ids = [queues(home, one, "carol@far.example") for one in (alice, alice, bob)]
    assert root.does("GET", "queue/messages", None, page="2", limit="2") == {
        "items": ids[2:],
        "total": 3,
        "status": True,
    }
    assert root.does("GET", "queue/messages", None, max_total="2")["total"] == 2
    assert root.does("GET", "queue/messages", None, range_start=ids[1], range_end=ids[1])["items"] == [ids[1]]
    (whole,) = root.does("GET", "queue/messages", None, values="1", page="3", limit="1")["items"]
    assert whole["id"] == ids[2]


def test_a_message_that_is_not_there_is_not_found(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 2.3: 404."""
    id_ = queues(home, alice, "bob@far.example")
    for missing in ("217700302698266624", "a0.q1", id_ + "5", "c1.q1", "a99.q1"):
        for method in ("GET", "PATCH", "DELETE"):
            root.is_refused(404, method, f"queue/messages/{missing}", error="notFound")
    root.is_refused(400, "GET", "queue/messages?range-start=5")


def test_a_message_is_tried_at_another_time(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 7: PATCH with `at`; `filter` is a part of the domain."""
    id_ = queues(home, alice, "bob@far.example", "carol@other.example")
    assert root.does("PATCH", f"queue/messages/{id_}", None, at=instant(home, hours=2), filter="other") is True
    far, other = root.does("GET", f"queue/messages/{id_}")["domains"]
    assert (far["next_retry"], other["next_retry"]) == (instant(home), instant(home, hours=2))
    assert root.does("PATCH", f"queue/messages/{id_}", None, filter="nowhere") is False


def test_without_a_time_a_message_is_tried_now(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 7: `at` is now if it is not given. Ours: or over."""
    id_ = queues(home, alice, "bob@far.example")
    root.does("PATCH", f"queue/messages/{id_}", None, at=instant(home, hours=2))
    home.clock.now += 60
    assert root.does("PATCH", f"queue/messages/{id_}") is True
    assert root.does("GET", f"queue/messages/{id_}")["domains"][0]["next_retry"] == instant(home)


def test_a_message_expires_later_only_where_it_must(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 7, defect: the end is moved only where it would come before the attempt."""
    id_ = queues(home, alice, "bob@far.example")
    root.does("PATCH", f"queue/messages/{id_}", None, at=instant(home, days=2))
    assert root.does("GET", f"queue/messages/{id_}")["domains"][0]["expires"] == instant(home, days=5)
    root.does("PATCH", f"queue/messages/{id_}", None, at=instant(home, days=7))
    assert root.does("GET", f"queue/messages/{id_}")["domains"][0]["expires"] == instant(home, days=7, seconds=10)


def test_nothing_is_put_off_for_ever(root: Administrator, home: Home, alice: JMAP) -> None:
    """Ours: a year is the bound."""
    id_ = queues(home, alice, "bob@far.example")
    refused = root.is_refused(400, "PATCH", f"queue/messages/{id_}?at={instant(home, days=400)}")
    assert [one["field"] for one in refused["invalid"]] == ["at"]


def test_all_that_are_found_are_tried_at_another_time(root: Administrator, home: Home, alice: JMAP, bob: JMAP) -> None:
    """Management API section 7: PATCH of the list; true if anything matched."""
    for one in (alice, bob):
        queues(home, one, "carol@far.example")
    assert root.does("PATCH", "queue/messages", None, at=instant(home, hours=3), **{"from": "bob"}) is True
    assert root.does("GET", "queue/messages", None, after=instant(home, hours=2))["total"] == 1
    assert root.does("PATCH", "queue/messages", None, **{"from": "nobody"}) is False


def test_a_message_is_given_up(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 7: DELETE. Ours: whoever sent it is told, RFC 5321 section 6.1."""
    id_ = queues(home, alice, "bob@far.example")
    assert root.does("DELETE", f"queue/messages/{id_}") is True
    root.is_refused(404, "GET", f"queue/messages/{id_}")
    (told,) = root.does("GET", "queue/messages", None, values="1")["items"]
    assert (told["return_path"], told["domains"][0]["recipients"][0]["address"]) == ("", "alice@home.example")


def test_some_recipients_are_given_up(root: Administrator, home: Home, alice: JMAP) -> None:
    """Management API section 7: DELETE with `filter`, a part of the address; it is gone when nobody is left."""
    id_ = queues(home, alice, "bob@far.example", "carol@far.example")
    assert root.does("DELETE", f"queue/messages/{id_}", None, filter="carol") is True
    (domain,) = root.does("GET", f"queue/messages/{id_}")["domains"]
    bob, carol = domain["recipients"]
    assert (bob["status"], domain["status"]) == ("scheduled", "scheduled")
    assert "cancelled" in carol["status"]["perm_fail"]
    assert root.does("DELETE", f"queue/messages/{id_}", None, filter="carol") is False
    assert root.does("DELETE", f"queue/messages/{id_}", None, filter="BOB") is True
    root.is_refused(404, "GET", f"queue/messages/{id_}")


def test_all_that_are_found_are_given_up(root: Administrator, home: Home, alice: JMAP, bob: JMAP) -> None:
    """Management API section 7: DELETE of the list."""
    kept = queues(home, alice, "carol@far.example", sender="")
    queues(home, bob, "carol@far.example", sender="")
    queues(home, bob, "dan@far.example", sender="")
    other = queues(home, alice, "erin@other.example", sender="")
    assert root.does("DELETE", "queue/messages", None, range_start=other, to="far") is True
    assert root.does("GET", "queue/messages")["items"] == [kept, other]


def test_the_queue_is_stopped_and_started(root: Administrator) -> None:
    """Management API section 3, 16 and 17: both answer what was before."""
    assert root.does("GET", "queue/status") is True
    assert root.does("PATCH", "queue/status/stop") is True
    assert root.does("PATCH", "queue/status/stop") is False
    assert root.does("GET", "queue/status") is False
    assert root.does("GET", "queue/messages")["status"] is False
    assert root.does("PATCH", "queue/status/start") is False
    assert root.does("PATCH", "queue/status/start") is True
    root.is_refused(404, "PATCH", "queue/status/halt")


def test_who_may_not_is_refused(home: Home, alice: JMAP) -> None:
    """Management API section 20: users have none of these permissions."""
    id_ = queues(home, alice, "bob@far.example")
    somebody = Administrator(home, alice, "user")
    somebody.is_refused(403, "GET", "queue/messages")
    somebody.is_refused(403, "DELETE", f"queue/messages/{id_}")
    somebody.is_refused(403, "PATCH", "queue/status/stop")


def test_what_somebody_has_read_before_it_moved_is_known(root: Administrator, home: Home, alice: JMAP) -> None:
    """RFC 9110 section 8.8.3: a message has an ETag."""
    id_ = queues(home, alice, "bob@far.example")
    tag = root.calls("GET", f"queue/messages/{id_}").headers["etag"]
    assert root.calls("GET", f"queue/messages/{id_}", headers={"if-none-match": tag}).status == 304
    root.does("PATCH", f"queue/messages/{id_}", None, at=instant(home, hours=2))
    assert root.calls("GET", f"queue/messages/{id_}", headers={"if-none-match": tag}).status == 200


def test_what_has_moved_meanwhile_is_left_alone(root: Administrator, home: Home, alice: JMAP) -> None:
    """RFC 9110 section 13.1.1: nothing is done where If-Match has the tag of something else."""
    at = f"queue/messages/{queues(home, alice, 'bob@far.example')}"
    read = {"if-match": root.calls("GET", at).headers["etag"]}
    assert root.calls("PATCH", at, None, read, at=instant(home, hours=5)).status == 200
    for method in ("PATCH", "DELETE"):
        assert root.calls(method, at, None, read).status == 412
    assert root.calls("DELETE", at, None, {"if-match": root.calls("GET", at).headers["etag"]}).status == 200


def test_a_tenants_administrator_sees_what_touches_its_domains(home: Home, alice: JMAP, bob: JMAP) -> None:
    """Management API section 7: tenants see only messages touching their domains; nothing of others is changed."""
    has_tenant(home, "ours.example", 7)
    to_ours = queues(home, alice, "carol@far.example", "dan@Ours.example")
    from_ours = queues(home, bob, "carol@far.example", sender="erin@ours.example")
    other = queues(home, bob, "carol@far.example", sender="")
    manager = Manager("erin", OF_TENANT_ADMIN, 7)

    assert says(home, manager, "GET", "queue/messages")["items"] == [to_ours, from_ours]
    for method in ("GET", "PATCH", "DELETE"):
        with pytest.raises(NotFound):
            says(home, manager, method, f"queue/messages/{other}")
    assert says(home, manager, "DELETE", "queue/messages", "to=carol") is True
    # Who sent one of them is told.
    (whole, notice) = says(home, manager, "GET", "queue/messages", "values=1")["items"]
    assert (whole["id"], notice["domains"][0]["recipients"][0]["address"]) == (to_ours, "erin@ours.example")
    assert other in says(home, OWNER, "GET", "queue/messages")["items"]
    assert says(home, manager, "GET", "queue/status") is True
    with pytest.raises(Forbidden):
        says(home, manager, "PATCH", "queue/status/stop")


def test_a_tenants_administrator_learns_of_no_other_recipients(home: Home, alice: JMAP) -> None:
    """Management API section 23, defect: to whom else somebody of another tenant writes is not theirs to see or end."""
    has_tenant(home, "ours.example", 7)
    id_ = queues(home, alice, "carol@far.example", "dan@Ours.example")
    manager = Manager("erin", OF_TENANT_ADMIN, 7)

    assert says(home, manager, "GET", "queue/messages", "to=carol")["items"] == []
    told = says(home, manager, "GET", f"queue/messages/{id_}")
    assert [one["name"] for one in told["domains"]] == ["ours.example"]
    late = instant(home, hours=2)
    assert says(home, manager, "PATCH", "queue/messages", f"at={late}") is True
    far, ours = says(home, OWNER, "GET", f"queue/messages/{id_}")["domains"]
    assert (far["next_retry"], ours["next_retry"]) == (instant(home), late)
    assert says(home, manager, "DELETE", f"queue/messages/{id_}") is True
    far, ours = says(home, OWNER, "GET", f"queue/messages/{id_}")["domains"]
    assert far["status"] == "scheduled"
    assert "cancelled" in ours["status"]["perm_fail"]
