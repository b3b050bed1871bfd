"""Listeners: `server.listener.<id>.*`."""

import pytest

from pillarbox.settings import Duration, Listener, Problem, SocketRules, Tls, snapshot

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
        (
            {"protocol": "http", "bind": "[::]:443", "tls.implicit": "true", "tls.enable": "false"},
            ("tls.implicit", "build"),
        ),
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


TLS = WEB | {"server.listener.web.tls.implicit": "true"}


def test_tls_is_spoken_where_it_is_asked_for() -> None:
    """The settings reference, listeners: `tls.implicit`, of a listener or of all."""
    (web,) = listeners(TLS)
    assert web.tls == Tls()

    (web,) = listeners(WEB | {"server.tls.implicit": "true"})
    assert web.tls == Tls()

    (web,) = listeners(WEB | {"server.tls.implicit": "true", "server.listener.web.tls.implicit": "false"})
    assert web.tls is None


def test_tls_is_spoken_as_the_listener_says_else_the_server() -> None:
    """The settings reference, listeners: each key falls back to a global one; a list takes the other's place."""
    general = {
        "server.tls.disable-protocols": "TLSv1.3",
        "server.tls.timeout": "5s",
        "server.tls.ignore-client-order": "false",
    }

    (web,) = listeners(TLS | general)
    assert web.tls == Tls(disabled_versions=("TLSv1.3",), is_our_order=False, timeout=Duration(5000))

    (web,) = listeners(TLS | general | {"server.listener.web.tls.disable-protocols": "0x0303"})
    assert web.tls is not None
    assert web.tls.disabled_versions == ("TLSv1.2",)


EVERY_SUITE = ", ".join(
    f"TLS_ECDHE_{signed}_WITH_{cipher}"
    for signed in ("RSA", "ECDSA")
    for cipher in ("AES_256_GCM_SHA384", "AES_128_GCM_SHA256", "CHACHA20_POLY1305_SHA256")
).split(", ")


def _listed(key: str, values: list[str]) -> dict[str, str]:
    return {f"server.listener.web.tls.{key}.{place:04}": value for place, value in enumerate(values)}


def test_what_leaves_nothing_to_speak_is_not_obeyed() -> None:
    """Ours: told, and in force as if it were not there."""
    settings, problems = snapshot(TLS | _listed("disable-protocols", ["TLSv1.2", "TLSv1.3"]))
    assert settings.listeners[0].tls == Tls()
    assert [(one.key, one.kind) for one in problems] == [("server.listener.web.tls.disable-protocols", "build")]

    without_1_3 = {"server.listener.web.tls.disable-protocols": "TLSv1.3"}
    settings, problems = snapshot(TLS | without_1_3 | _listed("disable-ciphers", EVERY_SUITE))
    assert settings.listeners[0].tls == Tls(disabled_versions=("TLSv1.3",))
    assert [(one.key, one.kind) for one in problems] == [("server.listener.web.tls.disable-ciphers", "build")]


def test_tls_1_2_without_suites_is_not_spoken() -> None:
    """Ours: what is left is TLS 1.3."""
    (web,) = listeners(TLS | _listed("disable-ciphers", EVERY_SUITE))

    assert web.tls == Tls(disabled_versions=("TLSv1.2",))


def test_suites_of_tls_1_3_cannot_be_left_out() -> None:
    """Ours: told, since it looks as if it could."""
    settings, problems = snapshot(TLS | _listed("disable-ciphers", ["TLS13_AES_128_GCM_SHA256", EVERY_SUITE[0]]))

    assert settings.listeners[0].tls == Tls(disabled_ciphers=(EVERY_SUITE[0],))
    assert [(one.key, one.kind) for one in problems] == [("server.listener.web.tls.disable-ciphers", "build")]


def test_options_of_sockets_are_the_listener_s_own_else_the_server_s() -> None:
    """The settings reference, listeners: `socket.*`."""
    (web,) = listeners(
        WEB
        | {
            "server.socket.ttl": "64",
            "server.socket.nodelay": "false",
            "server.socket.linger": "2s",
            "server.listener.web.socket.ttl": "32",
            "server.listener.web.socket.send-buffer-size": "65536",
            "server.listener.web.socket.reuse-port": "true",
        }
    )

    assert web.sockets == SocketRules(
        ttl=32, is_undelayed=False, linger=Duration(2000), send_buffer=65536, reuses_port=True
    )


def test_trusted_proxies_are_the_listener_s_own_else_the_server_s() -> None:
    """The settings reference, PROXY: the listener's list takes the place of the general one."""
    general = WEB | {"server.proxy.trusted-networks": "192.0.2.0/24"}

    (web,) = listeners(general)
    assert [str(one) for one in web.trusted_networks] == ["192.0.2.0/24"]

    (web,) = listeners(general | {"server.listener.web.proxy.trusted-networks": "2001:db8::1"})
    assert [str(one) for one in web.trusted_networks] == ["2001:db8::1/128"]


def test_marks_of_editors_mean_nothing() -> None:
    """The settings reference, listeners: `*.override` is there for who edits the settings."""
    marks = {f"server.listener.web.{part}.override": "true" for part in ("socket", "tls", "proxy")}

    assert listeners(WEB | marks) == listeners(WEB)


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
