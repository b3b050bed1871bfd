"""jmapc, from PyPI, reads, searches, flags and moves mail.

It asks for its session over https, always. So it is given what servers have in front of them in earnest: a proxy that
takes TLS off, and `server.http.url` set to its address. It trusts the certificate by the environment, as `requests`
does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import jmapc
import pytest
from jmapc.methods import (
    EmailChanges,
    EmailChangesResponse,
    EmailGet,
    EmailGetResponse,
    EmailQuery,
    EmailQueryResponse,
    EmailSet,
    EmailSetResponse,
    MailboxGet,
    MailboxGetResponse,
    Method,
    Response,
    ThreadGet,
    ThreadGetResponse,
)
from jmapc.models import Comparator, EmailQueryFilterCondition
from tests.journeys.client import Client
from tests.journeys.program import SESAME, Server, free_port
from tests.journeys.tls import Certificate, Proxy

from pillarbox.sample import COMMON, many

pytestmark = pytest.mark.neighbour

R = TypeVar("R", bound=Response)
_NUMBERS = count(1)


@dataclass
class Secure:
    """A server behind TLS, the host and port of its front, and the front's certificate."""

    server: Server
    front: str
    certificate: Certificate
    mail: Path


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """One for all tests, with a folder of a hundred messages."""
    folder = tmp_path_factory.mktemp("secure")
    mail = folder / "mail"
    mail.mkdir()
    for number, sample in enumerate(many(100, 3)):
        (mail / f"{number:03}.eml").write_bytes(sample.raw)
    port, certificate = free_port(), Certificate(folder)
    server = Server(folder / "server", f"[server.http]\nurl = \"'https://127.0.0.1:{port}'\"\n")
    with server.running(), Proxy(certificate, port, server.port):
        yield Secure(server, f"127.0.0.1:{port}", certificate, mail)


@pytest.fixture
def alice(secure: Secure) -> Client:
    """An account with a hundred messages in it, another for each test; what the client did is looked up with this."""
    address = f"alice{next(_NUMBERS)}@far.example"
    alice = secure.server.account(address)
    secure.server.program("import", address, secure.mail)
    return alice


@pytest.fixture
def client(secure: Secure, alice: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[jmapc.Client]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.certificate.path))
    client = jmapc.Client.create_with_password(secure.front, user=alice.address, password=SESAME)
    yield client
    client.requests_session.close()


def test_it_lists_mailboxes(client: jmapc.Client, alice: Client) -> None:
    found = _asked(client, MailboxGet(ids=None), MailboxGetResponse)

    assert client.account_id == alice.account
    expected = alice.mailboxes()
    assert {one.name: (one.id, one.role, one.total_emails) for one in found.data} == {
        name: (one["id"], one["role"], one["totalEmails"]) for name, one in expected.items()
    }
    assert sum(one.total_emails or 0 for one in found.data) == 100


def test_it_reads_mail_by_a_query_and_a_reference_to_it(client: jmapc.Client) -> None:
    """Subjects, dates, senders and texts are those of the messages that were imported."""
    sort = [Comparator(property="receivedAt", is_ascending=True)]
    results = client.request(
        [
            EmailQuery(sort=sort, limit=100),
            EmailGet(
                ids=jmapc.Ref("/ids"),
                properties=["subject", "from", "sentAt", "receivedAt", "textBody", "bodyValues", "hasAttachment"],
                fetch_text_body_values=True,
            ),
        ],
        raise_errors=True,
    )

    found = _of(results, EmailGetResponse).data
    samples = list(many(100, 3))
    assert len(found) == len(samples)
    for email, sample in zip(found, samples, strict=True):
        message = message_from_bytes(sample.raw, policy=policy.default)
        body = message.get_body(("plain",))
        assert email.subject == message["Subject"]
        assert email.mail_from is not None
        assert email.mail_from[0].email == message["From"].addresses[0].addr_spec
        assert email.sent_at == message["Date"].datetime
        assert email.received_at is not None
        assert email.received_at.astimezone(UTC) == sample.received_at
        assert email.text_body is not None
        assert email.body_values is not None
        assert body is not None
        value = email.body_values[email.text_body[0].part_id or ""].value
        assert (value or "").split() == body.get_content().split()
        assert email.has_attachment == any(True for _ in message.iter_attachments())


def test_it_searches(client: jmapc.Client, alice: Client) -> None:
    found = _asked(client, EmailQuery(filter=EmailQueryFilterCondition(text=COMMON)), EmailQueryResponse)

    with_it = [sample for sample in many(100, 3) if COMMON in sample.raw.decode().lower().split()]
    assert isinstance(found.ids, list)
    assert len(found.ids) == len(with_it) > 0
    subjects = {email["subject"] for email in alice.emails(found.ids, ["subject"])}
    assert subjects == {_subject(sample.raw) for sample in with_it}


def test_it_flags_and_moves_mail_and_hears_what_changed(client: jmapc.Client, alice: Client) -> None:
    email, *_ = alice.ids()
    archive = alice.role("archive")
    state = alice.call("Email/get", ids=[])["state"]

    changed = _asked(
        client,
        EmailSet(update={email: {"keywords/$flagged": True, "mailboxIds": {archive: True}}}),
        EmailSetResponse,
    )
    assert changed.not_updated is None
    assert changed.updated == {email: None}

    (seen,) = alice.emails([email], ["keywords", "mailboxIds"])
    assert seen["mailboxIds"] == {archive: True}
    assert seen["keywords"]["$flagged"] is True
    assert alice.mailboxes()["Archive"]["totalEmails"] == 1
    changes = _asked(client, EmailChanges(since_state=state), EmailChangesResponse)
    assert (changes.created, changes.updated, changes.destroyed) == ([], [email], [])


def test_it_reads_threads_and_downloads_attachments(client: jmapc.Client, alice: Client, tmp_path: Path) -> None:
    with_one = alice.ids(hasAttachment=True)[0]
    got = _asked(client, EmailGet(ids=[with_one], properties=["threadId", "attachments"]), EmailGetResponse)
    (email,) = got.data
    assert email.attachments is not None
    threads = _asked(client, ThreadGet(ids=[email.thread_id or ""]), ThreadGetResponse)
    assert with_one in threads.data[0].email_ids

    client.download_attachment(email.attachments[0], tmp_path / "attachment")

    raw = alice.download(next(iter(alice.emails([with_one], ["blobId"])))["blobId"])
    (part,) = message_from_bytes(raw, policy=policy.default).iter_attachments()
    assert (tmp_path / "attachment").read_bytes() == part.get_content()


def test_it_hears_of_changes_on_the_event_source(client: jmapc.Client, alice: Client) -> None:
    events = client.events
    email, *_ = alice.ids()

    # Its generator connects when it is first asked; a client that comes again is told what it missed.
    client._last_event_id = "x"
    state = alice.call("Email/set", update={email: {"keywords/$answered": True}})["newState"]
    event = next(events)

    assert event.data.changed[alice.account].email == state
    assert client._events is not None
    client._events.resp.close()


def _asked(client: jmapc.Client, method: Method, kind: type[R]) -> R:
    answer = client.request(method, raise_errors=True)
    assert isinstance(answer, kind), answer
    return answer


def _of(results: Sequence[Any], kind: type[R]) -> R:
    (found,) = (one.response for one in results if isinstance(one.response, kind))
    return found


def _subject(raw: bytes) -> str:
    return str(message_from_bytes(raw, policy=policy.default)["Subject"])
