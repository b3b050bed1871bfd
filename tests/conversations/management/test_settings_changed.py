"""Settings are changed in the database: all of what is sent, or nothing."""

import io
from typing import Any

import orjson
import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.datatypes.server import setting_texts
from pillarbox.telemetry import configure

SECRET = "very secret indeed"


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


def insert(prefix: str | None = None, /, *values: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"type": "insert", "prefix": prefix, "values": [list(one) for one in values], "assert_empty": False, **more}


def change(root: Administrator, *changes: dict[str, Any]) -> None:
    assert root.does("POST", "settings", list(changes)) is None


def refused(root: Administrator, *changes: dict[str, Any]) -> dict[str, str]:
    """What is wrong, by key; nothing is other than before."""
    before = setting_texts(root.home.store)
    document = root.is_refused(400, "POST", "settings", list(changes))
    assert setting_texts(root.home.store) == before
    return {one["field"]: one["detail"] for one in document["invalid"]}


def test_changes_are_made_in_their_order(root: Administrator) -> None:
    """Management API section 10: a record is cleared, and inserted anew."""
    change(root, insert("queue.relay", ("host", "a.example"), ("port", "587")), insert(None, ("queue.port", "26")))

    change(
        root,
        {"type": "clear", "prefix": "queue.relay."},
        insert("queue.relay", ("host", "b.example")),
        {"type": "delete", "keys": ["queue.port"]},
    )

    assert setting_texts(root.home.store) == {"queue.relay.host": "b.example"}


def test_what_is_cleared_may_be_found_by_a_part(root: Administrator) -> None:
    """Management API section 10: a lower-case part of the key or the value."""
    change(root, insert("server.blocked-ip", ("192.0.2.1", "By Hand"), ("192.0.2.2", "")))

    change(root, {"type": "clear", "prefix": "server.blocked-ip.", "filter": "by hand"})

    assert setting_texts(root.home.store) == {"server.blocked-ip.192.0.2.2": ""}


def test_nothing_is_found_out_of_a_secret_by_clearing_parts_of_it(root: Administrator) -> None:
    """Management API section 23."""
    change(root, insert(None, ("queue.relay.secret", SECRET)))

    change(root, {"type": "clear", "prefix": "queue.relay.", "filter": SECRET[:4]})

    assert setting_texts(root.home.store) == {"queue.relay.secret": SECRET}


def test_nothing_is_inserted_where_something_is(root: Administrator) -> None:
    """Management API section 10: `assert_empty`, and `assertFailed`."""
    change(root, insert("queue.relay", ("host", "a.example")))
    root.home.written = {"queue.port": "25", "directory.a.type": "internal"}

    for one in (
        insert("queue.relay", ("port", "587"), assert_empty=True),
        insert("directory.a", ("domains", "a.example"), assert_empty=True),
        insert(None, ("queue.relay.host", "b.example"), assert_empty=True),
        insert(None, ("queue.port", "26"), assert_empty=True),
    ):
        root.is_refused(409, "POST", "settings", [insert(None, ("queue.expire", "3d")), one], error="assertFailed")

    assert setting_texts(root.home.store) == {"queue.relay.host": "a.example"}
    change(root, {"type": "clear", "prefix": "queue."}, insert("queue.relay", ("port", "587"), assert_empty=True))


def test_what_the_file_has_is_not_changed(root: Administrator) -> None:
    """Issue 7: the file wins, and what it has is read-only."""
    root.home.written = {"queue.port": "25", "server.http.headers.0000": "X-A: 1", "queue.relay.host": "a.example"}

    found = refused(
        root,
        insert(None, ("queue.port", "26"), ("server.http.headers", "X-B: 1"), ("queue.expire", "3d")),
        {"type": "delete", "keys": ["queue.port"]},
        {"type": "clear", "prefix": "queue.relay."},
    )

    assert found.keys() == {"queue.port", "server.http.headers", "queue.relay."}
    assert all("the local settings file" in detail for detail in found.values())
    root.is_refused(400, "DELETE", "settings/queue.port")


def test_what_the_file_hides_can_be_taken_away(root: Administrator) -> None:
    """Ours: it was written before the file had it."""
    change(root, insert(None, ("queue.port", "26")))
    root.home.written = {"queue.port": "25"}

    root.does("DELETE", "settings/queue.port")

    assert setting_texts(root.home.store) == {}


