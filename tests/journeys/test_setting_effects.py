"""What clients see of settings that are changed while the server runs: one change, and many effects.

That each setting reaches the parts that go by it is told by tests/unit/app/test_every_setting.py; of certificates,
bans and queues test_settings.py has more.
"""

import base64
import json
import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import pytest
from tests.journeys.client import Client
from tests.journeys.managing import ROOT, change
from tests.journeys.program import Server, until

pytestmark = pytest.mark.slow

CORE, MAIL, SUBMISSION, QUOTA = (f"urn:ietf:params:jmap:{name}" for name in ("core", "mail", "submission", "quota"))
FILE = f"""
[server]
workers = 1
[jmap.rate-limit]
anonymous = "none"
{ROOT}"""
LETTER = b"From: <a@b.example>\r\nTo: <c@d.example>\r\nSubject: Plans\r\n\r\nSoon.\r\n"


@dataclass
class Here:
    """Somebody who looks at a server from outside."""

    server: Server
    alice: Client
    emails: list[str]
    state: str
    """That of before there were any."""
    newest: Client
    """Whose account was made last."""

    def asks(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, Any, bytes]:
        """Status, headers and octets of an answer, on a connection of its own."""
        with closing(HTTPConnection("127.0.0.1", self.server.port, timeout=20)) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def session(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.asks("GET", "/.well-known/jmap", **self.alice.headers)[2])
        return found

    def metadata(self, name: str = "oauth-authorization-server") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.asks("GET", f"/.well-known/{name}")[2])
        return found

    def says(self, name: str, who: Client | None = None, **arguments: Any) -> dict[str, Any]:
        """What a method answers, an error too."""
        who = who or self.alice
        call = [name, {"accountId": who.account, **arguments}, "c"]
        body = json.dumps({"using": [CORE, MAIL, QUOTA], "methodCalls": [call]})
        octets = self.asks("POST", "/jmap/", body, Content_Type="application/json", **who.headers)[2]
        answer: dict[str, Any] = json.loads(octets)["methodResponses"][0][1]
        return answer

    def mail(self, *recipients: str) -> list[int]:
        """What LMTP answers: to the greeting, the sender and each of these."""
        with smtplib.LMTP("127.0.0.1", self.server.lmtp_port, timeout=20) as lmtp:
            return [lmtp.ehlo()[0], lmtp.mail("a@b.example")[0], *(lmtp.rcpt(one)[0] for one in recipients)]

    def sts(self) -> dict[str, str]:
        _, _, octets = self.asks("GET", "/.well-known/mta-sts.txt", Host="mta-sts.home.example")
        return dict(line.split(": ", 1) for line in octets.decode().splitlines() if ": " in line)

    def is_patient(self) -> bool:
        """Whether somebody who says nothing is still listened to after a while."""
        with closing(socket.create_connection(("127.0.0.1", self.server.port), 20)) as connection:
            connection.settimeout(1.5)
            try:
                connection.recv(1024)
            except TimeoutError:
                return True
            return False

    def greeting(self) -> str:
        with closing(socket.create_connection(("127.0.0.1", self.server.lmtp_port), 20)) as connection:
            return connection.recv(1024).decode().split()[1]

    def registers(self) -> int:
        body = json.dumps({"redirect_uris": ["https://app.example/back"], "client_name": "App"})
        return self.asks("POST", "/auth/register", body, Content_Type="application/json")[0]

    def delivers(self, octets: bytes) -> int:
        """What LMTP answers to a message."""
        with smtplib.LMTP("127.0.0.1", self.server.lmtp_port, timeout=20) as lmtp:
            lmtp.ehlo()
            lmtp.mail("a@b.example")
            lmtp.rcpt(self.alice.address)
            return lmtp.data(octets)[0]

    def uploads(self) -> int:
        """What is answered to who asks for the first of two uploads."""
        first, _ = (self.alice.upload(f"{at} {time.monotonic()}".encode()) for at in range(2))
        return self.asks("GET", f"/jmap/download/{self.alice.account}/{first}/x", **self.alice.headers)[0]

    def subscribes(self) -> list[str]:
        """What is said of the second of two push subscriptions."""
        new = {name: {"deviceClientId": name, "url": f"https://{name}.example/", "types": None} for name in "ab"}
        call = ["PushSubscription/set", {"create": new}, "c"]
        body = json.dumps({"using": [CORE], "methodCalls": [call]})
        octets = self.asks("POST", "/jmap/", body, Content_Type="application/json", **self.newest.headers)[2]
        return [one["type"] for one in (json.loads(octets)["methodResponses"][0][1]["notCreated"] or {}).values()]

    def enters(self, name: str, password: str) -> int:
        token = base64.b64encode(f"{name}:{password}".encode()).decode()
        return self.asks("GET", "/.well-known/jmap", Authorization=f"Basic {token}")[0]

    def files(self) -> str | None:
        """Why a message is not filed."""
        blob = self.says("Email/get", ids=self.emails[:1], properties=["blobId"])["list"][0]["blobId"]
        boxes = {self.alice.role("inbox"): True}
        answer = self.says("Email/import", emails={"e": {"blobId": blob, "mailboxIds": boxes}})
        return answer["notCreated"]["e"]["type"] if answer.get("notCreated") else None

    def folders(self) -> set[str]:
        return {one["name"] for one in self.says("Mailbox/get", self.newest)["list"]}

    def quotas(self) -> list[int]:
        return [one["hardLimit"] for one in self.says("Quota/get", self.newest)["list"]]

    def is_told(self) -> bool:
        """Whether the log tells of requests."""
        self.asks("GET", "/robots.txt")
        return bool(self.server.events("http.request"))

    def life_of_codes(self) -> int:
        form = "application/x-www-form-urlencoded"
        octets = self.asks("POST", "/auth/device", "client_id=app&scope=openid", Content_Type=form)[2]
        return int(json.loads(octets)["expires_in"])


