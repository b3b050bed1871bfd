"""The path where the server asks itself (ours)."""

from dataclasses import replace

import pytest
from tests.driver import Home

from pillarbox.http import HTTP

PATH = "/.well-known/pillarbox-check/"


def test_the_server_proves_that_it_is_this_one(home: Home) -> None:
    question = home.setup.recognition.question()

    reply = home.web.sends("GET", PATH + question)

    assert reply.status == 200
    assert home.setup.recognition.proves(question, reply.json()["proof"])
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("question", ["x", "0.0.0", "1.2." + "0" * 32, "%ff", "%C3%A9", "x" * 3000])
def test_for_others_there_is_nothing(home: Home, question: str) -> None:
    """Not even that somebody was here: a stranger cannot tell it from any other path."""
    nothing = home.web.sends("GET", "/.well-known/nothing")

    reply = home.web.sends("GET", PATH + question)

    if question != "%ff":
        assert (reply.status, reply.octets) == (404, nothing.octets)
    assert reply.status in (400, 404)


def test_it_says_what_a_proxy_said_and_that_it_was_not_heeded(home: Home) -> None:
    question = home.setup.recognition.question()

    told = home.web.sends(
        "GET", PATH + question, {"X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "https"}
    ).json()

    assert (told["isUnheeded"], told["scheme"], told["peer"]) == (True, "https", "192.0.2.1")


def test_it_is_answered_where_nobody_else_may_ask(home: Home) -> None:
    """Or the server would take itself for another one."""
    closed = replace(home.setup, policy=replace(home.setup.policy, access=lambda _: 403))
    home.web.application = HTTP(closed)

    assert home.web.sends("GET", PATH + closed.recognition.question()).status == 200
    assert home.web.sends("GET", PATH + "x").status == 403
    assert home.web.sends("GET", "/robots.txt").status == 403


def test_without_a_proxy_nothing_is_said(home: Home) -> None:
    told = home.web.sends("GET", PATH + home.setup.recognition.question()).json()

    assert (told["isUnheeded"], told["scheme"]) == (False, None)