def test_what_is_needed_before_the_store_is_the_files(root: Administrator) -> None:
    """Expressions section 4: local keys; each of them is named."""
    told = {line["key"] for line in root.does("GET", "settings/schema")["items"] if line["isLocal"]}
    keys = {key.replace("<id>", "x") for key in told} | {"config.local-keys.0", "store.pg.what", "storage.data.0"}

    found = refused(root, insert(None, *((key, "1") for key in keys), ("queue.expire", "3d")))

    assert {"server.workers", "oauth.key", "store.<id>.password", "authentication.fallback-admin.secret"} <= told
    assert found.keys() == keys
    assert all("config.local-keys" in detail for detail in found.values())


def test_the_file_says_which_keys_are_its_own(root: Administrator) -> None:
    """Expressions section 4: patterns, and exclusions that win."""
    root.home.written = {"config.local-keys.0": "queue.*", "config.local-keys.1": "!queue.relay.*"}

    found = refused(root, insert(None, ("queue.port", "26"), ("queue.relay.port", "587"), ("store.pg.host", "db")))

    assert found.keys() == {"queue.port", "store.pg.host"}
    change(root, insert(None, ("queue.relay.port", "587")), insert(None, ("server.hostname", "a.example")))


def test_every_mistake_is_told_and_nothing_is_changed(root: Administrator) -> None:
    """Issue 7: a value that its setting does not take, and a key that no setting reads."""
    change(root, insert(None, ("queue.expire", "3d")))

    found = refused(
        root,
        insert(None, ("queue.port", "many"), ("server.http.url", "https://"), ("queue.notify", "1d")),
        insert("server.blocked-ip", ("no address", "")),
    )
    unknown = refused(root, insert(None, ("queue.prot", "1"), ("zebra", "2"), ("queue.notify", "1d")))

    assert found.keys() == {"queue.port", "server.http.url", "server.blocked-ip.no address"}
    assert unknown == {
        "queue.prot": "no setting has this key; the nearest is queue.port",
        "zebra": "no setting has this key",
    }


def test_a_setting_without_what_it_needs_is_refused(root: Administrator) -> None:
    """Ours: a record is whole, or not there."""
    found = refused(root, insert(None, ("authentication.master.user", "master")))
    incomplete = refused(root, insert("certificate.a", ("cert", "/etc/a.pem")))

    assert found.keys() == {"authentication.master.secret"}
    assert incomplete.keys() == {"certificate.a.private-key"}
    both = insert("authentication.master", ("user", "master"), ("secret", "$plain"))
    change(root, both)
    assert refused(root, {"type": "delete", "keys": ["authentication.master.secret"]}).keys() == {
        "authentication.master.secret"
    }


def test_a_certificate_that_cannot_be_shown_is_refused(root: Administrator) -> None:
    """Ours: TLS must not stop by a slip."""
    pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

    found = refused(root, insert("certificate.a", ("cert", pem), ("private-key", pem)))

    assert found == {"certificate.a": "the certificate is none in PEM"}


def test_what_was_wrong_before_is_in_nobodys_way(root: Administrator) -> None:
    """Ours: a mistake of the file is told elsewhere."""
    root.home.written = {"queue.port": "many", "zebra": "1"}

    change(root, insert(None, ("queue.expire", "3d")))

    assert setting_texts(root.home.store) == {"queue.expire": "3d"}


def test_a_secret_that_is_written_back_as_shown_stays(root: Administrator) -> None:
    """Ours: whoever edits a record sends all of it."""
    change(root, insert("queue.relay", ("host", "a.example"), ("secret", SECRET)))

    change(
        root,
        {"type": "clear", "prefix": "queue.relay."},
        insert("queue.relay", ("host", "b.example"), ("secret", "••••")),
    )

    assert setting_texts(root.home.store) == {"queue.relay.host": "b.example", "queue.relay.secret": SECRET}
    assert refused(root, insert(None, ("metrics.prometheus.auth.secret", "••••"))).keys() == {
        "metrics.prometheus.auth.secret"
    }


