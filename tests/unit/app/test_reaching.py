"""The server looks for itself, at servers that are scripted."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import cast

import pytest

from pillarbox.app import House
from pillarbox.app.background import reaching
from pillarbox.app.background.reaching import reached
from pillarbox.net import Door, Recognition
from pillarbox.net.outbound import Answer, Unreachable
from pillarbox.settings import snapshot
from pillarbox.upkeep import Trouble

PROOF = Recognition(b"s" * 32)


def look(at: Mapping[str, Callable[[str], Answer]], **settings: str) -> list[Trouble]:
    """What is found where these answer, each at its origin, and nobody else does."""
    pairs = {"server.listener.web.protocol": "http", "server.listener.web.bind": "192.0.2.7:8080"}
    pairs |= {key.replace("_", "."): text for key, text in settings.items()}
    made, _ = snapshot(pairs)

    async def ask(url: str) -> Answer:
        origin, path, question = url.partition("/.well-known/pillarbox-check/")
        assert path
        if origin not in at:
            raise Unreachable(f"{origin}: nobody is there", was_asked=False)
        return at[origin](question)

    return asyncio.run(reached(made, PROOF, ask))


def ours(**said: object) -> Callable[[str], Answer]:
    def answer(question: str) -> Answer:
        assert PROOF.knows(question)
        told = {"proof": PROOF.answer(question), "scheme": None, "peer": None, "isUnheeded": False, **said}
        return Answer(200, {}, json.dumps(told).encode(), is_whole=True)

    return answer


def answers(status: int, octets: bytes = b"", **fields: str) -> Callable[[str], Answer]:
    return lambda _: Answer(status, fields, octets, is_whole=True)


def test_all_is_well() -> None:
    assert look({"https://mail.example.org": ours()}, server_http_url="'https://mail.example.org'") == []


def test_a_url_with_a_path_is_asked_below_it() -> None:
    assert look({"https://example.org/mail": ours()}, server_http_url="'https://example.org/mail'") == []


def test_nothing_written_and_the_name_leads_elsewhere() -> None:
    (found,) = look({"https://mail.example.org": ours()}, server_hostname="mail.example.org")

    assert "http://mail.example.org:8080 (nothing is written" in found.problem
    assert "write server.http.url = \"'https://mail.example.org'\"" in found.problem


@pytest.mark.parametrize(
    "other",
    [
        answers(200, b"<html>"),
        answers(200, b"{}"),
        answers(200, b"[1]"),
        answers(200, json.dumps({"proof": "0" * 32}).encode()),
        answers(200, json.dumps({"proof": None}).encode()),
        answers(404),
        answers(502),
        lambda question: Answer(200, {}, json.dumps({"proof": question}).encode(), is_whole=True),
    ],
)
def test_another_server_is_not_taken_for_us(other: Callable[[str], Answer]) -> None:
    (found,) = look({"https://mail.example.org": other}, server_http_url="'https://mail.example.org'")

    assert "is another server" in found.problem


def test_a_redirect_to_https_says_what_to_write() -> None:
    """The proxy speaks https, and the URL says http."""
    at = {
        "http://mail.example.org": answers(301, location="https://mail.example.org/.well-known/x"),
        "https://mail.example.org": ours(scheme="https"),
    }

    (found,) = look(at, server_http_url="'http://mail.example.org'")

    assert "redirected to https://mail.example.org;" in found.problem
    assert "write server.http.url = \"'https://mail.example.org'\"" in found.problem


@pytest.mark.parametrize("location", ["", "//", "https://[", "ftp://x", "\x1b[2J", "https://a:b@mail.example.org:x/"])
def test_a_redirect_that_is_none_ends_nothing(location: str) -> None:
    at = {"http://mail.example.org": answers(302, location=location)}

    (found,) = look(at, server_http_url="'http://mail.example.org'")

    assert "redirected" in found.problem
    assert "\x1b" not in found.problem


def test_an_expression_that_needs_a_request_is_told() -> None:
    found = look({}, server_http_url="'https://' + matches('(.*)', url_path)")

    assert [one.place for one in found] == ["server.http.url"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[list[Trouble]]], list[str]]:
    """What the log is told, if this is found when it is looked the first time and the second."""

    def watch(found: list[list[Trouble]]) -> list[str]:
        events: list[str] = []
        monkeypatch.setattr(reaching, "_SOON", 0.0)
        monkeypatch.setattr(reaching, "_LATER", 0.0)
        monkeypatch.setattr(reaching, "emit", lambda event, **fields: events.append(f"{event.title} {fields['text']}"))

        async def checked(_: object, __: object) -> list[Trouble]:
            return found.pop(0)

        monkeypatch.setattr(reaching, "checked", checked)

        async def a_while() -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    # Whose house it is makes no difference here.
                    await reaching.watched(cast("House", None), cast("Door", None))

        asyncio.run(a_while())
        return events

    return watch


ASTRAY = Trouble("server", "server.http.url", "it leads elsewhere")


def test_the_log_is_told(told: Callable[[list[list[Trouble]]], list[str]]) -> None:
    assert told([[ASTRAY], [ASTRAY]]) == ["server.astray it leads elsewhere"]


def test_a_proxy_that_is_started_later_is_waited_for(told: Callable[[list[list[Trouble]]], list[str]]) -> None:
    """Ours: at the start of a machine, all of it starts."""
    assert told([[ASTRAY], []]) == []
    assert told([[]]) == []
