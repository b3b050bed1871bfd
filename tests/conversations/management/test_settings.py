"""What is told of settings, whoever has them."""

from collections.abc import Iterator

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.datatypes.server import keep_settings
from pillarbox.settings import catalogue

SECRET = "very secret indeed"


@pytest.fixture
def root(home: Home) -> Administrator:
    return Administrator(home)


def keep(home: Home, **texts: str) -> None:
    """The database has these, by their keys with two underscores for a dot."""
    with home.store.write(0) as server:
        found = {key.replace("__", ".").replace("_", "-"): text for key, text in texts.items()}
        keep_settings(server, found, "somebody", home.now())


def test_each_key_has_an_owner(root: Administrator) -> None:
    """Issue 7: the owner of each key is told, and the file wins."""
    root.home.written = {"queue.port": "26"}
    keep(root.home, queue__port="27", queue__expire="3d")

    listed = root.does("GET", "settings/list")

    assert listed["items"] == {"queue.expire": "3d", "queue.port": "26"}
    assert listed["owners"] == {"queue.expire": "database", "queue.port": "file"}
    assert root.does("GET", "settings/list", owner="database")["items"] == {"queue.expire": "3d"}
    owners = {
        key: root.does("GET", f"settings/{key}")["owner"] for key in ("queue.port", "queue.expire", "queue.notify")
    }
    assert owners == {"queue.port": "file", "queue.expire": "database", "queue.notify": "default"}


def test_a_prefix_and_its_dot_are_left_out(root: Administrator) -> None:
    """Management API section 10: the dot is appended if it is missing."""
    keep(root.home, queue__relay__host="a.example", queue__relay__port="587", queue__port="25")

    for prefix in ("queue.relay", "queue.relay."):
        listed = root.does("GET", "settings/list", prefix=prefix)
        assert (listed["total"], listed["items"]) == (2, {"host": "a.example", "port": "587"})
    assert root.does("GET", "settings/list", prefix="queue.relay", limit="1", page="2")["items"] == {"port": "587"}


def test_records_are_grouped_by_what_each_has(root: Administrator) -> None:
    """Management API section 10: one object for each id with the suffix."""
    root.home.written = {"directory.a.type": "internal", "directory.a.domains.0000": "a.example"}
    keep(root.home, directory__b__c__type="ldap", directory__b__c__url="ldap://b.example", directory__stray__url="x")

    group = root.does("GET", "settings/group", prefix="directory", suffix="type")

    assert group == {
        "total": 2,
        "items": [
            {"_id": "a", "type": "internal", "domains.0000": "a.example"},
            {"_id": "b.c", "type": "ldap", "url": "ldap://b.example"},
        ],
    }
    found = root.does("GET", "settings/group", prefix="directory", suffix="type", filter="B.EXAMPLE", field="url")
    assert found["items"] == [{"_id": "b.c", "url": "ldap://b.example"}]


def test_without_a_suffix_each_key_is_an_object(root: Administrator) -> None:
    """Management API section 10."""
    root.home.written = {"server.blocked-ip.192.0.2.0/24": ""}
    keep(root.home, **{"server__blocked_ip__2001:db8::/32": ""})

    group = root.does("GET", "settings/group", prefix="server.blocked-ip")

    assert group["items"] == [{"_id": "192.0.2.0/24", "_value": ""}, {"_id": "2001:db8::/32", "_value": ""}]


def test_a_record_may_be_known_by_a_list(root: Administrator) -> None:
    """Ours: `acme.<id>` has no other key that each of them has."""
    root.home.written = {"acme.a.domains.0000": "a.example", "acme.a.domains.0001": "b.example"}

    group = root.does("GET", "settings/group", prefix="acme", suffix="domains")

    assert group["items"] == [{"_id": "a", "domains.0000": "a.example", "domains.0001": "b.example"}]


def test_keys_and_prefixes_are_told_with_their_whole_names(root: Administrator) -> None:
    """Management API section 10: exact keys that exist, and everything below the prefixes."""
    keep(root.home, queue__relay__host="a.example", queue__port="25", queue__expire="3d")

    found = root.does("GET", "settings/keys", keys="queue.port,queue.notify", prefixes="queue.relay")

    assert found == {"queue.port": "25", "queue.relay.host": "a.example"}