def test_macros_are_left_as_they_are(root: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expressions section 3: only in the local file, or whoever may write settings reads files."""
    monkeypatch.setenv("SOMETHING", SECRET)

    change(root, insert(None, ("sieve.untrusted.vacation.default-subject", "%{env:SOMETHING}%")))

    assert root.does("GET", "settings/list")["items"] == {
        "sieve.untrusted.vacation.default-subject": "%{env:SOMETHING}%"
    }


def test_of_two_who_change_the_same_the_second_is_told(root: Administrator) -> None:
    """RFC 9110 section 13.1.1."""
    tag = root.calls("GET", "settings/list").headers["etag"]
    body = [insert(None, ("queue.relay.secret", "one"))]

    first = root.calls("POST", "settings", body, {"if-match": tag})
    second = root.calls("POST", "settings", [insert(None, ("queue.relay.secret", "two"))], {"if-match": tag})

    assert (first.status, second.status) == (200, 412)
    assert setting_texts(root.home.store) == {"queue.relay.secret": "one"}


def test_what_somebody_else_has_changed_is_not_deleted(root: Administrator) -> None:
    """RFC 9110 section 13.1.1."""
    change(root, insert(None, ("queue.port", "26")))
    tag = root.calls("GET", "settings/queue.port").headers["etag"]
    change(root, insert(None, ("queue.port", "27")))

    assert root.calls("DELETE", "settings/queue.port", None, {"if-match": tag}).status == 412
    assert setting_texts(root.home.store) == {"queue.port": "27"}


def test_a_list_is_deleted_as_a_whole(root: Administrator) -> None:
    """Ours: the same that is told under its key."""
    change(root, insert("server.http.headers", ("0", "X-A: 1"), ("1", "X-B: 1")), insert(None, ("queue.port", "26")))

    root.does("DELETE", "settings/server.http.headers")

    assert setting_texts(root.home.store) == {"queue.port": "26"}
    root.is_refused(404, "DELETE", "settings/server.http.headers", error="notFound")


def test_who_changed_what_is_in_the_log_without_texts(root: Administrator) -> None:
    """Management API section 23: no audit trail."""
    log = io.StringIO()
    configure("info", "json", log)

    change(root, insert(None, ("queue.relay.secret", SECRET), ("queue.port", "26")))

    (said,) = [line for line in map(orjson.loads, log.getvalue().splitlines()) if line["event"] == "settings.changed"]
    assert (said["by"], said["keys"]) == ("root@home.example", ["queue.port", "queue.relay.secret"])
    assert SECRET not in log.getvalue()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ([{"type": "put"}], "0/type"),
        ([[]], "0/type"),
        ([{"type": "delete"}], "0/keys"),
        ([{"type": "clear", "prefix": "", "more": 1}], "0/prefix"),
        ([{"type": "insert", "values": [["a"]]}], "0/values/0"),
        ([{"type": "insert", "values": [["a", 1]]}], "0/values/0/1"),
        ([{"type": "insert", "values": [["a", "\0"]]}], "0/values/0/1"),
        ([{"type": "insert", "values": [["a\n", "b"]]}], "0/values/0/0"),
        ([{"type": "insert", "values": [["k" * 513, "b"]]}], "0/values/0/0"),
        ([{"type": "insert", "values": [["a", "b"]] * 1001}], "0/values"),
    ],
)
def test_what_is_of_another_form_is_refused(root: Administrator, body: Any, field: str) -> None:
    """Issue 7: a problem document naming every bad field."""
    assert root.is_refused(400, "POST", "settings", body)["invalid"][0]["field"] == field


def test_all_settings_together_have_a_bound(root: Administrator) -> None:
    """Ours: every process has them in memory."""
    long = "x" * 250_000
    for number in range(16):
        change(root, insert("lookup.long", (str(number), long)))

    assert list(refused(root, insert("lookup.long", ("16", long), ("17", long)))) == [""]


def test_who_may_only_read_changes_nothing(home: Home) -> None:
    """Management API section 3: `settings-update`, `settings-delete`."""
    somebody = Administrator(home, home.person("john"), "user")

    assert "settings-update" in somebody.is_refused(403, "POST", "settings", [])["detail"]
    assert "settings-delete" in somebody.is_refused(403, "DELETE", "settings/queue.port")["detail"]


def test_a_record_of_many_keys_is_quick(root: Administrator) -> None:
    """Ours: a thousand blocked networks at a time."""
    networks = [(f"10.{number // 250}.{number % 250}.0/24", "") for number in range(1000)]

    change(root, insert("server.blocked-ip", *networks))

    reply = root.calls("GET", "settings/list", prefix="server.blocked-ip")
    assert orjson.loads(reply.octets)["data"]["total"] == 1000
