"""The smallest client: JSON over HTTP, so that journeys see what is on the wire and nothing else."""

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from socket import socket
from typing import Any

__all__ = ["USING", "Client", "Event", "Events", "Failed", "Refused", "is_temporary"]

USING = ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"]
TIMEOUT = 20.0


class Refused(Exception):
    """The server answered, and not with what was asked for."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body[:500]!r}")
        self.status = status


class Failed(Exception):
    """A method call ended with an error (RFC 8620 section 3.6.2)."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(str(told))
        self.kind: str = told["type"]


def is_temporary(told: Exception) -> bool:
    """Whether it says that the same may succeed later (RFC 8620 section 3.6.2, RFC 9110 sections 15.6.3 to 15.6.5)."""
    match told:
        case Failed():
            # The other is for who looks first, as all who ask whether it is temporary do.
            return told.kind in ("serverUnavailable", "serverPartialFail")
        case Refused():
            # 502 and 504 are what a proxy says of a server that is gone.
            return told.status in (502, 503, 504, 507)
        case _:
            return False


class Client:
    """One account's client; requests go one after the other over one connection."""

    def __init__(
        self,
        host: str,
        port: int,
        address: str,
        password: str,
        connects: Callable[[], HTTPConnection] | None = None,
    ) -> None:
        self.address = address
        self.password = password
        self._connects = connects or (lambda: HTTPConnection(host, port, timeout=TIMEOUT))
        self._connection = self._connects()
        self._account: str | None = None
        self._streams: list[Events] = []

    def close(self) -> None:
        """Closes the connection, and those of the event sources."""
        self._connection.close()
        for stream in self._streams:
            stream.close()

    @property
    def headers(self) -> dict[str, str]:
        token = base64.b64encode(f"{self.address}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {token}"}

    @property
    def account(self) -> str:
        """The id of the account."""
        if self._account is None:
            self._account = str(self.session()["primaryAccounts"]["urn:ietf:params:jmap:mail"])
        return self._account

    def session(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.http("GET", "/.well-known/jmap"))
        return found

    def http(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        """The body of the answer; redirects are followed. Raises Refused, OSError, HTTPException."""
        try:
            self._connection.request(method, path, body, {**self.headers, "Content-Type": kind})
            response = self._connection.getresponse()
            octets = response.read()
        except BaseException:
            # Half an exchange is on it; the next request begins anew.
            self._connection.close()
            raise
        if response.status in (301, 302, 307, 308):
            return self.http(method, response.headers["Location"], body, kind)
        if response.status not in (200, 201):
            raise Refused(response.status, octets)
        return octets

    def calls(self, *calls: tuple[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The arguments of the answers to these calls, each made for this account."""
        request = {
            "using": USING,
            "methodCalls": [
                [name, {"accountId": self.account, **arguments}, str(at)] for at, (name, arguments) in enumerate(calls)
            ],
        }
        answered = json.loads(self.http("POST", "/jmap/", json.dumps(request).encode()))["methodResponses"]
        for answer in answered:
            if answer[0] == "error":
                raise Failed(answer[1])
        return [answer[1] for answer in answered]

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        return self.calls((name, arguments))[0]

    def mailboxes(self) -> dict[str, dict[str, Any]]:
        """The Mailboxes, by their names."""
        return {mailbox["name"]: mailbox for mailbox in self.call("Mailbox/get", ids=None)["list"]}

    def role(self, role: str) -> str:
        """The id of the Mailbox with a role."""
        (found,) = (one["id"] for one in self.mailboxes().values() if one["role"] == role)
        return str(found)

    def ids(self, **filter_: Any) -> list[str]:
        """The ids of all Emails that match, oldest first."""
        sort = [{"property": "receivedAt"}]
        found: list[str] = []
        while True:
            answer = self.call("Email/query", filter=filter_ or None, sort=sort, position=len(found))
            found += answer["ids"]
            if not answer["ids"] or len(answer["ids"]) < answer.get("limit", 1):
                return found

    def emails(self, ids: Sequence[str], properties: Sequence[str], **arguments: Any) -> Iterator[dict[str, Any]]:
        """The Emails of these ids, 500 at a time."""
        for at in range(0, len(ids), 500):
            answer = self.call("Email/get", ids=ids[at : at + 500], properties=properties, **arguments)
            assert answer["notFound"] == []
            yield from answer["list"]

    def download(self, blob: str) -> bytes:
        return self.http("GET", f"/jmap/download/{self.account}/{blob}/x?type=application%2Foctet-stream")

    def upload(self, octets: bytes) -> str:
        answer = json.loads(self.http("POST", f"/jmap/upload/{self.account}/", octets, "message/rfc822"))
        return str(answer["blobId"])

    def import_(self, raw: bytes, *keywords: str, mailbox: str | None = None) -> dict[str, Any]:
        """Uploads a message and files it; the Email as `Email/import` tells it."""
        email = {
            "blobId": self.upload(raw),
            "mailboxIds": {mailbox or self.role("inbox"): True},
            "keywords": dict.fromkeys(keywords, True),
        }
        answer = self.call("Email/import", emails={"e": email})
        created: dict[str, Any] = answer["created"]["e"]
        return created

    def listen(
        self, types: str = "*", closeafter: str = "no", ping: int = 0, last_event_id: str | None = None
    ) -> "Events":
        """The event source, opened: its answer has begun."""
        connection = self._connects()
        headers = self.headers if last_event_id is None else {**self.headers, "Last-Event-ID": last_event_id}
        connection.request(
            "GET", f"/jmap/eventsource/?types={types}&closeafter={closeafter}&ping={ping}", headers=headers
        )
        there = connection.sock
        assert there is not None
        response = connection.getresponse()
        events = Events(connection, response, there)
        self._streams.append(events)
        if response.status != 200:
            raise Refused(response.status, response.read())
        return events


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name, its data, when it was read (time.monotonic), and its id."""

    name: str
    data: dict[str, Any]
    at: float
    id: str | None = None


class Events:
    """The stream of an event source (WHATWG HTML, section 9.2)."""

    def __init__(self, connection: HTTPConnection, response: HTTPResponse, there: socket) -> None:
        self._connection = connection
        self._response = response
        # A connection does not know it any more where the response says that it is the last one.
        self.socket = there
        """What it comes through, to be cut."""

    def next(self, within: float = 10.0) -> Event | None:
        """The next event, None if the stream ends. Raises TimeoutError."""
        deadline = time.monotonic() + within
        name, data = "", ""
        id_: str | None = None
        while True:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            line = self._response.readline().decode()
            match line.rstrip("\r\n").partition(":"):
                case ("", _, _) if data:
                    return Event(name, json.loads(data), time.monotonic(), id_)
                case ("id", _, value):
                    id_ = value.strip()
                case ("event", _, value):
                    name = value.strip()
                case ("data", _, value):
                    data += value.strip()
            if not line:
                return None

    def change(self, account: str, kind: str, within: float = 10.0) -> Event:
        """The next event that tells of a change to the account's objects of that type. Raises TimeoutError."""
        deadline = time.monotonic() + within
        while True:
            event = self.next(max(0.001, deadline - time.monotonic()))
            assert event is not None, "the stream ended"
            if event.name == "state" and kind in event.data["changed"].get(account, {}):
                return event

    def close(self) -> None:
        self._response.close()
        self._connection.close()
