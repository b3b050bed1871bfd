"""Somebody with an account who speaks JMAP."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from tests.driver.like import NOTHING, assert_is
from tests.driver.talk import Talk
from tests.driver.web import Reply, Request, Stream, Web

from pillarbox.datatypes import REGISTRY

__all__ = ["ADMIN", "CORE", "JMAP", "MAIL", "PUSHED", "QUOTA", "SUBMISSION", "call", "result_of"]

ADMIN = "urn:pillarbox:params:jmap:admin"
CORE = "urn:ietf:params:jmap:core"
MAIL = "urn:ietf:params:jmap:mail"
QUOTA = "urn:ietf:params:jmap:quota"
SUBMISSION = "urn:ietf:params:jmap:submission"

PUSHED = frozenset(name for name in REGISTRY.pushed if REGISTRY.told_as[name].capability != ADMIN)
"""The types that people are told of in their own accounts."""

_Call = tuple[str, dict[str, Any], str]


def call(name: str, call_id: str = "0", **arguments: Any) -> _Call:
    """One of several calls for `JMAP.says_all`; NOTHING as accountId sends none."""
    return name, arguments, call_id


def result_of(call_id: str, name: str, path: str) -> dict[str, str]:
    """A ResultReference, for an argument like `**{"#ids": result_of("0", "Mailbox/query", "/ids")}`."""
    return {"resultOf": call_id, "name": name, "path": path}


class JMAP:
    """A client of one person's account.

    `says` sends one call, `says_all` several in one request, and each `hears` takes the next response. `asks` does both
    where a test only prepares something. The accountId is filled in unless it is given.
    """

    def __init__(self, web: Web, name: str, password: str, account_id: str, number: int) -> None:
        self.web = web
        self.name = name
        self.password = password
        self.account_id = account_id
        self.number = number
        """The store's number of the account."""
        self.using = [CORE, MAIL, SUBMISSION]
        self.created_ids: dict[str, str] | None = None
        self.response: dict[str, Any] = {}
        """The whole Response object heard last."""
        self._heard: list[Any] = []

    def says(self, name: str, /, **arguments: Any) -> None:
        """One method call."""
        __tracebackhide__ = True
        self.says_all(call(name, **arguments))

    def says_all(self, *calls: _Call) -> None:
        """Several method calls in one request."""
        __tracebackhide__ = True
        reply = self.posts(self.request(*calls))
        if reply.status != 200:
            pytest.fail(f"{reply.status}: {reply.octets.decode()}")
        self.response = reply.json()
        self._heard = list(self.response["methodResponses"])

    def hears(self, response_name: str, /, call_id: str | None = None, **arguments: Any) -> Any:
        """The next response has this name, and these arguments among others; gives all its arguments."""
        __tracebackhide__ = True
        got = self._next(response_name, call_id)
        for name, wanted in arguments.items():
            if wanted is NOTHING:
                if name in got:
                    pytest.fail(f"{name} is there: {got[name]!r}\n  all of it: {got!r}")
            elif name not in got:
                pytest.fail(f"{name} is missing: {wanted!r}\n  all of it: {got!r}")
            else:
                assert_is({name: wanted}, {name: got[name]}, got)
        return got

    def hears_exactly(self, response_name: str, /, call_id: str | None = None, **arguments: Any) -> None:
        """The next response has this name, and these arguments and no others."""
        __tracebackhide__ = True
        assert_is(arguments, self._next(response_name, call_id))

    def hears_nothing_more(self) -> None:
        """All responses have been heard."""
        __tracebackhide__ = True
        if self._heard:
            pytest.fail(f"there is more: {self._heard!r}")

    def asks(self, name: str, /, **arguments: Any) -> Any:
        """The arguments of the response to a call that must not fail."""
        __tracebackhide__ = True
        self.says(name, **arguments)
        return self.hears(name)

    def request(self, *calls: _Call) -> dict[str, Any]:
        """A Request object."""
        asked = []
        for name, arguments, call_id in calls:
            sent = {**arguments} if name == "Core/echo" else {"accountId": self.account_id, **arguments}
            asked.append([name, {key: value for key, value in sent.items() if value is not NOTHING}, call_id])
        body: dict[str, Any] = {"using": self.using, "methodCalls": asked}
        if self.created_ids is not None:
            body["createdIds"] = self.created_ids
        return body

    def posts(self, body: Any, content_type: str | None = "application/json") -> Reply:
        """The answer to a POST to the API: of octets as they are, of anything else as JSON."""
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {} if content_type is None else {"Content-Type": content_type}
        return self.sends("POST", "/jmap/", headers, octets)

    def sends(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """The answer to any request with this person's credentials."""
        return self.web.sends(method, target, {**self.credentials, **(headers or {})}, body)

    def asking(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Request:
        """A request with this person's credentials that is cut off after so much of a body."""
        return Request(method, target, {**self.credentials, **(headers or {})}, (body,), whole=False)

    def getting(self, target: str, headers: Mapping[str, str] | None = None) -> Request:
        """A GET with this person's credentials."""
        return Request("GET", target, {**self.credentials, **(headers or {})})

    def send_together(self, bodies: Iterable[Any]) -> list[Reply]:
        """The answers to POSTs to the API that are sent at once."""
        headers = {**self.credentials, "Content-Type": "application/json"}
        return self.web.together([Request("POST", "/jmap/", headers, (json.dumps(body).encode(),)) for body in bodies])

    @property
    def credentials(self) -> dict[str, str]:
        """The Authorization header."""
        pair = f"{self.name}:{self.password}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def listens(
        self, types: str = "*", closeafter: str = "no", ping: int = 0, last_event_id: str | None = None
    ) -> Stream:
        """The event source."""
        headers = {**self.credentials, **({"Last-Event-ID": last_event_id} if last_event_id is not None else {})}
        target = f"/jmap/eventsource/?types={quote(types)}&closeafter={closeafter}&ping={ping}"
        return self.web.opens(Request("GET", target, headers))

    def talks(self, headers: Mapping[str, str] | None = None, target: str = "/jmap/ws", **others: Any) -> Talk:
        """A WebSocket, with this person's credentials unless other headers are given."""
        return Talk(self.web, target, self.credentials if headers is None else headers, **others)

    def uploads(self, octets: bytes, type: str = "application/octet-stream") -> str:  # noqa: A002 - the RFC's word
        """The blobId of what was uploaded."""
        reply = self.sends("POST", f"/jmap/upload/{self.account_id}/", {"Content-Type": type}, octets)
        assert reply.status == 201, reply
        return str(reply.json()["blobId"])

    def downloads(
        self,
        blob_id: str,
        name: str = "file",
        accept: str = "application/octet-stream",
        headers: Mapping[str, str] | None = None,
        account_id: str | None = None,
    ) -> Reply:
        """The answer to a download; the name is percent-encoded."""
        place = f"/jmap/download/{account_id or self.account_id}/{blob_id}/{quote(name, safe='')}"
        return self.sends("GET", f"{place}?accept={quote(accept, safe='')}", headers)

    def receives(self, message: str | bytes, mailbox: str = "inbox", **properties: Any) -> str:
        """The id of an Email imported from message text, into the Mailbox of a role unless mailboxIds are given."""
        octets = message if isinstance(message, bytes) else message.replace("\r\n", "\n").replace("\n", "\r\n").encode()
        email = {"blobId": self.uploads(octets, "message/rfc822"), **properties}
        email.setdefault("mailboxIds", {self.mailbox(mailbox): True})
        answer = self.asks("Email/import", emails={"it": email})
        assert answer["created"], answer
        return str(answer["created"]["it"]["id"])

    def mailbox(self, role: str) -> str:
        """The id of the Mailbox with a role."""
        for mailbox in self.asks("Mailbox/get", properties=["role"])["list"]:
            if mailbox["role"] == role:
                return str(mailbox["id"])
        raise AssertionError(f"there is no Mailbox with the role {role}")

    def state(self, type_name: str) -> str:
        """The state of a type."""
        return str(self.asks(f"{type_name}/get", ids=[])["state"])

    def _next(self, name: str, call_id: str | None) -> Any:
        __tracebackhide__ = True
        if not self._heard:
            pytest.fail("there is no further response")
        got_name, arguments, got_id = self._heard.pop(0)
        if got_name != name or (call_id is not None and got_id != call_id):
            pytest.fail(f"heard {got_name} of call {got_id!r}, not {name} of {call_id!r}\n  all of it: {arguments!r}")
        return arguments