def test_what_there_is_to_know_of_one_setting(root: Administrator) -> None:
    """Issue 7: its value, owner, default, and what it is for."""
    keep(root.home, server__http__hsts_max_age="30d")

    told = root.does("GET", "settings/server.http.hsts-max-age")

    assert told.pop("changed")
    assert told == {
        "key": "server.http.hsts-max-age",
        "value": "30d",
        "values": {},
        "owner": "database",
        "default": "`365d`",
        "kind": "duration",
        "doc": "For how long browsers remember that.",
        "isLocal": False,
        "isSecret": False,
        "changedBy": "somebody",
    }


def test_of_a_list_all_values_are_told(root: Administrator) -> None:
    """Ours."""
    keep(root.home, server__http__headers__0="X-A: 1", server__http__headers__1="X-B: 2")

    told = root.does("GET", "settings/server.http.headers")

    assert (told["value"], told["values"]) == (None, {"0": "X-A: 1", "1": "X-B: 2"})
    assert told["owner"] == "database"


def test_what_no_setting_has_and_nobody_wrote_is_not_there(root: Administrator) -> None:
    """Management API section 2.3."""
    root.is_refused(404, "GET", "settings/zebra.stripes", error="notFound")


def test_a_key_may_have_a_slash_in_it(root: Administrator) -> None:
    """Issue 7: `DELETE /api/settings/{key}`, of a blocked network too."""
    keep(root.home, **{"server__blocked_ip__192__0__2__0/24": ""})

    assert root.does("GET", "settings/server.blocked-ip.192.0.2.0%2F24")["owner"] == "database"
    root.does("DELETE", "settings/server.blocked-ip.192.0.2.0%2F24")
    assert root.does("GET", "settings/list")["items"] == {}


def secrets() -> Iterator[str]:
    """Every key that a secret stands under, by any of its names; and one of which nobody knows what it was to be."""
    for setting in catalogue.CATALOGUE:
        for line in setting.described():
            if line.is_secret:
                yield from line.spellings("main")
    yield "queue.relay.secrte"


@pytest.mark.parametrize("key", [*secrets()])
def test_a_secret_is_never_told(root: Administrator, key: str) -> None:
    """Management API section 23: secrets returned by settings reads, even to read-only roles."""
    root.home.written = {key: SECRET}
    keep(root.home, **{key.replace(".", "__"): SECRET})
    prefix = key.partition(".")[0]

    replies = [
        root.calls("GET", "settings/list"),
        root.calls("GET", "settings/group", prefix=prefix),
        root.calls("GET", "settings/keys", keys=key),
        root.calls("GET", f"settings/{key}"),
        root.calls("POST", "reload"),
    ]

    assert [reply.status for reply in replies] == [200] * 5
    assert not [reply.octets for reply in replies if SECRET.encode() in reply.octets]
    assert root.does("GET", "settings/keys", keys=key) == {key: "••••"}
    assert root.does("GET", "settings/group", prefix=prefix, filter=SECRET)["items"] == []


def test_all_settings_are_described(root: Administrator) -> None:
    """Issue 7: what can be set is found without a look at the documentation."""
    schema = root.does("GET", "settings/schema")
    by_key = {one["key"]: one for one in schema["items"]}

    assert schema["total"] == len(by_key) > 200
    assert by_key["queue.relay.secret"]["isSecret"]
    assert by_key["server.workers"]["isLocal"]
    assert not by_key["queue.port"]["isLocal"]
    assert by_key["queue.port"]["default"] == "`25`"


def test_who_may_not_see_settings_does_not(home: Home) -> None:
    """Management API section 3: `settings-list`."""
    somebody = Administrator(home, home.person("john"), "user")

    for path in ("list", "group?prefix=queue", "keys", "schema", "queue.port"):
        somebody.is_refused(403, "GET", f"settings/{path}")
