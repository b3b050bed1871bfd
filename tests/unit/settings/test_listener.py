"""Listeners: `server.listener.<id>.*`."""

import pytest

from pillarbox.settings import Listener, Problem, snapshot

WEB = {"server.listener.web.protocol": "http", "server.listener.web.bind": "127.0.0.1:80"}


def listeners(pairs: dict[str, str]) -> tuple[Listener, ...]:
    settings, problems = snapshot(pairs)
    assert problems == []
    return settings.listeners


def shown(found: tuple[Listener, ...]) -> list[tuple[str, str, list[str]]]:
    return [(one.id, one.protocol, [str(bind) for bind in one.binds]) for one in found]


def told(pairs: dict[str, str]) -> list[tuple[str, str]]:
    settings, problems = snapshot(pairs)
    assert settings.listeners == ()
    return [(problem.key, problem.kind) for problem in problems]


def test_without_any_written_http_and_lmtp_listen_on_this_machine() -> None:
    """Ours."""
    assert shown(listeners({})) == [("http", "http", ["127.0.0.1:8080"]), ("lmtp", "lmtp", ["127.0.0.1:2424"])]


def test_those_that_are_written_take_the_place_of_the_default() -> None:
    """Ours."""
    assert shown(listeners(WEB)) == [("web", "http", ["127.0.0.1:80"])]


def test_a_listener_has_its_addresses_in_the_order_of_their_numbers() -> None:
    """The settings reference, section 1: indexes are sorted by number, however they are padded."""
    web = {
        "server.listener.web.protocol": "lmtp",
        "server.listener.web.bind.10": "unix:/run/lmtp",
        "server.listener.web.bind.0002": "[::1]:24",
        "server.listener.web.bind.1": "127.0.0.1:24",
    }

    assert shown(listeners(web)) == [("web", "lmtp", ["127.0.0.1:24", "[::1]:24", "unix:/run/lmtp"])]


def test_an_id_may_have_dots() -> None:
    """The settings reference, section 1: quoted parts are kept."""
    key = "server.listener.a.example"

    assert shown(listeners({f"{key}.protocol": "http", f"{key}.bind": "[::]:80"})) == [
        ("a.example", "http", ["[::]:80"])
    ]


def test_a_limit_is_the_listener_s_own_else_the_server_s_else_the_default() -> None:
    """The settings reference, listeners: each key falls back to a global one."""
    (web,) = listeners(WEB | {"server.max-connections": "9", "server.listener.web.socket.backlog": "7"})
    assert (web.max_connections, web.backlog) == (9, 7)

    (web,) = listeners(WEB)
    assert (web.max_connections, web.backlog) == (8192, 1024)


def test_https_means_http_and_no_tls() -> None:
    """The settings reference, listeners: a synonym that does not enable TLS."""
    assert shown(listeners(WEB | {"server.listener.web.protocol": "https"})) == [("web", "http", ["127.0.0.1:80"])]


def test_a_bad_address_costs_that_address_alone() -> None:
    """Ours: one bad entry of a list does not discard the list."""
    settings, problems = snapshot(
        {
            "server.listener.web.protocol": "http",
            "server.listener.web.bind.0000": "2001:db8::2",
            "server.listener.web.bind.0001": "127.0.0.1:80",
        }
    )

    assert shown(settings.listeners) == [("web", "http", ["127.0.0.1:80"])]
    assert [(problem.key, problem.kind) for problem in problems] == [("server.listener.web.bind.0000", "parse")]


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ({"protocol": "http"}, ("bind", "missing")),
        ({"bind": "127.0.0.1:80"}, ("protocol", "missing")),
        ({"protocol": "http", "bind": "127.0.0.1"}, ("bind", "parse")),
        ({"protocol": "gopher", "bind": "127.0.0.1:70"}, ("protocol", "parse")),
        ({"protocol": "imap", "bind": "127.0.0.1:143"}, ("protocol", "build")),
        ({"protocol": "http", "bind": "[::]:443", "tls.implicit": "true"}, ("tls.implicit", "build")),
    ],
)
def test_a_listener_that_cannot_be_is_left_out_and_told(pairs: dict[str, str], problem: tuple[str, str]) -> None:
    """Ours: also where it would serve in the clear what was to be encrypted."""
    key, kind = problem

    assert told({f"server.listener.web.{name}": text for name, text in pairs.items()}) == [
        (f"server.listener.web.{key}", kind)
    ]


def test_a_listener_is_not_in_the_clear_for_a_slip_of_the_pen() -> None:
    """Ours: whatever is not plainly false may have meant TLS."""
    assert told(WEB | {"server.listener.web.tls.implicit": "yes"}) == [
        ("server.listener.web.tls.implicit", "parse"),
        ("server.listener.web.tls.implicit", "build"),
    ]


def test_a_place_in_a_list_is_taken_once() -> None:
    """Ours."""
    _, problems = snapshot(
        {
            "server.listener.web.protocol": "http",
            "server.listener.web.bind.0": "127.0.0.1:80",
            "server.listener.web.bind.0000": "127.0.0.1:81",
            "server.listener.web.bind.0001.x": "127.0.0.1:82",
        }
    )

    assert problems == [
        Problem(
            "server.listener.web.bind.0000", "parse", "this place of the list is taken by server.listener.web.bind.0"
        ),
        Problem(
            "server.listener.web.bind.0001.x", "parse", "a single value belongs at this place of the list, not a table"
        ),
    ]


def test_a_fallback_that_is_bad_is_told_once() -> None:
    """Ours."""
    _, problems = snapshot(WEB | {"server.max-connections": "many"})

    assert [problem.key for problem in problems] == ["server.max-connections"]
