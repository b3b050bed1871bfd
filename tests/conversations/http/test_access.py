"""Access control by `server.http.allowed-endpoint` (http-server.md section 5, mended)."""

import pytest
from tests.driver import JMAP, Home, Reply, Request, like


def got(home: Home, target: str = "/robots.txt", **more: object) -> Reply:
    """The answer to a GET without credentials."""
    (reply,) = home.web.together([Request("GET", target, **more)])  # type: ignore[arg-type]
    return reply


def test_whoever_gets_200_is_let_in(home: Home, alice: JMAP) -> None:
    """Section 5: 200 goes on."""
    home.abides_by(allowed_endpoint="200")

    assert alice.sends("GET", "/.well-known/jmap").status == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 429, 500, 503, 599])
def test_another_status_is_the_answer(home: Home, alice: JMAP, status: int) -> None:
    """Section 5: with that status, as a problem document; before anybody is asked who they are."""
    home.abides_by(allowed_endpoint=str(status))
    reply = alice.sends("GET", "/.well-known/jmap")

    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == like(type="about:blank", status=status)
    assert ("www-authenticate" in reply.headers) == (status == 401)


@pytest.mark.parametrize("status", [201, 204, 301, 304, 308])
def test_a_status_that_is_no_error_lets_nobody_in_either(home: Home, alice: JMAP, status: int) -> None:
    """Section 5: anything but 200 is the answer; a redirect has no Location."""
    home.abides_by(allowed_endpoint=str(status))
    reply = alice.sends("GET", "/.well-known/jmap")

    assert (reply.status, "location" in reply.headers) == (status, False)
    assert b"apiUrl" not in reply.octets


@pytest.mark.parametrize("expression", ["100", "199", "600", "local_port - 9000", "url_path", "split(url, '/')"])
def test_what_is_no_status_lets_nobody_in(home: Home, alice: JMAP, expression: str) -> None:
    """Section 5, mended: it fails closed."""
    home.abides_by(allowed_endpoint=expression)

    assert alice.sends("GET", "/.well-known/jmap").status == 503


@pytest.mark.parametrize("expression", ["'x'", "404 +", "''", "", "remote_ip == ", "no_such_function(1)", "-1"])
def test_a_mistake_in_it_lets_nobody_in(home: Home, alice: JMAP, expression: str) -> None:
    """Section 5, mended: what is to keep people out does not let them in because of a slip."""
    home.runs_by({"server.http.allowed-endpoint": expression}, mistaken=True)

    assert alice.sends("GET", "/.well-known/jmap").status == 503
    assert got(home, peer=None).status == 200


def test_conditions_decide_by_what_was_asked_for(home: Home, alice: JMAP) -> None:
    """Section 5: the patterns that are documented."""
    home.runs_by(
        {
            "server.http.allowed-endpoint.0.if": "starts_with(url_path, '/jmap') && method != 'OPTIONS'",
            "server.http.allowed-endpoint.0.then": "404",
            "server.http.allowed-endpoint.1.if": "remote_ip == '192.0.2.66'",
            "server.http.allowed-endpoint.1.then": "403",
            "server.http.allowed-endpoint.2.else": "200",
        }
    )

    assert got(home).status == 200
    assert got(home, peer="192.0.2.66").status == 403
    assert alice.sends("POST", "/jmap/").status == 404
    assert home.web.sends("OPTIONS", "/jmap/").status == 204


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.0.1"])
def test_it_holds_for_loopback_as_well(home: Home, peer: str) -> None:
    """Architecture section 4, "Local": so that what is configured can be seen at work."""
    home.abides_by(allowed_endpoint="404")

    assert got(home, peer=peer).status == 404


def test_the_unix_socket_is_the_way_in_when_all_is_closed(home: Home) -> None:
    """Architecture section 4, "Local": the break-glass administrator; not who comes there through a proxy."""
    home.abides_by(allowed_endpoint="404")

    assert got(home, peer=None).status == 200
    assert got(home, peer=None, headers={"X-Forwarded-For": "127.0.0.1"}).status == 404


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
@pytest.mark.parametrize("settings", [{}, {"use_x_forwarded": "true"}])
def test_a_header_from_outside_opens_nothing(home: Home, name: str, settings: dict[str, str]) -> None:
    """Section 3, mended: whoever claims to be 127.0.0.1 is not."""
    home.runs_by(
        {
            "server.http.allowed-endpoint.0.if": "remote_ip == '127.0.0.1'",
            "server.http.allowed-endpoint.0.then": "200",
            "server.http.allowed-endpoint.1.else": "403",
            **{f"server.http.{key.replace('_', '-')}": value for key, value in settings.items()},
        }
    )
    value = "for=127.0.0.1" if name == "Forwarded" else "127.0.0.1"

    assert got(home, headers={name: value}).status == 403


def test_a_trusted_proxy_says_who_the_client_is(home: Home) -> None:
    """The assignment, "Use Forwarded IP"."""
    home.runs_by(
        {
            "server.http.use-x-forwarded": "true",
            "server.http.allowed-endpoint.0.if": "remote_ip == '192.0.2.66'",
            "server.http.allowed-endpoint.0.then": "403",
            "server.http.allowed-endpoint.1.else": "200",
        }
    )

    assert got(home, peer="10.0.0.1", headers={"X-Forwarded-For": "192.0.2.66"}).status == 403
    assert got(home, peer="10.0.0.1", headers={"X-Forwarded-For": "192.0.2.66, 198.51.100.1"}).status == 200
    assert got(home, peer="10.0.0.1", headers={"Forwarded": "for=192.0.2.66"}).status == 403


def test_headers_that_contradict_each_other_are_refused(home: Home) -> None:
    """Ours: a proxy that writes the one passes on the other as its client wrote it."""
    home.abides_by(use_x_forwarded="true")
    headers = {"X-Forwarded-For": "192.0.2.66", "Forwarded": "for=192.0.2.67"}

    assert got(home, peer="10.0.0.1", headers=headers).status == 400
    home.abides_by(use_x_forwarded="true", forwarded_header="x-forwarded-for")
    assert got(home, peer="10.0.0.1", headers=headers).status == 200


def test_every_answer_of_access_control_has_the_headers_of_all_answers(home: Home) -> None:
    """http-server.md section 1.2."""
    home.abides_by(allowed_endpoint="403", headers="X-House: home", permissive_cors="true")
    reply = got(home)

    assert (reply.headers["x-house"], reply.headers["access-control-allow-origin"]) == ("home", "*")
