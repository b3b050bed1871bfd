"""What holds of every call of the management API, whatever it asks for."""

import base64
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator
from tests.driver.request import Request

from pillarbox.store import Undone
from pillarbox.wire.values import JSON


def test_what_does_not_exist_yet_says_so(home: Home) -> None:
    """Issue 6: endpoints whose part of the server comes later answer 501 with a problem document."""
    root = Administrator(home)
    root.is_refused(501, "GET", "reports/dmarc", error="unsupported")
    root.is_refused(501, "GET", "queue/reports?domain=far.example&type=tls&limit=10", error="unsupported")
    root.is_refused(501, "POST", "spam-filter/train/spam", b"Subject: buy\r\n\r\nnow", error="unsupported")


def test_the_same_is_under_the_stable_prefix(home: Home) -> None:
    """Issue 6: `/api/v1` is the same API."""
    Administrator(home).is_refused(501, "GET", "v1/reports/dmarc", error="unsupported")


def test_who_lacks_the_permission_is_refused(home: Home) -> None:
    """Management API section 2.3: 403, as a problem document."""
    somebody = Administrator(home, home.person("john"), "user")
    refused = somebody.is_refused(403, "GET", "reports/dmarc")
    assert "incoming-report-list" in refused["detail"]


def test_a_secret_has_no_place_in_a_query(home: Home) -> None:
    """RFC 6750 section 5.3: URLs are in logs and histories."""
    refused = Administrator(home).is_refused(400, "GET", "reports/dmarc?token=abc")
    assert refused["invalid"] == [{"field": "token", "detail": "a secret has no place in a URL"}]
    assert "abc" not in str(refused)


def test_every_bad_parameter_is_named(home: Home) -> None:
    """Issue 6: a problem document naming every bad field."""
    refused = Administrator(home).is_refused(400, "GET", "reports/dmarc?fliter=a&lmit=2")
    assert [one["field"] for one in refused["invalid"]] == ["fliter", "lmit"]


def test_what_was_cut_off_is_read_again_and_not_written_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: a change may be several units, of which some are committed; its caller hears that it failed."""
    undone: list[str] = []

    @contextmanager
    def cut(method: str, account: int) -> Iterator[Any]:
        with getattr(type(home.store), method)(home.store, account) as unit:
            yield unit
            if undone and undone[-1] == method:
                raise Undone(undone.pop())

    for method in ("read", "write"):
        monkeypatch.setattr(home.store, method, partial(cut, method))
    root = Administrator(home)
    root.does("GET", "settings/keys", keys="server.hostname")
    undone += ["read", "read"]
    root.does("GET", "settings/keys", keys="server.hostname")
    assert undone == []
    undone += ["write", "write"]
    root.is_refused(
        503, "POST", "settings", [{"type": "insert", "values": [["queue.relay.host", "relay.far.example"]]}]
    )
    assert undone == ["write"]


def test_a_body_that_is_too_large_is_refused(home: Home) -> None:
    """Management API section 1: bodies have up to 1 MiB."""
    Administrator(home).is_refused(413, "POST", "spam-filter/classify", b'"' + b"a" * 1024 * 1024 + b'"')


def test_a_method_that_is_not_there_is_told_with_those_that_are(home: Home) -> None:
    """RFC 9110 section 15.5.6."""
    reply = Administrator(home).calls("PUT", "reports/dmarc")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, DELETE, HEAD, OPTIONS")


def test_an_administrator_may_come_without_a_token_of_somebody(home: Home) -> None:
    """Management API section 1: Basic is taken; so is no account at all, which is not let in."""
    header = {"authorization": f"Basic {base64.b64encode(b'nobody:nothing').decode()}"}
    assert home.web.sends("GET", "/api/reports/dmarc", header).status == 401


def test_whoever_asks_for_much_waits_in_a_line_of_their_own(home: Home) -> None:
    """Ours: few threads answer calls, and one account's calls have one of them at most."""
    at_work, most = 0, 0

    def ask(_: Mapping[str, JSON]) -> Mapping[str, JSON]:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.01)
        at_work -= 1
        return {}

    home.office = replace(home.office, ask=ask)
    home.build()
    root = Administrator(home)
    headers = {**root.person.credentials, "Content-Type": "application/json"}
    replies = home.web.together([Request("POST", "/api/reload", headers) for _ in range(4)])
    assert ([reply.status for reply in replies], most) == ([200] * 4, 1)
