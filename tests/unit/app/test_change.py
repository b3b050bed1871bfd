"""Which settings are in force at once when they are read again."""

import pytest

from pillarbox.app.supervisor.change import change


def test_what_is_other_new_or_gone_is_applied() -> None:
    found = change({"a.b": "1", "a.c": "2", "a.d": "3"}, {"a.b": "1", "a.c": "x", "a.e": "4"})

    assert found.applied == ["a.c", "a.d", "a.e"]
    assert found.restart == []
    assert found.pairs == {"a.b": "1", "a.c": "x", "a.e": "4"}


def test_what_is_open_already_keeps_its_text() -> None:
    """As if nobody had written anything there: a process that is started again finds its sockets and its store."""
    before = {"server.workers": "2", "store.pg.host": "db", "server.listener.http.bind.0": "127.0.0.1:80", "a": "1"}
    after = {"server.workers": "4", "server.listener.new.bind": "127.0.0.1:81", "storage.data": "pg", "a": "2"}

    found = change(before, after)

    assert found.pairs == {**before, "a": "2"}
    assert found.applied == ["a"]
    assert found.restart == [
        "server.listener.http.bind.0",
        "server.listener.new.bind",
        "server.workers",
        "storage.data",
        "store.pg.host",
    ]


def test_it_is_told_again_until_it_is_so() -> None:
    before = {"server.workers": "2"}
    once = change(before, {"server.workers": "4"})

    assert change(once.pairs, {"server.workers": "4"}).restart == ["server.workers"]
    assert change(once.pairs, before).restart == []


def test_what_a_listener_asks_of_connections_is_in_force_at_once() -> None:
    keys = [
        "server.listener.web.proxy.trusted-networks.0",
        "server.listener.web.tls.disable-protocols",
        "server.proxy.trusted-networks",
        "server.socket.nodelay",
        "server.tls.timeout",
    ]
    sockets = ["server.listener.web.tls.implicit", "server.socket.backlog", "server.tls.implicit"]

    before = {"server.listener.web.protocol": "http"}

    found = change(before, {**before, **dict.fromkeys([*keys, *sockets], "x")})

    assert found.applied == keys
    assert found.restart == sockets


@pytest.mark.parametrize("key", ["tls.disable-protocols.0", "proxy.trusted-networks", "socket.nodelay"])
def test_a_listener_that_comes_or_goes_does_so_as_a_whole(key: str) -> None:
    """Until it is closed, one that is no more wanted asks of connections what it did, lest it be laxer."""
    listener = {"server.listener.web.protocol": "http", f"server.listener.web.{key}": "x"}

    gone, new = change(listener, {}), change({}, listener)

    assert gone.pairs == listener
    assert new.pairs == {}
    assert gone.restart == new.restart == sorted(listener)