def capability(name: str, figure: str) -> Callable[[Here], Any]:
    return lambda here: here.session()["capabilities"][name][figure]


def of_account(name: str, figure: str) -> Callable[[Here], Any]:
    return lambda here: here.session()["accounts"][here.alice.account]["accountCapabilities"][name][figure]


EFFECTS: dict[str, tuple[str, Callable[[Here], Any], Any]] = {
    "jmap.protocol.request.max-size": ("7000001", capability(CORE, "maxSizeRequest"), 7_000_001),
    "jmap.protocol.request.max-concurrent": ("5", capability(CORE, "maxConcurrentRequests"), 5),
    "jmap.protocol.request.max-calls": ("9", capability(CORE, "maxCallsInRequest"), 9),
    "jmap.protocol.get.max-objects": ("7", capability(CORE, "maxObjectsInGet"), 7),
    "jmap.protocol.set.max-objects": ("8", capability(CORE, "maxObjectsInSet"), 8),
    "jmap.protocol.upload.max-size": ("70001", capability(CORE, "maxSizeUpload"), 70_001),
    "jmap.protocol.upload.max-concurrent": ("3", capability(CORE, "maxConcurrentUpload"), 3),
    "jmap.mailbox.max-depth": ("4", of_account(MAIL, "maxMailboxDepth"), 4),
    "jmap.mailbox.max-name-length": ("99", of_account(MAIL, "maxSizeMailboxName"), 99),
    "jmap.email.max-attachment-size": ("12345", of_account(MAIL, "maxSizeAttachmentsPerEmail"), 12_345),
    "jmap.submission.max-delay": ("17m", of_account(SUBMISSION, "maxDelayedSend"), 17 * 60),
    "jmap.protocol.query.max-results": ("1", lambda here: len(here.says("Mailbox/query")["ids"]), 1),
    "jmap.protocol.search-snippet.max-results": (
        "1",
        lambda here: here.says("SearchSnippet/get", filter={"text": "x"}, emailIds=here.emails).get("type"),
        "requestTooLarge",
    ),
    "jmap.email.parse.max-items": (
        "1",
        lambda here: here.says("Email/parse", blobIds=["one", "two"]).get("type"),
        "requestTooLarge",
    ),
    "jmap.protocol.changes.max-results": (
        "1",
        lambda here: len(here.says("Email/changes", sinceState=here.state)["created"]),
        1,
    ),
    "jmap.protocol.upload.quota.files": ("1", Here.uploads, 404),
    "jmap.email.max-size": ("50", Here.files, "tooLarge"),
    "jmap.push.max-total": ("1", Here.subscribes, ["overQuota"]),
    "authentication.master.user": ("boss", lambda here: here.enters(f"{here.alice.address}%boss", "open sesame"), 200),
    "lookup.closed.here": ("/closed", lambda here: here.asks("GET", "/closed")[0], 410),
    "server.http.use-x-forwarded": (
        "true",
        lambda here: here.asks("GET", "/robots.txt", X_Forwarded_For="203.0.113.66")[0],
        451,
    ),
    "oauth.oidc.signature-algorithm": (
        "ES384",
        lambda here: here.metadata("openid-configuration")["id_token_signing_alg_values_supported"][0],
        "ES384",
    ),
    "session.data.limits.received-headers": ("1", lambda here: here.delivers(2 * b"Received: x\r\n" + LETTER), 554),
    "server.hostname": ("other.example", Here.greeting, "other.example"),
    "server.http.url": (
        "'https://other.example'",
        lambda here: here.session()["apiUrl"],
        "https://other.example/jmap/",
    ),
    "server.http.allowed-endpoint.0.if": (
        "url_path = '/forbidden'",
        lambda here: here.asks("GET", "/forbidden")[0],
        403,
    ),
    "server.http.headers": ("X-A: b", lambda here: here.asks("GET", "/robots.txt")[1]["X-A"], "b"),
    "server.http.permissive-cors": (
        "true",
        lambda here: here.asks("GET", "/robots.txt", Origin="https://a.example")[1]["Access-Control-Allow-Origin"],
        "*",
    ),
    "server.http.max-header-size": (
        "9000",
        lambda here: here.asks("GET", "/robots.txt", X_Long="x" * 10_000)[0],
        431,
    ),
    "server.http.timeout.header": ("200ms", Here.is_patient, False),
    "server.log.requests": ("true", Here.is_told, True),
    "oauth.issuer": ("https://issuer.example", lambda here: here.metadata()["issuer"], "https://issuer.example"),
    "oauth.expiry.user-code": ("17m", Here.life_of_codes, 17 * 60),
    "oauth.client-registration.anonymous": ("false", Here.registers, 401),
    "metrics.prometheus.enable": ("true", lambda here: here.asks("GET", "/metrics/prometheus")[0], 200),
    "session.mta-sts.mx": ("mx.home.example", lambda here: here.sts().get("mx"), "mx.home.example"),
    "session.mta-sts.mode": ("enforce", lambda here: here.sts().get("mode"), "enforce"),
    "session.mta-sts.max-age": ("17d", lambda here: here.sts().get("max_age"), str(17 * 86_400)),
    "session.rcpt.max-recipients": (
        "1",
        lambda here: here.mail(here.alice.address, here.alice.address)[-1],
        452,
    ),
    "session.rcpt.sub-addressing": ("false", lambda here: here.mail("alice+plans@home.example")[-1], 550),
    "jmap.folders.drafts.name": ("Unsent", lambda here: "Unsent" in here.folders(), True),
    "jmap.folders.archive.create": ("false", lambda here: "Archive" in here.folders(), False),
    "account.quota": ("7000000", Here.quotas, [7_000_000]),
}
"""For each setting another text, what is looked at, and what is seen then."""
BESIDE = {
    "authentication.master.secret": "open sesame",
    "server.http.allowed-endpoint.0.then": "403",
    "server.http.allowed-endpoint.1.if": "url_path = key_get('closed', 'here')",
    "server.http.allowed-endpoint.1.then": "410",
    "server.http.allowed-endpoint.2.if": "remote_ip = '203.0.113.66'",
    "server.http.allowed-endpoint.2.then": "451",
    "server.http.allowed-endpoint.3.else": "200",
}
"""The rest of what is written there."""


@dataclass
class Seen:
    """What was seen before the change, and who looks now."""

    before: dict[str, Any]
    here: Here


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """All of it is changed at once, while the server runs."""
    with Server(tmp_path_factory.mktemp("effects"), FILE).running() as server:
        alice = server.account("alice@home.example")
        state = alice.call("Email/get", ids=[])["state"]
        emails = [alice.import_(LETTER + bytes([at + 65]))["id"] for at in range(2)]
        here = Here(server, alice, emails, state, alice)
        before = {key: look(here) for key, (_, look, _) in EFFECTS.items()}
        change(server, {key: text for key, (text, _, _) in EFFECTS.items()} | BESIDE)
        until(lambda: here.session()["capabilities"][CORE]["maxObjectsInGet"] == 7, "the change is in force")
        here.newest = server.account("bob@home.example")
        yield Seen(before, here)


@pytest.mark.parametrize("key", EFFECTS)
def test_a_changed_setting_has_its_effect(seen: Seen, key: str) -> None:
    """Issue 7: each setting is changed and its effect observed without a restart."""
    _, look, expected = EFFECTS[key]

    assert look(seen.here) == expected
    assert seen.before[key] != expected
